// Listens on the segments for a few seconds, on the wire and behind this host's packet filter at once.
#ifndef PROBE_DOCTOR_LISTENER_H_
#define PROBE_DOCTOR_LISTENER_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "probe/doctor/heard.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

// A virtual router's, above an interface.
struct Macvlan {
  std::string name;
  std::uint8_t vrid = 0;
};

// Blocks for `duration`. What is delivered to a macvlan `above` an interface is delivered there. Unicast adverts count
// when they are for one of `own`: others only pass by. An interface that cannot be listened on is in the result with
// the reason.
Heard Listen(const std::set<std::string>& interfaces, const std::multimap<std::string, Macvlan>& above,
             const std::set<arbiter::IpAddress>& own, std::chrono::nanoseconds duration);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_LISTENER_H_
