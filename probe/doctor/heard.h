// What was heard on the wire while the doctor listened. Values.
#ifndef PROBE_DOCTOR_HEARD_H_
#define PROBE_DOCTOR_HEARD_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "probe/vrrp/advertisement.h"
#include "probe/vrrp/carp.h"
#include "probe/vrrp/hsrp.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// The adverts of one sender for one virtual router.
struct HeardSource {
  std::string interface;
  vrrp::Advertisement last;  // with its authentication data: it never leaves this process, and no text shows it
  std::size_t sent = 0;      // by this host
  std::size_t on_wire = 0;
  std::size_t delivered = 0;  // of those on the wire, what this host's packet filter let through

  [[nodiscard]] bool foreign() const { return sent == 0; }
};

struct HeardCarp {
  std::string interface;
  vrrp::CarpAdvertisement last;
};

struct HeardHsrp {
  std::string interface;
  vrrp::HsrpHello last;
};

struct Heard {
  std::chrono::nanoseconds listened{};
  std::map<std::string, absl::Status> interfaces;  // OK: it was listened on
  std::set<std::string> without_raw_socket;        // delivery could not be watched there
  std::vector<HeardSource> sources;
  std::vector<HeardCarp> carp;
  std::vector<HeardHsrp> hsrp;
  std::map<std::string, std::set<arbiter::IpAddress>> hosts;  // who spoke ARP or neighbour discovery, by interface
};

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_HEARD_H_
