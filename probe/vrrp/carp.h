// A CARP advertisement (OpenBSD, ucarp). It shares IP protocol 112, the multicast group and the first byte with VRRPv2,
// so it must be told apart; it says nothing about which addresses it stands for.
#ifndef PROBE_VRRP_CARP_H_
#define PROBE_VRRP_CARP_H_

#include <cstdint>

#include "probe/vrrp/origin.h"

namespace probe::vrrp {

struct CarpAdvertisement {
  Origin origin;
  std::uint8_t vhid = 0;
  // The sender's interval is advbase seconds + advskew / 256 seconds.
  std::uint8_t advbase_s = 0;
  std::uint8_t advskew = 0;
  // OpenBSD's demotion counter; zero elsewhere.
  std::uint8_t demotion = 0;
  // False also where the capture holds too little to tell.
  bool checksum_ok = false;
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_CARP_H_
