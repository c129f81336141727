// Remembers the routers of other protocols on the segments: CARP and HSRP. They are shown, and nothing follows from
// them.
#ifndef PROBE_OBSERVE_GATEWAY_TRACKER_H_
#define PROBE_OBSERVE_GATEWAY_TRACKER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "probe/observe/claim_tracker.h"
#include "probe/vrrp/carp.h"
#include "probe/vrrp/hsrp.h"
#include "proto/value/ip_address.h"

namespace probe::observe {

struct Gateway {
  std::string interface;
  std::string protocol;     // "CARP", "HSRP"
  std::uint32_t group = 0;  // vhid, group
  arbiter::IpAddress source;
  std::uint32_t priority = 0;                 // CARP has none: 0
  std::optional<arbiter::IpAddress> address;  // CARP names none
  Instant last{};
};

// Not thread-safe.
class GatewayTracker {
 public:
  static constexpr std::size_t kMost = 64;
  // CARP speaks once in 255 s at the most seldom, and once a second as a rule.
  static constexpr Duration kLasts = std::chrono::minutes(1);

  void Hear(const std::string& interface, const vrrp::CarpAdvertisement& carp, Instant now);
  void Hear(const std::string& interface, const vrrp::HsrpHello& hello, Instant now);
  // Lets go what was not heard for `kLasts`.
  void Expire(Instant now);
  void ForgetInterface(const std::string& interface);
  [[nodiscard]] std::vector<Gateway> All() const;

 private:
  void Put(Gateway gateway);

  std::map<std::tuple<std::string, std::string, std::uint32_t, arbiter::IpAddress>, Gateway> gateways_;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_GATEWAY_TRACKER_H_
