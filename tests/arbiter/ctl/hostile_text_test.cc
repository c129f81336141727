// Whatever text an arbiter has from its nodes, none reaches the terminal as it is.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/arbiter/ctl/fake_arbiter.h"

namespace arbiter::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kHostile[] = "x\u202e\x1b[2J\u200b\u061c\u2066\u2069y";
constexpr int kDeep = 6;

void Fill(Message* message, int depth);

void FillField(Message* message, const FieldDescriptor& field, int depth) {
  const google::protobuf::Reflection& set = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      field.is_repeated() ? set.AddString(message, &field, kHostile) : set.SetString(message, &field, kHostile);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth == 0) break;
      Fill(field.is_repeated() ? set.AddMessage(message, &field) : set.MutableMessage(message, &field), depth - 1);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!field.is_repeated()) set.SetBool(message, &field, true);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      field.is_repeated() ? set.AddEnumValue(message, &field, 1) : set.SetEnumValue(message, &field, 1);
      break;
    default:  // figures say nothing
      break;
  }
}

// Every text of a message, and of those in it.
void Fill(Message* message, int depth) {
  const google::protobuf::Descriptor& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) FillField(message, *type.field(i), depth);
}

class HostileText : public testing::Test {
 protected:
  HostileText() {
    Fill(&arbiter_.status, kDeep);
    Fill(&arbiter_.nodes, kDeep);
    Fill(&arbiter_.diff, kDeep);
    Fill(&arbiter_.incidents.emplace_back(), kDeep);
    arbiter_.incidents.front().set_id("1-1");
    Fill(&arbiter_.audit.emplace_back(), kDeep);
    Fill(&arbiter_.events.emplace_back(), kDeep);
  }

  FakeArbiter arbiter_;
};

class HostileTextOf : public HostileText, public testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(HostileTextOf, EachCommandStandsThereAsEscapes) {
  for (const std::string form : {"table", "wide"}) {
    std::vector<std::string> words = GetParam();
    words.insert(words.end(), {"-o", form});
    const Outcome outcome = RunAgainst(arbiter_, words);
    const std::string said = outcome.out + outcome.err;
    EXPECT_TRUE(absl::StrContains(said, "x\\u202e\\x1b[2J\\u200b\\u061c\\u2066\\u2069y")) << said;
    for (const char* const raw : {"\u202e", "\x1b", "\u200b"}) EXPECT_FALSE(absl::StrContains(said, raw)) << said;
  }
}

INSTANTIATE_TEST_SUITE_P(Commands, HostileTextOf,
                         testing::Values(std::vector<std::string>{"status"}, std::vector<std::string>{"nodes"},
                                         std::vector<std::string>{"incidents"},
                                         std::vector<std::string>{"incident", "1-1"}, std::vector<std::string>{"diff"},
                                         std::vector<std::string>{"check"}, std::vector<std::string>{"events"},
                                         std::vector<std::string>{"audit"}),
                         [](const auto& test) { return test.param.front(); });

class HostileJsonOf : public HostileText, public testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(HostileJsonOf, EachCommandStandsThereAsEscapes) {
  std::vector<std::string> words = GetParam();
  words.insert(words.end(), {"-o", "json"});
  const std::string said = RunAgainst(arbiter_, words).out;
  EXPECT_TRUE(absl::StrContains(said, "x\\u202e\\u001b[2J\\u200b\\u061c\\u2066\\u2069y")) << said;
  for (const char* const raw : {"\u202e", "\x1b", "\u200b", "\u061c", "\u2066", "\u2069"}) {
    EXPECT_FALSE(absl::StrContains(said, raw)) << said;
  }
}

INSTANTIATE_TEST_SUITE_P(Commands, HostileJsonOf,
                         testing::Values(std::vector<std::string>{"status"}, std::vector<std::string>{"nodes"},
                                         std::vector<std::string>{"incidents"},
                                         std::vector<std::string>{"incident", "1-1"}, std::vector<std::string>{"diff"},
                                         std::vector<std::string>{"events"}, std::vector<std::string>{"audit"}),
                         [](const auto& test) { return test.param.front(); });

TEST_F(HostileText, OfARefusalDoesNotReachTheTerminalEither) {
  arbiter_.verdict = grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, kHostile);
  EXPECT_EQ(RunAgainst(arbiter_, {"status"}).err, "arbctl: x\\u202e\\x1b[2J\\u200b\\u061c\\u2066\\u2069y\n");
}

}  // namespace
}  // namespace arbiter::ctl
