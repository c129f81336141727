#include "arbiter/wire/arbiter_message.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

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
