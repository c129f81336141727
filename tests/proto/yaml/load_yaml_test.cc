#include "proto/yaml/load_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/proto/yaml/sample.pb.h"

namespace arbiter {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using yaml_test::Sample;

constexpr const char* kEverything = R"(# a comment
text: hello world
flag: true
small: -7
large: -9000000000
port: 7430
big: 18446744073709551615
ratio: 0.5
share: 2
colour: GREEN
maybe: ""
words: [one, "two", 3]
numbers:
  - 1
  - 2
inner: {name: x, count: 4}
many:
  - name: a
  - name: b
    count: 2
again:
  again:
    text: deep
)";

TEST(LoadYaml, EveryKindOfFieldIsSet) {
  Sample sample;
  const absl::Status status = LoadYaml(kEverything, "f.yaml", &sample);
  ASSERT_TRUE(status.ok()) << status;
  Sample want;
  want.set_text("hello world");
  want.set_flag(true);
  want.set_small(-7);
  want.set_large(-9'000'000'000);
  want.set_port(7430);
  want.set_big(18'446'744'073'709'551'615U);
  want.set_ratio(0.5);
  want.set_share(2);
  want.set_colour(yaml_test::GREEN);
  want.set_maybe("");
  for (const char* word : {"one", "two", "3"}) want.add_words(word);
  for (const unsigned number : {1U, 2U}) want.add_numbers(number);
  want.mutable_inner()->set_name("x");
  want.mutable_inner()->set_count(4);
  want.add_many()->set_name("a");
  want.add_many()->set_name("b");
  want.mutable_many(1)->set_count(2);
  want.mutable_again()->mutable_again()->set_text("deep");
  EXPECT_TRUE(MessageDifferencer::Equals(sample, want)) << sample.DebugString();
}

TEST(LoadYaml, AnOptionalFieldTellsEmptyFromMissing) {
  Sample sample;
  ASSERT_TRUE(LoadYaml("maybe: \"\"", "f", &sample).ok());
  EXPECT_TRUE(sample.has_maybe());
  ASSERT_TRUE(LoadYaml("text: x", "f", &sample).ok());
  EXPECT_FALSE(sample.has_maybe());
}

TEST(LoadYaml, ATextThatLooksLikeANumberStaysAText) {
  Sample sample;
  ASSERT_TRUE(LoadYaml("text: 0123\nwords: [true, 1e3, 192.168.1.212]", "f", &sample).ok());
  EXPECT_EQ(sample.text(), "0123");
  EXPECT_THAT(sample.words(), ElementsAre("true", "1e3", "192.168.1.212"));
}

TEST(LoadYaml, NothingIsTheEmptyMessage) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "{}"}) {
    Sample sample;
    sample.set_text("before");
    const absl::Status status = LoadYaml(text, "f", &sample);
    EXPECT_TRUE(status.ok()) << text << status;
    EXPECT_EQ(sample.text(), "") << text;
  }
}

struct Refusal {
  const char* name;
  std::string text;
  const char* message;
};

class LoadYamlRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(LoadYamlRefusal, NamesFileLineAndWhatIsWrong) {
  Sample sample;
  const absl::Status status = LoadYaml(GetParam().text, "f.yaml", &sample);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Each, LoadYamlRefusal,
    testing::Values(
        Refusal{"UnknownKey", "text: a\nxyzzy: 1", "f.yaml:2: unknown key 'xyzzy'"},
        Refusal{"Misspelt", "\n\ntxet: a", "f.yaml:3: unknown key 'txet' (did you mean 'text'?)"},
        Refusal{"MisspeltWithin", "inner:\n  cuont: 1", "f.yaml:2: unknown key 'inner.cuont' (did you mean 'count'?)"},
        Refusal{"Duplicate", "text: a\nport: 1\ntext: b", "f.yaml:3: 'text' is here twice, first on line 1"},
        Refusal{"DuplicateWithin", "inner:\n  count: 1\n  count: 1", "f.yaml:3: 'inner.count' is here twice"},
        Refusal{"NoValue", "text:\nport: 1", "f.yaml:1: 'text' has no value: leave the key out for its default, write"},
        Refusal{"NoList", "words:\n", "f.yaml:1: 'words' has no value: leave the key out for its default"},
        Refusal{"NoElement", "words: [a, ~]", "f.yaml:1: 'words[1]' must be a text"},
        Refusal{"YesIsNoBool", "flag: yes", "f.yaml:1: 'flag' must be true or false, not 'yes'"},
        Refusal{"TextForNumber", "port: http", "f.yaml:1: 'port' must be a whole number that is not negative"},
        Refusal{"Negative", "port: -1", "f.yaml:1: 'port' must be a whole number that is not negative, not '-1'"},
        Refusal{"TooLarge", "small: 2147483648", "f.yaml:1: 'small' must be a whole number"},
        Refusal{"RealForWhole", "small: 1.5", "'small' must be a whole number, not '1.5'"},
        Refusal{"NotFinite", "ratio: .inf", "'ratio' must be a number"},
        Refusal{"NoSuchEnum", "colour: BLUE", "f.yaml:1: 'colour' must be one of RED, GREEN, not 'BLUE'"},
        Refusal{"ListForText", "text: [a]", "f.yaml:1: 'text' must be a text"},
        Refusal{"TextForList", "words: a", "f.yaml:1: 'words' must be a list"},
        Refusal{"TextForBlock", "text: a\ninner: a", "f.yaml:2: inner must be a block of keys"},
        Refusal{"BlockForText", "text: {a: b}", "f.yaml:1: 'text' must be a text"},
        Refusal{"ListAtTop", "- a", "f.yaml:1: this must be a block of keys"},
        Refusal{"TextAtTop", "hello", "f.yaml:1: this must be a block of keys"},
        Refusal{"KeyIsAList", "[a]: b", "f.yaml:1: a key must be a name"},
        Refusal{"MapField", "table: {a: b}", "f.yaml:1: unknown key 'table'"},
        Refusal{"SecondDocument", "text: a\n---\ntext: b",
                "f.yaml:2: this is no part of the document that came before"},
        Refusal{"StrayComma", "text: a\n,\nport: 1", "f.yaml:2: "}, Refusal{"OnlyAComma", ",", "f.yaml:1: "},
        Refusal{"Unclosed", "text: a\nwords: [a\n", "f.yaml:"}, Refusal{"Tab", "inner:\n\tname: a", "f.yaml:2: "},
        Refusal{"UnknownAnchor", "text: *nowhere", "f.yaml:1: "},
        Refusal{"MergeKey", "inner: &a {count: 1}\n<<: *a", "f.yaml:2: unknown key '<<'"},
        Refusal{"TooMuch", std::string((std::size_t{1} << 20U) + 1, '#'), "f.yaml: larger than"},
        Refusal{"TooDeep", std::string(100'000, '['), "f.yaml:"},
        Refusal{"DeepMaps", std::string(100'000, '{'), "f.yaml:"}),
    [](const auto& test) { return test.param.name; });

TEST(LoadYaml, PlacesAreKnownForLaterChecks) {
  Sample sample;
  YamlPlaces places;
  ASSERT_TRUE(LoadYaml(kEverything, "f.yaml", &sample, &places).ok());
  EXPECT_EQ(places.Of("text"), "f.yaml:2");
  EXPECT_EQ(places.Of("numbers[1]"), "f.yaml:15");
  EXPECT_EQ(places.Of("many[1].count"), "f.yaml:20");
  EXPECT_EQ(places.Of("not.there"), "f.yaml");
}

TEST(LoadYaml, AnEmptyListIsKnownFromNone) {
  Sample sample;
  YamlPlaces places;
  ASSERT_TRUE(LoadYaml("numbers: []", "f.yaml", &sample, &places).ok());
  EXPECT_TRUE(places.Has("numbers"));
  EXPECT_FALSE(places.Has("words"));
}

TEST(LoadYaml, NoTextCrashesIt) {
  constexpr std::array<const char*, 24> kPieces = {"text", "words", "inner", "many", "again", ":",  " ",  "\n",
                                                   "  ",   "- ",    "[",     "]",    "{",     "}",  ", ", "\"",
                                                   "'",    "&a ",   "*a",    "|",    "#",     "\t", "~",  "--- "};
  std::mt19937 random(11);
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (auto left = random() % 24; left > 0; --left) text += kPieces[random() % kPieces.size()];
    if (round % 4 == 0) text += static_cast<char>(random());
    Sample sample;
    const absl::Status status = LoadYaml(text, "f", &sample);
    ASSERT_TRUE(status.ok() || absl::StartsWith(status.message(), "f:")) << text << "\n" << status;
  }
}

}  // namespace
}  // namespace arbiter
