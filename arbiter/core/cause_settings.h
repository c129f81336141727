// One virtual router's settings on one node against those on another: what makes each drop the other's adverts.
#ifndef ARBITER_CORE_CAUSE_SETTINGS_H_
#define ARBITER_CORE_CAUSE_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/vocabulary.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

enum class AuthDifference : std::uint8_t { kNone, kType, kSecret };

// "file:line" of keepalived's keyword in the instance, or of the block that it stands in ("authentication"); empty
// where it is not known.
std::string OriginOf(const InstanceConfig& instance, absl::string_view keyword);

// Sorted, each once.
std::vector<IpAddress> AsSet(std::vector<IpAddress> addresses);
// Sorted sets.
std::vector<IpAddress> Without(const std::vector<IpAddress>& set, const std::vector<IpAddress>& other);
bool Intersect(const std::vector<IpAddress>& set, const std::vector<IpAddress>& other);
bool Contains(const std::vector<IpAddress>& addresses, const IpAddress& address);

// "none", "PASS", "AH".
std::string AuthTypeOf(const InstanceConfig& instance);
// VRRPv3 has no authentication field: keepalived ignores PASS and AH there. Version 0: not known, taken as 2.
bool AuthMatters(const InstanceConfig& instance, int version);
// kNone where a fingerprint is missing: that it could not be made proves nothing.
AuthDifference CompareAuth(const InstanceConfig& a, const InstanceConfig& b);

// Own addresses of the node: those of its interfaces and those that its instances send from. Sorted.
std::vector<IpAddress> OwnAddresses(const NodeReport& report);

// Networks as "192.168.1.0/24". Disjoint when both are readable and neither contains the other.
bool SegmentsDisjoint(absl::string_view a, absl::string_view b);
// No network of the one instance's interface is one of the other's: an interface may be on several.
bool NetworksDisjoint(const InstanceConfig& a, const InstanceConfig& b);
bool SegmentContains(absl::string_view segment, const IpAddress& address);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_SETTINGS_H_
