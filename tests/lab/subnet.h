// Which addresses the hosts of a network have.
#ifndef TESTS_LAB_SUBNET_H_
#define TESTS_LAB_SUBNET_H_

#include <string>

#include "absl/strings/str_cat.h"

namespace lab {

// Host N is the stem with N behind it, in both address families.
struct Subnet {
  std::string ipv4 = "192.168.1.";
  std::string ipv6 = "fd00:1::";
  int ipv4_length = 24;

  [[nodiscard]] std::string Ipv4(int number) const { return absl::StrCat(ipv4, number); }
  [[nodiscard]] std::string Ipv6(int number) const { return absl::StrCat(ipv6, number); }
};

}  // namespace lab

#endif  // TESTS_LAB_SUBNET_H_
