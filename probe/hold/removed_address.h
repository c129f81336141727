// An address that was taken off an interface, as it has to be put back.
#ifndef PROBE_HOLD_REMOVED_ADDRESS_H_
#define PROBE_HOLD_REMOVED_ADDRESS_H_

#include <cstdint>
#include <string>

namespace probe::hold {

struct RemovedAddress {
  std::string interface;
  int prefix_length = 0;
  std::uint8_t scope = 0;   // RT_SCOPE_* of rtnetlink(7)
  std::uint32_t flags = 0;  // IFA_F_*, those that are set from outside
  std::string label;        // IPv4 only; empty: none

  friend bool operator==(const RemovedAddress&, const RemovedAddress&) = default;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_REMOVED_ADDRESS_H_
