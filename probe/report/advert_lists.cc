#include "probe/report/advert_lists.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::report {
namespace {

using observe::Vantage;

std::string InWords(vrrp::Defect defect, const vrrp::Advertisement& advert) {
  if (defect == vrrp::Defect::kTtl) {
    return absl::StrCat("TTL ", static_cast<int>(advert.origin.ttl), ", must be 255");
  }
  return std::string(vrrp::NameOf(defect));
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
      lists.heard.push_back(std::move(adverts));
    }
  }
  // Where there are too many for a report, those that fell silent are left out.
  std::stable_partition(lists.heard.begin(), lists.heard.end(),
                        [](const RouterAdverts& adverts) { return adverts.on_wire || adverts.delivered; });
  return lists;
}

}  // namespace probe::report
