// What the arbiter is told, in which messages, for arbiters that understand more or less.
#include "probe/daemon/uplink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace probe::daemon {
namespace {

using arbiter::v1::ProbeMessage;
using testing::SizeIs;

// A report with `addresses`, of which nobody else says the same.
template <typename Report = Uplink::Report>
Report ReportOf(int number, int addresses = 0) {
  Report report;
  const auto fill = [&](arbiter::v1::VipReport* message) {
    message->set_address(absl::StrCat("10.", number / 65536, ".", number / 256 % 256, ".", number % 256));
    for (int i = 0; i < addresses; ++i) message->add_bound_together(absl::StrCat("10.200.", number % 256, ".", i));
  };
  if constexpr (requires { report.own; }) {
    fill(&report.own);
  } else {
    fill(&report);
  }
  return report;
}

std::vector<Uplink::Report> Reports(int count, int addresses = 0) {
  std::vector<Uplink::Report> reports;
  for (int i = 1; i <= count; ++i) reports.push_back(ReportOf(i, addresses));
  return reports;
}

class UplinkTest : public testing::Test {
 protected:
  void Attach(std::uint32_t protocol, int vips = 0, int addresses = 0) {
    arbiter::v1::Welcome welcome;
    welcome.set_protocol(protocol);
    uplink.Attached(welcome, Instant());
    Uplink::Picture picture;
    picture.vips = Reports(vips, addresses);
    picture.node.emplace();
    picture.holds.emplace();
    uplink.Send(std::move(picture), Instant());
  }

  std::vector<ProbeMessage> sent;
  Uplink uplink{[this](ProbeMessage message) { sent.push_back(std::move(message)); }};
};

TEST_F(UplinkTest, SnapshotsAreOneMessageAndAHeartbeat) {
  Attach(2, 250);
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].snapshot().vips_size(), 250);
  EXPECT_TRUE(sent[1].has_heartbeat());
}

TEST_F(UplinkTest, WhatIsMoreThanOneMessageMayHoldFollowsAsChanges) {
  const struct {
    int vips;
    int addresses;  // of each
  } kCases[] = {{12'000, 2}, {2'000, 250}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.vips);
    sent.clear();
    Attach(2, c.vips, c.addresses);
    ASSERT_GT(sent.size(), 3U);
    int vips = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i].has_snapshot(), i == 0);
      const auto& reports = i == 0 ? sent[i].snapshot().vips() : sent[i].change().vips();
      vips += reports.size();
      EXPECT_LE(reports.size(), 10'000);
      EXPECT_LE(reports.size() * c.addresses, 200'000);
      EXPECT_LT(sent[i].ByteSizeLong(), std::size_t{8} << 20);
    }
    EXPECT_EQ(vips, c.vips);
  }
}

TEST_F(UplinkTest, OnlyWhatIsNewsIsSent) {
  Attach(2, 100);
  sent.clear();
  Uplink::Picture picture;
  picture.vips = Reports(100);
  picture.vips[41] = ReportOf(42, 3);
  uplink.Send(std::move(picture), Instant());
  ASSERT_THAT(sent, SizeIs(1));
  ASSERT_EQ(sent[0].change().vips_size(), 1);
  EXPECT_EQ(sent[0].change().vips(0).address(), "10.0.0.42");
}

TEST_F(UplinkTest, AResultForManyVipsIsOneMessage) {
  Attach(2, 3);
  sent.clear();
  uplink.SendResult(arbiter::v1::DirectiveResult(), Reports(3));
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].result().vip().address(), "10.0.0.1");
  EXPECT_EQ(sent[0].result().vips_size(), 3);
}

TEST_F(UplinkTest, AResultForOneVipSaysItOnce) {
  Attach(2, 3);
  sent.clear();
  uplink.SendResult(arbiter::v1::DirectiveResult(), Reports(1));
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].result().vips_size(), 0);
  EXPECT_EQ(sent[0].result().vip().address(), "10.0.0.1");
}

TEST_F(UplinkTest, AResultForManyIsOneForEachWhereTheArbiterIsOlder) {
  Attach(0, 3);
  sent.clear();
  uplink.SendResult(arbiter::v1::DirectiveResult(), Reports(3));
  ASSERT_THAT(sent, SizeIs(3));
  EXPECT_EQ(sent[2].result().vip().address(), "10.0.0.3");
  EXPECT_EQ(sent[2].result().vips_size(), 0);
}

TEST_F(UplinkTest, WhatAnAffirmationSaidIsNoNewsAfterwards) {
  Attach(2, 3);
  sent.clear();
  const std::vector<Uplink::Report> reports = {ReportOf(1, 2), ReportOf(2, 2)};
  uplink.SendAffirmation(arbiter::v1::Affirmation(), reports);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].affirmation().vips_size(), 2);
  Uplink::Picture picture;
  picture.vips = reports;
  uplink.Send(std::move(picture), Instant());
  EXPECT_THAT(sent, SizeIs(1));
}

TEST_F(UplinkTest, NothingIsSentBeforeTheSnapshotOrAfterTheLoss) {
  uplink.SendAffirmation(arbiter::v1::Affirmation(), Reports(1));
  uplink.SendResult(arbiter::v1::DirectiveResult(), Reports(1));
  EXPECT_THAT(sent, SizeIs(0));
  Attach(2);
  uplink.Lost();
  sent.clear();
  uplink.SendResult(arbiter::v1::DirectiveResult(), Reports(1));
  EXPECT_THAT(sent, SizeIs(0));
}

}  // namespace
}  // namespace probe::daemon
