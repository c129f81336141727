#include "tests/lab/firewall.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace lab {

void Firewall::DropVrrp() const {
  Load(
      "table inet filter {\n"
      "  chain input {\n"
      "    type filter hook input priority 0; policy accept;\n"
      "    meta l4proto 112 counter drop\n"
      "  }\n"
      "}\n");
}

void Firewall::AllowVrrp() const { Load("delete table inet filter\n"); }

void Firewall::Load(const std::string& commands) const { host_.Do({"nft", "-f", "-"}, commands); }

void Firewall::Flush() const { host_.Do({"nft", "flush", "ruleset"}); }

std::string Firewall::ForeignRuleset() const {
  std::string foreign;
  bool ours = false;
  bool inside = false;
  const std::string ruleset = host_.Do({"nft", "--stateless", "list", "ruleset"});
  for (absl::string_view line : absl::StrSplit(ruleset, '\n')) {
    if (absl::StartsWith(line, "table ")) inside = true;
    if (absl::StartsWith(line, "table ")) ours = absl::StartsWith(line, "table netdev arbiter_probe ");
    // Between tables nft puts an empty line, of no table.
    if (!ours && (inside || !line.empty())) absl::StrAppend(&foreign, line, "\n");
    if (line == "}") inside = false;
  }
  return foreign;
}

}  // namespace lab
