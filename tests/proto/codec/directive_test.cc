#include "proto/codec/directive.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace arbiter::codec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

IpAddress Ip(const char* text) { return IpAddress::Parse(text).value(); }

template <typename Message>
void ExpectIs(const Message& message, const std::string& text) {
  Message expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, expected)) << message.DebugString();
}

model::Directive With(model::Action action) {
  return {{7, 3}, BootTime(55), seconds(3), {Ip("10.0.0.1"), Ip("10.0.0.2")}, "7-1", std::move(action)};
}

struct ActionCase {
  model::Action action;
  std::string text;
  std::string name;
};

TEST(DirectiveOut, HasOneActionOfEachKind) {
  const std::vector<ActionCase> cases = {
      {model::ShutForAWhile{seconds(2)}, "shut_for_a_while { duration { seconds: 2 } }", "shut_for_a_while"},
      {model::OrderHold{"why", "b", {Ip("10.0.0.2")}, seconds(3), {model::RungKind::kStopDaemon}, 66},
       R"(hold { reason: "why" survivor: "b" survivor_addresses: "10.0.0.2" silence_limit { seconds: 3 }
                 forbidden_rungs: RUNG_KIND_STOP_DAEMON survivor_vrid: 66 })",
       "hold"},
      {model::StartTrial{true, milliseconds(300)}, "trial { adverts: true adverts_for { nanos: 300000000 } }",
       "trial_adverts"},
      {model::StartTrial{}, "trial { adverts_for {} }", "trial"},
      {model::EndTrial{}, "end_trial {}", "end_trial"},
      {model::Release{"cured"}, R"(release { reason: "cured" })", "release"},
      {model::Announce{}, "announce {}", "announce"},
  };
  const auto names = model::ActionNames();
  for (const ActionCase& one : cases) {
    ExpectIs(ToProto(With(one.action)),
             "term: 7 sequence: 3 as_of_probe_time_ns: 55 valid_for { seconds: 3 } vip: \"10.0.0.1\" vips: "
             "\"10.0.0.1\" vips: \"10.0.0.2\" incident: \"7-1\" " +
                 one.text);
    EXPECT_EQ(model::ActionName(one.action), one.name);
    EXPECT_EQ(std::count(names.begin(), names.end(), one.name), 1) << one.name;
  }
  EXPECT_EQ(names.size(), cases.size());
}

v1::Directive Message() {
  v1::Directive message;
  message.set_term(7);
  message.set_sequence(3);
  message.set_as_of_probe_time_ns(5);
  message.mutable_valid_for()->set_seconds(3);
  message.set_vip("10.0.0.1");
  message.set_incident("7-1");
  return message;
}

TEST(Directive, ComesThroughAsItWas) {
  const model::OrderHold order{"why", "b", {Ip("10.0.0.2")}, seconds(3), {model::RungKind::kStopDaemon}, 66};
  const auto read = ReadDirective(ToProto(With(order)));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->fence, (model::Fence{7, 3}));
  EXPECT_EQ(read->as_of, BootTime(55));
  EXPECT_THAT(read->vips, ElementsAre(Ip("10.0.0.1"), Ip("10.0.0.2")));
  EXPECT_EQ(read->action, model::Action(order));
}

TEST(DirectiveResult, ComesThroughAsItWas) {
  const model::DirectiveResult result{{7, 3},
                                      model::Outcome::kFailed,
                                      "why",
                                      {{model::RungKind::kExec, true, "left", milliseconds(3)}},
                                      {{Ip("10.0.0.2"), model::Outcome::kDone, "not here"}}};
  FieldReader reader("prod/a", Instant{}, {});
  const model::DirectiveResult read = ReadDirectiveResult(ToProto(result), &reader);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(read.fence, result.fence);
  EXPECT_EQ(read.outcome, result.outcome);
  EXPECT_EQ(read.detail, result.detail);
  EXPECT_EQ(read.rungs, result.rungs);
  EXPECT_EQ(read.exceptions, result.exceptions);
}

