#include "proto/codec/enums.h"

#include <google/protobuf/generated_enum_reflection.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace arbiter::codec {
namespace {

// Every member of the contract's set but the unspecified one is a value of ours, and comes back as it was.
template <typename Proto>
void ExpectWhole() {
  const google::protobuf::EnumDescriptor* members = google::protobuf::GetEnumDescriptor<Proto>();
  for (int i = 0; i < members->value_count(); ++i) {
    const auto member = static_cast<Proto>(members->value(i)->number());
    const auto value = FromProto(member);
    ASSERT_EQ(value.has_value(), members->value(i)->number() != 0) << members->value(i)->full_name();
    if (!value.has_value()) continue;
    EXPECT_EQ(ToProto(*value), member) << members->value(i)->full_name();
  }
  EXPECT_FALSE(FromProto(static_cast<Proto>(1000)).has_value()) << members->full_name();
}

TEST(Enums, AreWholeBothWays) {
  ExpectWhole<v1::GateState>();
  ExpectWhole<v1::DaemonState>();
  ExpectWhole<v1::RungKind>();
  ExpectWhole<v1::FilterKind>();
  ExpectWhole<v1::HindranceKind>();
  ExpectWhole<v1::DirectiveOutcome>();
  ExpectWhole<v1::Mode>();
  ExpectWhole<v1::NodeState>();
  ExpectWhole<v1::VipState>();
  ExpectWhole<v1::IncidentState>();
  ExpectWhole<v1::Cause>();
}

TEST(Causes, HaveTheNamesThatOperatorsSee) {
  for (int i = 1; v1::Cause_IsValid(i); ++i) {
    const auto cause = FromProto(static_cast<v1::Cause>(i));
    ASSERT_TRUE(cause.has_value()) << i;
    EXPECT_EQ(v1::Cause_Name(static_cast<v1::Cause>(i)), std::string(model::CauseName(*cause)));
  }
}

}  // namespace
}  // namespace arbiter::codec
