#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "probe/vrrp/advert_text.h"

namespace probe::vrrp {
namespace {

// How many bytes the UTF-8 sequence at the start of `text` has (RFC 3629, section 3); 0 when it is none.
std::size_t Utf8Length(absl::string_view text) {
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const auto ones = static_cast<std::size_t>(std::countl_one(static_cast<unsigned char>(text[0])));
  if (ones == 0) return 1;
  if (ones == 1 || ones > 4 || text.size() < ones) return 0;
  std::uint32_t code_point = static_cast<unsigned char>(text[0]) & (0x7fU >> ones);
  for (const char c : text.substr(1, ones - 1)) {
    if (std::countl_one(static_cast<unsigned char>(c)) != 1) return 0;
    code_point = code_point << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  }
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  return (code_point < kSmallest[ones] || code_point > 0x10ffff || surrogate) ? 0 : ones;
}

// A JSON string (RFC 8259, section 7). An interface name may hold nearly any byte: what is no UTF-8 becomes U+FFFD.
std::string Quote(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = Utf8Length(text);
    if (length == 0) {
      quoted += "\\ufffd";
    } else if (byte == '"' || byte == '\\') {
      absl::StrAppend(&quoted, "\\", text.substr(0, 1));
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(&quoted, absl::StrFormat("\\u%04x", byte));
    } else {
      absl::StrAppend(&quoted, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}

const char* Bool(bool value) { return value ? "true" : "false"; }

std::string Prefix(const Origin& origin, const Sighting& sighting, absl::string_view protocol) {
  return absl::StrCat(R"({"time":")", UtcText(sighting.time), R"(","interface":)",
                      sighting.interface.empty() ? "null" : Quote(sighting.interface), R"(,"direction":")",
                      NameOf(sighting.direction), R"(","protocol":")", protocol, R"(","vlan":[)",
                      absl::StrJoin(origin.vlan.ids(), ","), R"(],"sourceMac":)",
                      origin.source_mac ? Quote(origin.source_mac->ToString()) : "null", R"(,"source":")",
                      origin.source.ToString(), R"(","destination":")", origin.destination.ToString(), R"(","ttl":)",
                      origin.ttl, R"(,"behindAh":)", Bool(origin.behind_ah));
}

std::string Addresses(const AddressList& addresses) {
  const auto quoted = [](std::string* out, const arbiter::IpAddress& address) {
    absl::StrAppend(out, "\"", address.ToString(), "\"");
  };
  return absl::StrJoin(addresses.ToVector(), ",", quoted);
}

std::string Defects(const DefectSet& defects) {
  const auto quoted = [](std::string* out, Defect defect) { absl::StrAppend(out, "\"", NameOf(defect), "\""); };
  return absl::StrJoin(defects.ToVector(), ",", quoted);
}

}  // namespace

std::string ToJson(const Advertisement& advert, const Sighting& sighting) {
  return absl::StrCat(Prefix(advert.origin, sighting, "vrrp"), R"(,"version":)", advert.version, R"(,"vrid":)",
                      advert.vrid, R"(,"priority":)", advert.priority, R"(,"intervalMs":)",
                      std::uint32_t{advert.interval_cs} * 10, R"(,"authType":)",
                      advert.auth_type ? Quote(AuthTypeName(*advert.auth_type)) : "null", R"(,"addressCount":)",
                      advert.addresses.stated(), R"(,"addresses":[)", Addresses(advert.addresses), R"(],"checksum":")",
                      NameOf(advert.checksum), R"(","trailerBytes":)", advert.excess_bytes, R"(,"hmacTrailer":)",
                      Bool(advert.hmac_trailer), R"(,"cutByCapture":)", Bool(advert.cut_by_capture), R"(,"defects":[)",
                      Defects(advert.defects), "]}");
}

std::string ToJson(const CarpAdvertisement& carp, const Sighting& sighting) {
  return absl::StrCat(Prefix(carp.origin, sighting, "carp"), R"(,"vhid":)", carp.vhid, R"(,"advbaseMs":)",
                      std::uint32_t{carp.advbase_s} * 1000, R"(,"advskew":)", carp.advskew, R"(,"demotion":)",
                      carp.demotion, R"(,"checksumOk":)", Bool(carp.checksum_ok), "}");
}

}  // namespace probe::vrrp
