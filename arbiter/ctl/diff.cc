// arbctl diff [FILE...]
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/compare_files.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_diff.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Compares VRRP configurations before anything splits: without files what the nodes' daemons have, as the arbiter knows it;
with files those, as they lie there, and then neither an arbiter nor root is needed. A FAULT breaks VRRP; a note is worth
knowing, such as priorities, which should differ. Passwords are compared and never shown.

Exit code with files: 0 no fault, 1 a fault, 78 a file cannot be read.

Examples
  arbctl diff
  arbctl diff --cluster prod
  arbctl diff -o json | jq -e '[.differences[] | select(.fault)] == []'      exit 1 when something is wrong
  arbctl diff db1/keepalived.conf db2/keepalived.conf                        before a roll-out
  arbctl diff --as db1=keepalived.conf --as db2=keepalived.conf              one file with @db1 and @db2 lines)";

struct Wish {
  std::vector<std::string> files;
  std::vector<std::string> as;

  [[nodiscard]] bool OfFiles() const { return !files.empty() || !as.empty(); }
};

void Show(const Options& options, const Console& console, const v1::GetDiffResponse& diff) {
  console.out << (options.format == Format::kJson ? ToJson(diff)
                                                  : DiffText(diff, {options.format == Format::kWide, console.colour}));
}

absl::StatusOr<int> DiffOfNodes(const Session& session) {
  v1::GetDiffRequest request;
  request.set_cluster(session.options.cluster);
  const auto diff = session.arbiter.Ask(request);
  if (!diff.ok()) return diff.status();
  Show(session.options, session.console, *diff);
  return kDone;
}

// "1 fault, 2 notes".
std::string Count(const Comparison& comparison) {
  const auto notes = std::count_if(comparison.diff.differences().begin(), comparison.diff.differences().end(),
                                   [](const v1::ConfigDifference& one) { return !one.fault(); });
  const auto number = [](auto count, const char* what) {
    return absl::StrCat(count == 0 ? "no" : absl::StrCat(count), " ", what, count == 1 ? "" : "s");
  };
  return absl::StrCat(number(comparison.faults, "fault"), ", ", number(notes, "note"), "\n");
}

absl::StatusOr<int> DiffOfFiles(const Options& options, const Console& console, const Wish& wish) {
  const absl::StatusOr<std::vector<NodeFile>> files = NameFiles(wish.files, wish.as);
  if (!files.ok()) return files.status();
  const absl::StatusOr<Comparison> comparison = CompareFiles(*files);
  if (!comparison.ok()) {
    console.err << "arbctl: " << Printable(std::string(comparison.status().message())) << "\n";
    return kWrongConfiguration;
  }
  if (options.format == Format::kJson || !comparison->diff.differences().empty()) {
    Show(options, console, comparison->diff);
  }
  if (options.format != Format::kJson) {
    console.out << (comparison->diff.differences().empty() ? "" : "\n") << Count(*comparison);
  }
  for (const std::string& problem : comparison->problems) console.err << Printable(problem) << "\n";
  return comparison->faults > 0 ? kFailed : kDone;
}

}  // namespace

void AddDiff(CLI::App* root, Choice* choice) {
  const auto wish = std::make_shared<Wish>();
  Command(root, "diff", "Show how the nodes' VRRP configurations, or files, differ", kFooter)
      .Operands("FILE", &wish->files, "A node's keepalived.conf; two or more")
      .Texts("--as", &wish->as, "A file with lines for single hosts (@NAME), read as NAME does", "NAME=FILE")
      .Then([wish, choice] {
        if (wish->OfFiles()) {
          choice->offline = [wish](const Options& o, const Console& c) { return DiffOfFiles(o, c, *wish); };
        } else {
          choice->action = DiffOfNodes;
        }
      });
}

}  // namespace arbiter::ctl
