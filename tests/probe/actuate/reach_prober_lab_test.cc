#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>

#include "probe/actuate/announcer.h"
#include "probe/actuate/reach_prober.h"
#include "probe/netlink/address_watch.h"
#include "probe/netlink/kernel_reader.h"
#include "tests/lab/figure.h"
#include "tests/lab/lab.h"
#include "tests/lab/network.h"
#include "tests/probe/actuate/gate_lab.h"

namespace probe::actuate {
namespace {

using std::chrono::milliseconds;

struct FamilyCase {
  const char* name;
  const char* vip;
  const char* with_prefix;
  const char* other;   // of host b
  const char* absent;  // of nobody
};

void PrintTo(const FamilyCase& family, std::ostream* out) { *out << family.name; }

class ReachProberLab : public testing::TestWithParam<FamilyCase> {
 protected:
  ReachProberLab() : a_(lab_.AddHost("a", 1)), b_(lab_.AddHost("b", 2)) {
    absl::StatusOr<ReachProber> prober;
    a_.netns().Enter([&] { prober = ReachProber::Open(); });
    EXPECT_TRUE(prober.ok()) << prober.status();
    if (prober.ok()) prober_ = std::make_unique<ReachProber>(*std::move(prober));
  }

  // A question on the VRRP leg, with the addresses that a has there now.
  ReachQuestion Question(std::vector<arbiter::IpAddress> targets) {
    ReachQuestion question;
    a_.netns().Enter([&] {
      const auto watch = netlink::AddressWatch::Open(lab::Now());
      ASSERT_TRUE(watch.ok()) << watch.status();
      const netlink::Link* leg = (*watch)->table().FindLink(lab::kVrrpInterface);
      ASSERT_NE(leg, nullptr);
      question.link = leg->index;
      question.mac = leg->mac;
      question.own_addresses = (*watch)->table().AddressesOn(leg->index);
    });
    question.vips = {Ip(GetParam().vip)};
    question.targets = std::move(targets);
    return question;
  }

  // Asks, and listens until all have answered or `limit` is over.
  void Ask(const ReachQuestion& question, milliseconds limit) {
    const lab::Instant deadline = lab::Now() + limit;
    const absl::Status started = prober_->Start(question, lab::Now());
    ASSERT_TRUE(started.ok()) << started;
    while (!prober_->tally().complete() && lab::Now() < deadline) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - lab::Now()).count();
      pollfd wait{prober_->fd(), POLLIN, 0};
      poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
      ASSERT_TRUE(prober_->Drain(lab::Now()).ok());
    }
    prober_->Finish();
  }

  lab::Lab lab_;
  lab::Host& a_;
  lab::Host& b_;
  std::unique_ptr<ReachProber> prober_;
};

TEST_P(ReachProberLab, CountsThoseThatAnswer) {
  Ask(Question({Ip(GetParam().other), Ip(GetParam().absent)}), milliseconds(500));
  EXPECT_EQ(prober_->tally().asked(), 2U);
  EXPECT_EQ(prober_->tally().answered(), 1U);
  EXPECT_THAT(prober_->tally().silent(), testing::ElementsAre(Ip(GetParam().absent)));
  lab::PrintFigure("reach: a reference host answered after", prober_->tally().answers().at(0).after);
}

TEST_P(ReachProberLab, IsNotStoppedByTheGateOfAVip) {
  a_.Do({"ip", "addr", "add", GetParam().with_prefix, "dev", "eth0"});
  const auto gate = OpenGateOn(a_);
  ASSERT_TRUE(gate->Shut(KeyOn(GetParam().vip), "the test").ok());
  Ask(Question({Ip(GetParam().other)}), milliseconds(2000));
  EXPECT_EQ(prober_->tally().answered(), 1U);
}

