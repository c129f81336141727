// A hello of HSRP (Cisco's, RFC 2281 and its version 2): another protocol for the same purpose, seen to name its
// routers.
#ifndef PROBE_VRRP_HSRP_H_
#define PROBE_VRRP_HSRP_H_

#include <cstdint>
#include <optional>

#include "probe/vrrp/origin.h"
#include "proto/value/ip_address.h"

namespace probe::vrrp {

struct HsrpHello {
  Origin origin;
  std::uint8_t version = 1;  // 1 or 2
  std::uint16_t group = 0;
  std::uint32_t priority = 0;
  std::optional<arbiter::IpAddress> address;  // absent where its routers have not learned it
};

}  // namespace probe::vrrp

#endif  // PROBE_VRRP_HSRP_H_
