// The kinds of virtual router that a test is repeated for.
#ifndef TESTS_LAB_FLAVOUR_H_
#define TESTS_LAB_FLAVOUR_H_

#include <ostream>
#include <string>

#include "tests/lab/keepalived_config.h"

namespace lab {

struct Flavour {
  std::string name;
  bool v6 = false;  // VRRPv3 over IPv6, else VRRPv2 over IPv4
  bool use_vmac = false;
  bool vmac_xmit_base = false;

  // 192.168.1.212 or fd00:1::212, and its prefix length.
  [[nodiscard]] std::string vip() const { return v6 ? "fd00:1::212" : "192.168.1.212"; }
  [[nodiscard]] std::string vip_in_config() const { return vip() + (v6 ? "/64" : "/24"); }
};

inline Flavour V4() { return {.name = "V4"}; }
inline Flavour V6() { return {.name = "V6", .v6 = true}; }
inline Flavour V4Vmac() { return {.name = "V4Vmac", .use_vmac = true}; }
inline Flavour V4VmacXmitBase() { return {.name = "V4VmacXmitBase", .use_vmac = true, .vmac_xmit_base = true}; }
inline Flavour V6Vmac() { return {.name = "V6Vmac", .v6 = true, .use_vmac = true}; }

// How GoogleTest shows one.
inline void PrintTo(const Flavour& flavour, std::ostream* out) { *out << flavour.name; }

// VRID 66, the VIP of the flavour, an advert a second.
inline InstanceConfig InstanceOf(const Flavour& flavour, int priority) {
  return {.priority = priority,
          .version = flavour.v6 ? 3 : 2,
          .virtual_ipaddress = {flavour.vip_in_config()},
          .use_vmac = flavour.use_vmac,
          .vmac_xmit_base = flavour.vmac_xmit_base};
}

}  // namespace lab

#endif  // TESTS_LAB_FLAVOUR_H_
