#include "arbiter/ctl/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/paint.h"

namespace arbiter::ctl {
namespace {

struct Fit {
  const char* name;
  ScreenSize size;
  std::string text;
  std::vector<std::string> lines;
};

class Fitting : public testing::TestWithParam<Fit> {};

TEST_P(Fitting, ShowsTheTopAndNoMoreThanThereIsRoomFor) {
  EXPECT_EQ(FitOn(GetParam().size, GetParam().text), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Fitting,
    testing::Values(
        Fit{"Empty", {4, 10}, "", {}}, Fit{"EmptyLine", {4, 10}, "a\n\nb\n", {"a", "", "b"}},
        Fit{"ExactlyFull", {3, 4}, "abcd\nefgh\n", {"abcd", "efgh"}},
        Fit{"FoldedWhereThereIsRoom", {4, 4}, "abcdef\nx\n", {"abcd", "ef", "x"}},
        Fit{"CutWhereThereIsNone", {3, 4}, "abcdef\nx\n", {"abc>", "x"}},
        Fit{"CutBothWays", {3, 10}, "0123456789a\nb\nc\n", {"012345678>", "... 2 mor>"}},
        Fit{"TooManyLines", {3, 80}, "a\nb\nc\nd\n", {"a", "... 3 more lines (a larger window, or --cluster)"}},
        Fit{"CharactersNotBytes", {2, 4}, "\u00fc\u00fc\u00fc\u00fc\n", {"\u00fc\u00fc\u00fc\u00fc"}},
        Fit{"CharactersAreNotTorn", {2, 3}, "\u00fc\u00fc\u00fc\u00fc\n", {"\u00fc\u00fc>"}},
        Fit{"ColoursTakeNoRoom", {2, 4}, "\x1b[1;31mabcd\x1b[0m\n", {"\x1b[1;31mabcd\x1b[0m"}},
        Fit{"ColoursEndBehindTheCut", {2, 3}, "\x1b[1mabcdef\x1b[0m\n", {"\x1b[1mab>\x1b[0m"}},
        Fit{"ColoursEndBehindTheFold", {3, 3}, "\x1b[1mabcdef\x1b[0m\n", {"\x1b[1mabc", "def\x1b[0m"}},
        Fit{"HalfAnEscapeSequence", {3, 3}, "ab\x1b[1", {"ab\x1b[1"}}, Fit{"NoSize", {0, 0}, "abc\nd\n", {"abc", "d"}},
        Fit{"NoColumns", {3, 0}, "abcdefgh\nx\n", {"abcdefgh", "x"}},
        Fit{"NoRows", {0, 4}, "abcdef\nx\n", {"abcd", "ef", "x"}}, Fit{"OneColumn", {2, 1}, "ab\n", {">"}}),
    [](const auto& test) { return test.param.name; });

TEST(Fitting, NeverTakesMoreRoomThanThereIs) {
  const std::string text =
      absl::StrCat(Painted("cluster prod \u2014 ", Paint::kBold, true), "enforce\n  192.168.1.212  ",
                   Painted("GUARDED", Paint::kBad, true), "\n\n      next: set virtual_router_id 66 on b\n");
  for (int rows = 2; rows < 12; ++rows) {
    for (int columns = 1; columns < 60; ++columns) {
      const std::vector<std::string> lines = FitOn({rows, columns}, text);
      EXPECT_LT(lines.size(), static_cast<std::size_t>(rows));
      for (const std::string& line : lines) EXPECT_LE(ColumnsOf(line), static_cast<std::size_t>(columns)) << line;
    }
  }
}

}  // namespace
}  // namespace arbiter::ctl
