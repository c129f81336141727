#include "probe/vrrp/advert_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace probe::vrrp {
namespace {

// Exact: "1s", "0.05s", "40.95s".
std::string FormatInterval(std::uint16_t interval_cs) {
  const unsigned seconds = interval_cs / 100U;
  const unsigned rest = interval_cs % 100U;
  if (rest == 0) return absl::StrCat(seconds, "s");
  if (rest % 10 == 0) return absl::StrCat(seconds, ".", rest / 10, "s");
  return absl::StrFormat("%d.%02ds", seconds, rest);
}

std::string Prefix(const Origin& origin, const Sighting& sighting) {
  std::string text = UtcText(sighting.time);
  if (!sighting.interface.empty()) absl::StrAppend(&text, " ", sighting.interface);
  if (sighting.direction != Direction::kUnknown) absl::StrAppend(&text, " ", NameOf(sighting.direction));
  if (!origin.vlan.ids().empty()) absl::StrAppend(&text, " vlan ", absl::StrJoin(origin.vlan.ids(), "."));
  absl::StrAppend(&text, " ", origin.source.ToString(), " > ", origin.destination.ToString(), " ttl ", origin.ttl);
  if (origin.behind_ah) absl::StrAppend(&text, " AH");
  if (origin.source_mac) absl::StrAppend(&text, " mac ", origin.source_mac->ToString());
  return text;
}

void AppendAddresses(const AddressList& addresses, std::string& text) {
  absl::StrAppend(&text, " addrs(", addresses.stated(), ")");
  const char* separator = " ";
  for (const arbiter::IpAddress& address : addresses) {
    absl::StrAppend(&text, separator, address.ToString());
    separator = ",";
  }
  if (addresses.cut()) absl::StrAppend(&text, separator, "...");
}

void AppendTrailer(const Advertisement& advert, std::string& text) {
  if (advert.hmac_trailer) {
    absl::StrAppend(&text, " trailer hmac");
  } else if (advert.excess_bytes > 0) {
    absl::StrAppend(&text, " trailer ", advert.excess_bytes, " bytes");
  }
}

}  // namespace

std::string ToText(const Advertisement& advert, const Sighting& sighting) {
  std::string text = Prefix(advert.origin, sighting);
  absl::StrAppend(&text, " VRRPv", advert.version, " vrid ", advert.vrid, " prio ", advert.priority, " interval ",
                  FormatInterval(advert.interval_cs));
  if (advert.auth_type) absl::StrAppend(&text, " auth ", AuthTypeName(*advert.auth_type));
  AppendAddresses(advert.addresses, text);
  absl::StrAppend(&text, " checksum ", NameOf(advert.checksum));
  AppendTrailer(advert, text);
  if (advert.cut_by_capture) absl::StrAppend(&text, " cut-by-capture");
  if (!advert.defects.empty()) {
    const auto name = [](std::string* out, Defect defect) { absl::StrAppend(out, NameOf(defect)); };
    absl::StrAppend(&text, " defects ", absl::StrJoin(advert.defects.ToVector(), ",", name));
  }
  return text;
}

std::string ToText(const CarpAdvertisement& carp, const Sighting& sighting) {
  std::string text = Prefix(carp.origin, sighting);
  absl::StrAppend(&text, " CARP vhid ", carp.vhid, " advbase ", carp.advbase_s, "s advskew ", carp.advskew);
  if (carp.demotion != 0) absl::StrAppend(&text, " demotion ", carp.demotion);
  absl::StrAppend(&text, " checksum ", carp.checksum_ok ? "ok" : "wrong");
  return text;
}

absl::string_view NameOf(Direction direction) {
  switch (direction) {
    case Direction::kUnknown:
      return "unknown";
    case Direction::kReceived:
      return "received";
    case Direction::kSent:
      return "sent";
  }
  __builtin_unreachable();
}

std::string AuthTypeName(std::uint8_t auth_type) {
  switch (auth_type) {
    case kAuthNone:
      return "none";
    case kAuthSimple:
      return "simple";
    case kAuthHeader:
      return "ah";
    default:  // an open set: the field is a whole byte
      return absl::StrCat("type-", auth_type);
  }
}

std::string UtcText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()); }

}  // namespace probe::vrrp
