#include "probe/doctor/wording.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace probe::doctor {

std::string Counted(std::size_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string Listed(const std::vector<arbiter::IpAddress>& addresses) {
  if (addresses.empty()) return "none";
  return absl::StrJoin(addresses, ", ", [](std::string* out, const arbiter::IpAddress& ip) { *out += ip.ToString(); });
}

}  // namespace probe::doctor
