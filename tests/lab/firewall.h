// The packet filter of a host, as an operator or a firewall daemon would set it.
#ifndef TESTS_LAB_FIREWALL_H_
#define TESTS_LAB_FIREWALL_H_

#include <string>

#include "tests/lab/host.h"

namespace lab {

// Without state: what it does stays with the host.
class Firewall {
 public:
  explicit Firewall(const Host& host) : host_(host) {}

  // A table `inet filter` whose input hook drops VRRP over IPv4 and IPv6; and that table gone.
  void DropVrrp() const;
  void AllowVrrp() const;

  // Any nftables commands.
  void Load(const std::string& commands) const;

  // `nft flush ruleset`: what a reload of Debian's nftables.service does first.
  void Flush() const;

  // The whole ruleset as the kernel lists it, without what its counters say and without the table that is called
  // `netdev arbiter_probe`.
  [[nodiscard]] std::string ForeignRuleset() const;

 private:
  const Host& host_;
};

}  // namespace lab

#endif  // TESTS_LAB_FIREWALL_H_
