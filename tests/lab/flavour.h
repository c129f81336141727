// The kinds of virtual router that a test is repeated for.
#ifndef TESTS_LAB_FLAVOUR_H_
#define TESTS_LAB_FLAVOUR_H_

#include <ostream>
#include <string>

#include "tests/lab/instant.h"
#include "tests/lab/keepalived_config.h"

namespace lab {

struct Flavour {
  std::string name;
  bool v6 = false;
  bool use_vmac = false;
  bool vmac_xmit_base = false;
  int version = 2;
  Duration advert_interval = std::chrono::seconds(1);

  // 192.168.1.212 or fd00:1::212, and its prefix length.
  [[nodiscard]] std::string vip() const { return v6 ? "fd00:1::212" : "192.168.1.212"; }
  [[nodiscard]] std::string vip_in_config() const { return Configured("212"); }
  // Further addresses of the same kind: their last part in place of 212.
  [[nodiscard]] std::string Configured(const std::string& last) const {
    return v6 ? "fd00:1::" + last + "/64" : "192.168.1." + last + "/24";
  }

  // RFC 9568, section 6.1: three intervals and the skew time, at most one more.
  [[nodiscard]] Duration master_down() const { return 4 * advert_interval; }
};

inline Flavour V4() { return {.name = "V4"}; }
inline Flavour V4Version3() { return {.name = "V4Version3", .version = 3}; }
inline Flavour V6() { return {.name = "V6", .v6 = true, .version = 3}; }
inline Flavour V4Vmac() { return {.name = "V4Vmac", .use_vmac = true}; }
inline Flavour V4VmacXmitBase() { return {.name = "V4VmacXmitBase", .use_vmac = true, .vmac_xmit_base = true}; }
inline Flavour V6Vmac() { return {.name = "V6Vmac", .v6 = true, .use_vmac = true, .version = 3}; }
inline Flavour V6VmacXmitBase() {
  return {.name = "V6VmacXmitBase", .v6 = true, .use_vmac = true, .vmac_xmit_base = true, .version = 3};
}
// Ten adverts a second: fails over within 0.4 s, so that a test can do it often.
inline Flavour V4Fast() { return {.name = "V4Fast", .version = 3, .advert_interval = std::chrono::milliseconds(100)}; }
inline Flavour V6Fast() {
  return {.name = "V6Fast", .v6 = true, .version = 3, .advert_interval = std::chrono::milliseconds(100)};
}
inline Flavour V4VmacFast() {
  return {.name = "V4VmacFast", .use_vmac = true, .version = 3, .advert_interval = std::chrono::milliseconds(100)};
}

// How GoogleTest shows one.
inline void PrintTo(const Flavour& flavour, std::ostream* out) { *out << flavour.name; }

// VRID 66 and the VIP of the flavour.
InstanceConfig InstanceOf(const Flavour& flavour, int priority);

}  // namespace lab

#endif  // TESTS_LAB_FLAVOUR_H_
