// An advert as the packet filter meets it, and what a match of nftables says to it. Pure.
#ifndef PROBE_FILTER_ADVERT_PACKET_H_
#define PROBE_FILTER_ADVERT_PACKET_H_

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probe/filter/advert_path.h"
#include "probe/filter/ruleset.h"
#include "proto/value/ip_address.h"

namespace probe::filter {

struct AdvertPacket {
  std::string instance;  // whose it is
  std::string interface;
  bool incoming = true;
  bool v6 = false;
  int protocol = 112;                        // 51 behind an authentication header
  std::optional<arbiter::IpAddress> source;  // nothing: one of `sources`
  // First and last addresses of what it may come from; empty: anybody.
  std::vector<std::pair<arbiter::IpAddress, arbiter::IpAddress>> sources;
  bool bridge = false;             // `interface` is a bridge: the hooks of that family come first
  std::vector<std::string> below;  // links that it passes through as well: ports of a bridge, what a VLAN lies on
  arbiter::IpAddress destination;  // the group, or a unicast peer (ourselves, where it comes in)
  std::uint8_t vrid = 0;

  [[nodiscard]] bool multicast() const { return destination.IsMulticast(); }
};

// As it goes that way; of the links nothing is said yet.
AdvertPacket PacketOn(const AdvertPath& path);

// The first and the last address of a network.
std::pair<arbiter::IpAddress, arbiter::IpAddress> EndsOf(const arbiter::IpAddress& address, int prefix_length);

enum class Truth : std::uint8_t { kNo, kMaybe, kYes };

// Whether `value` (a right-hand side or an element of a set) holds for the field that `left` names. `at` is the family
// and table in which named sets are looked up. kMaybe: it depends on what is not known here.
Truth Holds(const google::protobuf::Value& left, const google::protobuf::Value& value, const AdvertPacket& packet,
            const Chain& at, const Ruleset& ruleset);

// Whether a `match` statement's conditions hold for the packet.
Truth Matches(const google::protobuf::Struct& match, const AdvertPacket& packet, const Chain& at,
              const Ruleset& ruleset);

}  // namespace probe::filter

#endif  // PROBE_FILTER_ADVERT_PACKET_H_
