#include "probe/actuate/gate_names.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace probe::actuate {
namespace {

constexpr std::array<const char*, kGateSets> kPrefixes = {
    "shut_ip4", "shut_ip6", "shut_nd",    "shut_vrid4", "shut_vrid6", "shut_mac",     "pass_ip4",
    "pass_ip6", "pass_nd",  "pass_vrid4", "pass_vrid6", "pass_mac",   "advert_vrid4", "advert_vrid6"};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string Named(absl::string_view prefix, absl::string_view interface) {
  return absl::StrCat(prefix, "_", EncodeInterface(interface));
}

}  // namespace

absl::string_view SetPrefix(GateSet set) { return kPrefixes.at(static_cast<std::size_t>(set)); }

std::string EncodeInterface(absl::string_view interface) {
  std::string encoded;
  for (const char c : interface) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-') {
      encoded += c;
    } else if (c == '_') {
      encoded += "__";
    } else {
      absl::StrAppendFormat(&encoded, "_%02x", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::optional<std::string> DecodeInterface(absl::string_view encoded) {
  std::string interface;
  while (!encoded.empty()) {
    const char c = encoded.front();
    encoded.remove_prefix(1);
    if (c != '_') {
      interface += c;
      continue;
    }
    if (absl::StartsWith(encoded, "_")) {
      interface += '_';
      encoded.remove_prefix(1);
      continue;
    }
    if (encoded.size() < 2 || HexDigit(encoded[0]) < 0 || HexDigit(encoded[1]) < 0) return std::nullopt;
    interface += static_cast<char>(HexDigit(encoded[0]) * 16 + HexDigit(encoded[1]));
    encoded.remove_prefix(2);
  }
  if (interface.empty()) return std::nullopt;
  return interface;
}

std::string SetName(GateSet set, absl::string_view interface) { return Named(SetPrefix(set), interface); }
std::string IngressChain(absl::string_view interface) { return Named("in", interface); }
std::string EgressChain(absl::string_view interface) { return Named("out", interface); }
std::string AdvertChain(absl::string_view interface) { return Named("adverts", interface); }

std::optional<NamedSet> ReadSetName(absl::string_view name) {
  for (int i = 0; i < kGateSets; ++i) {
    const auto set = static_cast<GateSet>(i);
    const std::string prefix = absl::StrCat(SetPrefix(set), "_");
    if (!absl::StartsWith(name, prefix)) continue;
    if (std::optional<std::string> interface = DecodeInterface(name.substr(prefix.size()))) {
      return NamedSet{set, *std::move(interface)};
    }
  }
  return std::nullopt;
}

}  // namespace probe::actuate
