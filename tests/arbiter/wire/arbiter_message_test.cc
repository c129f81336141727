#include "arbiter/wire/arbiter_message.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace arbiter::wire {
namespace {

IpAddress Ip(const char* text) { return IpAddress::Parse(text).value(); }

template <typename Message>
void ExpectIs(const Message& message, const std::string& text) {
  Message expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, expected)) << message.DebugString();
}

core::Directive With(core::Action action) {
  return {{"prod", "a"}, {7, 3}, std::chrono::seconds(3), {Ip("10.0.0.1"), Ip("10.0.0.2")}, "7-1", std::move(action)};
}

struct ActionCase {
  core::Action action;
  std::string text;
  std::string name;
};

TEST(Directive, HasOneActionOfEachKind) {
  const std::vector<ActionCase> cases = {
      {core::ShutForAWhile{std::chrono::seconds(2)}, "shut_for_a_while { duration { seconds: 2 } }",
       "shut_for_a_while"},
      {core::OrderHold{"why", "b", {Ip("10.0.0.2")}, std::chrono::seconds(3), {core::RungKind::kStopDaemon}, 66},
       R"(hold { reason: "why" survivor: "b" survivor_addresses: "10.0.0.2" silence_limit { seconds: 3 }
                 forbidden_rungs: RUNG_KIND_STOP_DAEMON survivor_vrid: 66 })",
       "hold"},
      {core::StartTrial{true, std::chrono::milliseconds(300)},
       "trial { adverts: true adverts_for { nanos: 300000000 } }", "trial_adverts"},
      {core::StartTrial{}, "trial { adverts_for {} }", "trial"},
      {core::EndTrial{}, "end_trial {}", "end_trial"},
      {core::Release{"cured"}, R"(release { reason: "cured" })", "release"},
      {core::Announce{}, "announce {}", "announce"},
  };
  const auto names = ActionNames();
  for (const ActionCase& one : cases) {
    ExpectIs(ToProto(With(one.action), 55),
             "term: 7 sequence: 3 as_of_probe_time_ns: 55 valid_for { seconds: 3 } vip: \"10.0.0.1\" vips: "
             "\"10.0.0.1\" vips: \"10.0.0.2\" incident: \"7-1\" " +
                 one.text);
    EXPECT_EQ(ActionName(one.action), one.name);
    EXPECT_EQ(std::count(names.begin(), names.end(), one.name), 1) << one.name;
  }
  EXPECT_EQ(names.size(), cases.size());
}

TEST(AffirmRequest, AsksForVipsWithinATime) {
  ExpectIs(ToProto(core::AskAffirm{{"prod", "a"},
                                   9,
                                   {Ip("10.0.0.1"), Ip("2001:db8::1")},
                                   std::chrono::milliseconds(150),
                                   {Ip("10.0.0.7")},
                                   true,
                                   true,
                                   true}),
           R"(nonce: 9 vips: "10.0.0.1" vips: "2001:db8::1" within { nanos: 150000000 } node_addresses: "10.0.0.7"
         gate_may_follow: true ask_segment: true in_contest: true)");
}

TEST(KnownVips, AreListed) { ExpectIs(ToProto(std::vector<IpAddress>{Ip("10.0.0.1")}), R"(vips: "10.0.0.1")"); }

}  // namespace
}  // namespace arbiter::wire