TEST(DirectiveIn, ReadsAHold) {
  v1::Directive message = Message();
  v1::Hold* hold = message.mutable_hold();
  hold->set_reason("split with a");
  hold->set_survivor("a");
  hold->add_survivor_addresses("10.0.0.2");
  hold->mutable_silence_limit()->set_seconds(4);
  hold->set_survivor_vrid(66);
  hold->add_forbidden_rungs(v1::RUNG_KIND_TRACK_FILE);
  const auto directive = ReadDirective(message);
  ASSERT_TRUE(directive.ok());
  EXPECT_EQ(directive->fence, (model::Fence{7, 3}));
  EXPECT_EQ(directive->as_of.count(), 5);
  EXPECT_EQ(directive->valid_for, seconds(3));
  const auto& order = std::get<model::OrderHold>(directive->action);
  EXPECT_EQ(order.survivor, "a");
  EXPECT_EQ(order.silence_limit, seconds(4));
  EXPECT_EQ(order.survivor_vrid, 66);
  EXPECT_THAT(order.forbidden_rungs, ElementsAre(model::RungKind::kTrackFile));
}

TEST(DirectiveIn, ReadsATrialWithItsTime) {
  v1::Directive message = Message();
  message.mutable_trial()->set_adverts(true);
  message.mutable_trial()->mutable_adverts_for()->set_nanos(500'000'000);
  const auto directive = ReadDirective(message);
  ASSERT_TRUE(directive.ok());
  EXPECT_EQ(std::get<model::StartTrial>(directive->action).adverts_for, milliseconds(500));
}

TEST(DirectiveIn, IsForOneVipWhereTheArbiterKnowsOfOne) {
  v1::Directive message = Message();
  message.mutable_announce();
  EXPECT_THAT(ReadDirective(message)->vips, ElementsAre(IpAddress::Parse("10.0.0.1").value()));
}

TEST(DirectiveIn, IsForEachOfItsVipsOnceInTheirOrder) {
  v1::Directive message = Message();
  message.mutable_announce();
  for (const char* vip : {"10.0.0.1", "fd00::1", "10.0.0.1", "10.0.0.0"}) message.add_vips(vip);
  EXPECT_THAT(ReadDirective(message)->vips,
              ElementsAre(IpAddress::Parse("10.0.0.1").value(), IpAddress::Parse("fd00::1").value(),
                          IpAddress::Parse("10.0.0.0").value()));
}

TEST(DirectiveIn, NamesTheOneOfManyThatIsNoAddress) {
  v1::Directive message = Message();
  message.mutable_announce();
  message.add_vips("10.0.0.1");
  message.add_vips("nonsense");
  EXPECT_THAT(std::string(ReadDirective(message).status().message()), HasSubstr("vips[1]: "));
}

TEST(DirectiveIn, ATimeBeyondTheClockIsNotOfThePast) {
  v1::Directive message = Message();
  message.mutable_announce();
  for (const std::uint64_t time : {std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    message.set_as_of_probe_time_ns(time);
    EXPECT_GT(ReadDirective(message)->as_of, BootTime(std::chrono::hours(24 * 365 * 100))) << time;
  }
}

TEST(DirectiveIn, RefusesWhatIsNoAddress) {
  v1::Directive message = Message();
  message.mutable_announce();
  message.set_vip("nonsense");
  EXPECT_THAT(std::string(ReadDirective(message).status().message()), HasSubstr("vip: "));
}

TEST(DirectiveIn, RefusesAnActionThatItDoesNotKnow) {
  EXPECT_THAT(std::string(ReadDirective(Message()).status().message()), HasSubstr("the arbiter is newer"));
}

TEST(DirectiveResult, SaysForWhichVipsTheOutcomeIsAnotherOne) {
  model::DirectiveResult result;
  const IpAddress vip = IpAddress::Parse("fd00::1").value();
  result.vips = {IpAddress::Parse("10.0.0.1").value(), vip};
  result.exceptions = {{vip, model::Outcome::kRefused, "nothing to do"}};
  const v1::DirectiveResult message = ToProto(result);
  EXPECT_EQ(message.outcome(), v1::DIRECTIVE_OUTCOME_DONE);
  ASSERT_EQ(message.exceptions_size(), 1);
  EXPECT_EQ(message.exceptions(0).vip(), "fd00::1");
  EXPECT_EQ(message.exceptions(0).outcome(), v1::DIRECTIVE_OUTCOME_REFUSED);
  EXPECT_EQ(message.exceptions(0).detail(), "nothing to do");
}

}  // namespace
}  // namespace arbiter::codec
