// The packet filter of this host, as it is now.
#ifndef PROBE_FILTER_READ_RULESET_H_
#define PROBE_FILTER_READ_RULESET_H_

#include "absl/status/statusor.h"
#include "probe/filter/ruleset.h"

namespace probe::filter {

// The nftables ruleset of the network namespace that the calling thread is in; iptables-nft's rules are in it.
// PermissionDenied without CAP_NET_ADMIN, ResourceExhausted where it is larger than 16 MiB.
absl::StatusOr<Ruleset> ReadRuleset();

}  // namespace probe::filter

#endif  // PROBE_FILTER_READ_RULESET_H_
