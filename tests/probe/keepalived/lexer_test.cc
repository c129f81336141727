#include "probe/keepalived/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace probe::keepalived {
namespace {

using ::testing::ElementsAreArray;

struct CommentCase {
  std::string line;
  std::string text;
  bool continues = false;
  bool quote_open = false;
};

TEST(StripComment, LeavesWhatIsNoComment) {
  const CommentCase cases[] = {
      {"  priority 100  ", "priority 100"},
      {"priority 100 # the better one", "priority 100"},
      {"priority 100!better", "priority 100"},
      {"! a title", ""},
      {"script \"a # b ! c\" # d", "script \"a # b ! c\""},
      {"script 'a # b'", "script 'a"},  // single quotes protect nothing
      {"auth_pass a\\#b", "auth_pass a#b"},
      {"auth_pass \"a\\\"#b\"", "auth_pass \"a\\\"#b\""},
      {"$X= \\", "$X=", true},
      {"a b \\  ", "a b", true},
      {"a # comment \\", "a", true},
      {"\\", "", true},
      {"script \"a", "script \"a", false, true},
      {"\ta\tb\r", "a\tb"},
      {"", ""},
  };
  for (const CommentCase& one : cases) {
    const BareLine bare = StripComment(one.line);
    EXPECT_EQ(bare.text, one.text) << one.line;
    EXPECT_EQ(bare.continues, one.continues) << one.line;
    EXPECT_EQ(bare.quote_open, one.quote_open) << one.line;
  }
}

struct WordCase {
  std::string text;
  std::vector<std::string> words;
  bool quote_open = false;
};

TEST(SplitWords, TakesDoubleQuotesAsWordsOfTheirOwn) {
  const WordCase cases[] = {
      {"a  b\tc", {"a", "b", "c"}},
      {"file \"/tmp/a b\"", {"file", "/tmp/a b"}},
      {"a\"b c\"d", {"a", "b c", "d"}},
      {"a \"\"", {"a", ""}},
      {"a 'b c'", {"a", "'b", "c'"}},
      {"a \"b", {"a"}, true},
      {"x#y z", {"x#y", "z"}},  // what is a comment has been taken off before
      {"", {}},
  };
  for (const WordCase& one : cases) {
    const Words words = SplitWords(one.text);
    EXPECT_THAT(words.words, ElementsAreArray(one.words)) << one.text;
    EXPECT_EQ(words.quote_open, one.quote_open) << one.text;
  }
}

TEST(SplitEscaped, ReadsQuotesAndEscapesAsAShellDoes) {
  const WordCase cases[] = {
      {"script \"/bin/a 'b c'\"", {"script", "/bin/a 'b c'"}},
      {"abcd\" efg h jkl \"mnop", {"abcd efg h jkl mnop"}},
      {"abcd \"efg h jkl\" mnop", {"abcd", "efg h jkl", "mnop"}},
      {"a\\ b", {"a b"}},
      {"\\x41\\102\\t\\cA\\\\", {"AB\t\x01\\"}},
      {"\\\"a", {"\"a"}},
      {"\\xzz \\q", {"xzz", "q"}},
      {"'a\"b'", {"a\"b"}},
      {"a '", {"a"}, true},
      {"a\\", {"a\\"}},
  };
  for (const WordCase& one : cases) {
    const Words words = SplitEscaped(one.text);
    EXPECT_THAT(words.words, ElementsAreArray(one.words)) << one.text;
    EXPECT_EQ(words.quote_open, one.quote_open) << one.text;
  }
}

TEST(SplitCommand, HoldsArgumentsTogetherInSingleQuotesOnly) {
  const WordCase cases[] = {
      {"/bin/true #b 'e f' A", {"/bin/true", "#b", "e f", "A"}},
      {"/bin/sh -c 'a b'", {"/bin/sh", "-c", "a b"}},
      {"/bin/a ''", {"/bin/a", ""}},
      {"/bin/a 'b", {"/bin/a", "b"}},
      {"  ", {}},
  };
  for (const WordCase& one : cases) {
    EXPECT_THAT(SplitCommand(one.text), ElementsAreArray(one.words)) << one.text;
  }
}

TEST(FindBrace, FindsTheFirstOneOutsideQuotes) {
  const std::pair<std::string, std::size_t> cases[] = {
      {"vrrp_instance A {", 16},
      {"A{ }", 1},
      {"}}", 0},
      {"s \"{a}\" \"}\"{", 11},
      {"s \"{a", std::string::npos},
      {"a", std::string::npos},
      {"", std::string::npos},
  };
  for (const auto& [text, at] : cases) {
    EXPECT_EQ(FindBrace(text), at) << text;
  }
}

}  // namespace
}  // namespace probe::keepalived
