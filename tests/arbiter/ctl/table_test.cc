#include "arbiter/ctl/table.h"

#include <gtest/gtest.h>

namespace arbiter::ctl {
namespace {

TEST(Table, ColumnsStandUnderEachOtherAndLinesEndWhereTheirTextDoes) {
  Table table({"A", "LONGER", "C"});
  table.AddRow({"wide cell", "", "x"});
  table.ContinueRow({"", "y", ""});
  table.AddNote("a note that is wider than any of the columns");
  EXPECT_EQ(table.Render("> ", false),
            "> A          LONGER  C\n"
            "> wide cell  -       x\n"
            ">            y\n"
            ">     a note that is wider than any of the columns\n");
}

TEST(Table, ColoursAndUtf8TakeNoRoom) {
  Table table({"A", "B"});
  table.AddRow({{"\xc3\xbc", Paint::kGood}, "1"});
  table.AddRow({"xyz", "2"});
  EXPECT_EQ(table.Render("", true), "A    B\n\x1b[32m\xc3\xbc\x1b[0m    1\nxyz  2\n");
}

}  // namespace
}  // namespace arbiter::ctl
