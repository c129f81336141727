#include "probe/report/advert_lists.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::report {
namespace {

using observe::Vantage;
using vrrp::ChecksumHabit;

std::string InWords(vrrp::Defect defect, const vrrp::Advertisement& advert) {
  if (defect == vrrp::Defect::kTtl) {
    return absl::StrCat("TTL ", static_cast<int>(advert.origin.ttl), ", must be 255");
  }
  return std::string(vrrp::NameOf(defect));
}

bool SendsLegacyChecksum(const observe::AdvertTracker& tracker, const observe::SourceKey& router) {
  return std::any_of(tracker.sources().begin(), tracker.sources().end(), [&](const auto& entry) {
    const auto& [key, source] = entry;
    return key.interface == router.interface && key.family == router.family && key.vrid == router.vrid &&
           source.at(Vantage::kSent).count > 0 && source.last.checksum == ChecksumHabit::kLegacyUnicastPseudoHeader;
  });
}

// keepalived takes the checksum of 1.3.6 (`old_unicast_checksum`) from a sender that has it, and then no other. What it
// sends itself stays as it was; where that is the old one it was told so.
bool IsNotTaken(const observe::AdvertTracker& tracker, const observe::SourceKey& key, const observe::Source& source) {
  const ChecksumHabit now = source.last.checksum;
  return source.had_legacy_checksum && (now == ChecksumHabit::kPseudoHeader || now == ChecksumHabit::kMessageOnly) &&
         !SendsLegacyChecksum(tracker, key);
}

RouterAdverts FromSource(const observe::SourceKey& key, const observe::Source& source) {
  const vrrp::Advertisement& advert = source.last;
  RouterAdverts adverts;
  adverts.router = {key.interface, key.family, key.vrid};
  adverts.source = key.source;
  adverts.destination = advert.origin.destination;
  adverts.priority = advert.priority;
  adverts.version = advert.version;
  adverts.interval = std::chrono::milliseconds(10 * advert.interval_cs);
  adverts.addresses = advert.addresses.ToVector();
  for (const vrrp::Defect defect : advert.defects.ToVector()) adverts.defects.push_back(InWords(defect, advert));
  adverts.auth_type = advert.auth_type.value_or(0);
  adverts.last = source.last_heard();
  adverts.checksum_habit = std::string(vrrp::NameOf(advert.checksum));
  return adverts;
}

}  // namespace

AdvertLists ListAdverts(const observe::AdvertTracker& tracker) {
  AdvertLists lists;
  for (const auto& [key, source] : tracker.sources()) {
    RouterAdverts adverts = FromSource(key, source);
    if (source.at(Vantage::kSent).count > 0) {
      adverts.on_wire = source.at(Vantage::kSent).advertising;
      lists.own.push_back(std::move(adverts));
    } else {
      adverts.on_wire = source.at(Vantage::kOnWire).advertising;
      adverts.delivered = source.at(Vantage::kDelivered).advertising;
      adverts.checksum_not_taken = IsNotTaken(tracker, key, source);
      lists.heard.push_back(std::move(adverts));
    }
  }
  // Where there are too many for a report, those that fell silent are left out.
  std::stable_partition(lists.heard.begin(), lists.heard.end(),
                        [](const RouterAdverts& adverts) { return adverts.on_wire || adverts.delivered; });
  return lists;
}

}  // namespace probe::report
