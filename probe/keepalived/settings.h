// An instance as the contract tells it: what its routers must agree on, and where each setting stands in the file.
#ifndef PROBE_KEEPALIVED_SETTINGS_H_
#define PROBE_KEEPALIVED_SETTINGS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "probe/keepalived/config.h"
#include "probe/keepalived/scope.h"
#include "proto/model/report.h"

namespace probe::keepalived {

// All that the file alone tells; what depends on the host (links, networks, the track file) is left as it is in an
// InstanceConfig. With an empty key passwords are not compared: there is no fingerprint (Fingerprint).
[[nodiscard]] arbiter::model::InstanceConfig SettingsOf(const Instance& instance, const Scopes& scopes,
                                                        absl::Span<const std::uint8_t> fingerprint_key);

// Adds where each single address stands, under the address as key.
void AddAddressOrigins(const Instance& instance, arbiter::model::InstanceConfig* settings);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SETTINGS_H_
