#include "probe/vrrp/advertisement.h"

#include <algorithm>
#include <iterator>

namespace probe::vrrp {

std::vector<Defect> DefectSet::ToVector() const {
  std::vector<Defect> result;
  std::copy_if(kAllDefects.begin(), kAllDefects.end(), std::back_inserter(result),
               [this](Defect defect) { return Has(defect); });
  return result;
}

absl::string_view NameOf(ChecksumHabit habit) {
  switch (habit) {
    case ChecksumHabit::kUnverified:
      return "unverified";
    case ChecksumHabit::kMessageOnly:
      return "message-only";
    case ChecksumHabit::kPseudoHeader:
      return "pseudo-header";
    case ChecksumHabit::kLegacyUnicastPseudoHeader:
      return "legacy-unicast-pseudo-header";
    case ChecksumHabit::kWrong:
      return "wrong";
  }
  __builtin_unreachable();
}

absl::string_view NameOf(Defect defect) {
  switch (defect) {
    case Defect::kTtl:
      return "ttl";
    case Defect::kIpChecksum:
      return "ip-checksum";
    case Defect::kChecksum:
      return "checksum";
    case Defect::kShort:
      return "short";
    case Defect::kLong:
      return "long";
    case Defect::kNoAddresses:
      return "no-addresses";
    case Defect::kVrid:
      return "vrid";
    case Defect::kSource:
      return "source";
  }
  __builtin_unreachable();
}

}  // namespace probe::vrrp
