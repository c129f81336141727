#include "arbiter/core/cause_wording.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace arbiter::core {

std::string InWords(const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) return "none";
  return absl::StrJoin(addresses, ", ",
                       [](std::string* out, const IpAddress& address) { out->append(address.ToString()); });
}

std::string Listed(const std::vector<std::string>& items) {
  if (items.size() < 2) return absl::StrJoin(items, "");
  const std::string head = absl::StrJoin(items.begin(), items.end() - 1, ", ");
  return absl::StrCat(head, " and ", items.back());
}

std::string Seconds(Duration duration) { return absl::StrCat(std::chrono::duration<double>(duration).count()); }

std::string InBrackets(absl::string_view text) { return text.empty() ? "" : absl::StrCat(" (", text, ")"); }

std::string DaemonName(const NodeReport& report) {
  return report.daemon_name.empty() ? "keepalived" : report.daemon_name;
}

}  // namespace arbiter::core
