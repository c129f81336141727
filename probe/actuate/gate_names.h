// What our nftables objects are called. Pure.
#ifndef PROBE_ACTUATE_GATE_NAMES_H_
#define PROBE_ACTUATE_GATE_NAMES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace probe::actuate {

// The only table that we ever touch, of family netdev.
inline constexpr char kGateTable[] = "arbiter_probe";

// The sets of one interface. `shut` sets say what is isolated, `pass` sets what is let through all the same for a while
// (a lease), `advert` sets whose adverts may leave for a while.
enum class GateSet : std::uint8_t {
  kShutIp4,
  kShutIp6,
  kShutTarget6,  // the same addresses as kShutIp6, for the target field of neighbour discovery
  kShutVrid4,
  kShutVrid6,
  kShutMac,
  kPassIp4,
  kPassIp6,
  kPassTarget6,
  kPassVrid4,
  kPassVrid6,
  kPassMac,
  kAdvertVrid4,
  kAdvertVrid6,
};
inline constexpr int kGateSets = 14;

// The name before the interface's, for example "shut_ip4".
absl::string_view SetPrefix(GateSet set);

// A name as nftables takes it: letters, digits, '.' and '-' stand for themselves, '_' is doubled, and any other byte is
// '_' and two hexadecimal digits. Different interfaces have different names.
std::string EncodeInterface(absl::string_view interface);
// The reverse; nothing for what EncodeInterface never yields.
std::optional<std::string> DecodeInterface(absl::string_view encoded);

std::string SetName(GateSet set, absl::string_view interface);
std::string IngressChain(absl::string_view interface);
std::string EgressChain(absl::string_view interface);
std::string AdvertChain(absl::string_view interface);

struct NamedSet {
  GateSet set;
  std::string interface;
};
// Which set a name means; nothing for a name that is not ours.
std::optional<NamedSet> ReadSetName(absl::string_view name);

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_GATE_NAMES_H_
