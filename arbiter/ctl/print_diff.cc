#include "arbiter/ctl/print_diff.h"

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/table.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

void AddDifference(const v1::ConfigDifference& difference, Table* table) {
  const Cell verdict = difference.fault() ? Cell("FAULT", Paint::kBad) : Cell("note");
  bool first = true;
  for (const v1::NodeValue& value : difference.values()) {
    std::vector<Cell> cells = {Printable(value.node()), value.value().empty() ? "(not set)" : Printable(value.value()),
                               Printable(value.origin())};
    cells.insert(cells.begin(), {first ? verdict : Cell(""), first ? Printable(difference.key()) : ""});
    table->ContinueRow(std::move(cells));
    first = false;
  }
  if (!difference.advice().empty()) table->AddNote(Printable(difference.advice()));
}

}  // namespace

std::string DiffText(const v1::GetDiffResponse& diff, const Look& look) {
  if (diff.differences().empty()) return "the nodes' configurations agree\n";
  std::string out;
  for (int i = 0; i < diff.differences_size();) {
    const std::string cluster = diff.differences(i).cluster();
    const std::string router = diff.differences(i).virtual_router();
    const std::string title =
        absl::StrCat(cluster.empty() ? "" : absl::StrCat("cluster ", Printable(cluster), "  "), Printable(router));
    absl::StrAppend(&out, out.empty() ? "" : "\n", Painted(title, Paint::kBold, look.colour), "\n");
    Table table({"", "KEY", "NODE", "VALUE", "WHERE"});
    for (; i < diff.differences_size() && diff.differences(i).cluster() == cluster &&
           diff.differences(i).virtual_router() == router;
         ++i) {
      AddDifference(diff.differences(i), &table);
    }
    out += table.Render("  ", look.colour);
  }
  return out;
}

}  // namespace arbiter::ctl