TEST_P(ReachProberLab, HearsAnotherHostAnswerForTheVipWhileItsOwnGateIsShut) {
  for (lab::Host* host : {&a_, &b_}) {
    host->Do({"ip", "addr", "add", GetParam().with_prefix, "dev", "eth0"});
    if (Ip(GetParam().vip).is_v6()) host->Do({"ip", "addr", "replace", GetParam().with_prefix, "dev", "eth0", "nodad"});
  }
  const auto gate = OpenGateOn(a_);
  ASSERT_TRUE(gate->Shut(KeyOn(GetParam().vip), "the test").ok());
  Ask(Question({Ip(GetParam().vip)}), milliseconds(2000));
  EXPECT_EQ(prober_->tally().answered(), 1U);
  b_.Do({"ip", "addr", "del", GetParam().with_prefix, "dev", "eth0"});
  Ask(Question({Ip(GetParam().vip)}), milliseconds(200));
  EXPECT_EQ(prober_->tally().answered(), 0U) << "we answered ourselves";
}

TEST_P(ReachProberLab, AsksAsNobodyWhereItHasNoAddressOfItsOwn) {
  ReachQuestion question = Question({Ip(GetParam().other)});
  question.own_addresses.clear();
  Ask(question, milliseconds(2000));
  EXPECT_EQ(prober_->tally().answered(), 1U);
}

TEST_P(ReachProberLab, APortThatPassesNothingReachesNobody) {
  for (const lab::Way way : {lab::Way::kFromHost, lab::Way::kToHost}) {
    lab_.vrrp().Cut("a", way);
    Ask(Question({Ip(GetParam().other)}), milliseconds(200));
    EXPECT_EQ(prober_->tally().answered(), 0U);
    lab_.vrrp().Mend("a");
  }
  Ask(Question({Ip(GetParam().other)}), milliseconds(2000));
  EXPECT_EQ(prober_->tally().answered(), 1U);
}

TEST_P(ReachProberLab, WhatAHostSaysUnaskedIsNoAnswer) {
  // a hears b speak, but nothing that a says arrives.
  lab_.vrrp().Cut("a", lab::Way::kFromHost);
  const ReachQuestion question = Question({Ip(GetParam().other)});
  ASSERT_TRUE(prober_->Start(question, lab::Now()).ok());
  b_.netns().Enter([&] {
    auto reader = netlink::KernelReader::Open();
    auto announcer = Announcer::Open();
    ASSERT_TRUE(reader.ok() && announcer.ok());
    const auto announcement = MakeAnnouncement(reader->Find(Ip(GetParam().other)).value().at(0));
    ASSERT_TRUE(announcement.ok());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(announcer->Announce(*announcement).ok());
  });
  pollfd wait{prober_->fd(), POLLIN, 0};
  ASSERT_EQ(poll(&wait, 1, 2000), 1) << "a did not hear b";
  ASSERT_TRUE(prober_->Drain(lab::Now()).ok());
  EXPECT_EQ(prober_->tally().answered(), 0U);
}

TEST_P(ReachProberLab, OneQuestionFollowsAnotherWithoutStaleAnswers) {
  const ReachQuestion question = Question({Ip(GetParam().other)});
  ASSERT_TRUE(prober_->Start(question, lab::Now()).ok());
  pollfd wait{prober_->fd(), POLLIN, 0};
  ASSERT_EQ(poll(&wait, 1, 2000), 1);  // its answer is queued, and stays there
  ReachQuestion other = question;
  other.targets = {Ip(GetParam().absent)};
  ASSERT_TRUE(prober_->Start(other, lab::Now()).ok());
  ASSERT_TRUE(prober_->Drain(lab::Now()).ok());
  EXPECT_EQ(prober_->tally().answered(), 0U);
}

TEST_P(ReachProberLab, RefusesNoTargetsAndTooMany) {
  EXPECT_TRUE(absl::IsInvalidArgument(prober_->Start(Question({}), lab::Now())));
  const std::vector<arbiter::IpAddress> many(ReachProber::kMaxTargets + 1, Ip(GetParam().other));
  EXPECT_TRUE(absl::IsInvalidArgument(prober_->Start(Question(many), lab::Now())));
}

INSTANTIATE_TEST_SUITE_P(Families, ReachProberLab,
                         testing::Values(FamilyCase{"V4", "192.168.1.212", "192.168.1.212/24", "192.168.1.2",
                                                    "192.168.1.99"},
                                         FamilyCase{"V6", "fd00:1::212", "fd00:1::212/64", "fd00:1::2", "fd00:1::99"}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace probe::actuate
