#include "probe/report/to_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <variant>

namespace probe::report {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

arbiter::v1::Directive Message() {
  arbiter::v1::Directive message;
  message.set_term(7);
  message.set_sequence(3);
  message.set_as_of_probe_time_ns(5);
  message.mutable_valid_for()->set_seconds(3);
  message.set_vip("10.0.0.1");
  message.set_incident("7-1");
  return message;
}

TEST(DirectiveIn, ReadsAHold) {
  arbiter::v1::Directive message = Message();
  arbiter::v1::Hold* hold = message.mutable_hold();
  hold->set_reason("split with a");
  hold->set_survivor("a");
  hold->add_survivor_addresses("10.0.0.2");
  hold->mutable_silence_limit()->set_seconds(4);
  hold->set_survivor_vrid(66);
  hold->add_forbidden_rungs(arbiter::v1::RUNG_KIND_TRACK_FILE);
  const auto directive = ReadDirective(message);
  ASSERT_TRUE(directive.ok());
  EXPECT_EQ(directive->fence, (hold::Fence{7, 3}));
  EXPECT_EQ(directive->as_of.count(), 5);
  EXPECT_EQ(directive->valid_for, seconds(3));
  const auto& order = std::get<hold::OrderHold>(directive->action);
  EXPECT_EQ(order.survivor, "a");
  EXPECT_EQ(order.silence_limit, seconds(4));
  EXPECT_EQ(order.survivor_vrid, 66);
  EXPECT_THAT(order.forbidden_rungs, ElementsAre(hold::RungKind::kTrackFile));
}

TEST(DirectiveIn, ReadsATrialWithItsTime) {
  arbiter::v1::Directive message = Message();
  message.mutable_trial()->set_adverts(true);
  message.mutable_trial()->mutable_adverts_for()->set_nanos(500'000'000);
  const auto directive = ReadDirective(message);
  ASSERT_TRUE(directive.ok());
  EXPECT_EQ(std::get<hold::Trial>(directive->action).adverts_for, milliseconds(500));
}

TEST(DirectiveIn, IsForOneVipWhereTheArbiterKnowsOfOne) {
  arbiter::v1::Directive message = Message();
  message.mutable_announce();
  EXPECT_THAT(ReadDirective(message)->vips, ElementsAre(arbiter::IpAddress::Parse("10.0.0.1").value()));
}

TEST(DirectiveIn, IsForEachOfItsVipsOnceInTheirOrder) {
  arbiter::v1::Directive message = Message();
  message.mutable_announce();
  for (const char* vip : {"10.0.0.1", "fd00::1", "10.0.0.1", "10.0.0.0"}) message.add_vips(vip);
  EXPECT_THAT(ReadDirective(message)->vips,
              ElementsAre(arbiter::IpAddress::Parse("10.0.0.1").value(), arbiter::IpAddress::Parse("fd00::1").value(),
                          arbiter::IpAddress::Parse("10.0.0.0").value()));
}

TEST(DirectiveIn, NamesTheOneOfManyThatIsNoAddress) {
  arbiter::v1::Directive message = Message();
  message.mutable_announce();
  message.add_vips("10.0.0.1");
  message.add_vips("nonsense");
  EXPECT_THAT(std::string(ReadDirective(message).status().message()), HasSubstr("vips[1]: "));
}

TEST(DirectiveIn, ATimeBeyondTheClockIsNotOfThePast) {
  arbiter::v1::Directive message = Message();
  message.mutable_announce();
  for (const std::uint64_t time : {std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    message.set_as_of_probe_time_ns(time);
    EXPECT_GT(ReadDirective(message)->as_of, hold::BootTime(std::chrono::hours(24 * 365 * 100))) << time;
  }
}

TEST(DirectiveIn, RefusesWhatIsNoAddress) {
  arbiter::v1::Directive message = Message();
  message.mutable_announce();
  message.set_vip("nonsense");
  EXPECT_THAT(std::string(ReadDirective(message).status().message()), HasSubstr("vip: "));
}

TEST(DirectiveIn, RefusesAnActionThatItDoesNotKnow) {
  EXPECT_THAT(std::string(ReadDirective(Message()).status().message()), HasSubstr("the arbiter is newer"));
}

TEST(ToProto, SaysForWhichVipsTheOutcomeIsAnotherOne) {
  hold::DirectiveResult result;
  const arbiter::IpAddress vip = arbiter::IpAddress::Parse("fd00::1").value();
  result.vips = {arbiter::IpAddress::Parse("10.0.0.1").value(), vip};
  result.exceptions = {{vip, hold::Outcome::kRefused, "nothing to do"}};
  const arbiter::v1::DirectiveResult message = ToProto(result);
  EXPECT_EQ(message.outcome(), arbiter::v1::DIRECTIVE_OUTCOME_DONE);
  ASSERT_EQ(message.exceptions_size(), 1);
  EXPECT_EQ(message.exceptions(0).vip(), "fd00::1");
  EXPECT_EQ(message.exceptions(0).outcome(), arbiter::v1::DIRECTIVE_OUTCOME_REFUSED);
  EXPECT_EQ(message.exceptions(0).detail(), "nothing to do");
}

TEST(ToProto, KeepsDurations) {
  for (const Duration duration : {Duration(0), Duration(1), Duration(seconds(3)), Duration(milliseconds(3600))}) {
    EXPECT_EQ(FromProto(ToProto(duration)), duration);
  }
}

TEST(FromProto, GivesADurationOfWhateverWasSent) {
  google::protobuf::Duration message;
  const auto read = [&message](std::int64_t s, std::int32_t nanos) {
    message.set_seconds(s);
    message.set_nanos(nanos);
    return FromProto(message);
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int32_t kMostNanos = std::numeric_limits<std::int32_t>::max();
  for (const std::int64_t s : {kMost, std::int64_t{315'576'000'000}, kMost / 1'000'000'000}) {
    EXPECT_EQ(read(s, kMostNanos), std::chrono::hours(24 * 3660)) << s;
  }
  for (const std::int64_t s : {-kMost - 1, std::int64_t{-1}, std::int64_t{0}}) EXPECT_EQ(read(s, -1), Duration(0)) << s;
  EXPECT_EQ(read(1, -1), Duration(999'999'999));
}

TEST(ToProto, KnowsEveryRung) {
  for (const hold::RungKind kind : {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress,
                                    hold::RungKind::kStopDaemon, hold::RungKind::kExec}) {
    EXPECT_EQ(FromProto(ToProto(kind)), kind);
  }
  EXPECT_FALSE(FromProto(arbiter::v1::RUNG_KIND_UNSPECIFIED));
}

TEST(ToProto, NeverGivesAHoldANegativeAge) {
  hold::HoldRecord hold;
  hold.since = hold::BootTime(seconds(10));
  EXPECT_EQ(ToProto(hold, hold::BootTime(seconds(5))).held_for().seconds(), 0);
}

}  // namespace
}  // namespace probe::report
