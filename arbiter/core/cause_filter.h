// Causes on one host, between its VRRP daemon and its wire: what a packet filter keeps from either.
#ifndef ARBITER_CORE_CAUSE_FILTER_H_
#define ARBITER_CORE_CAUSE_FILTER_H_

#include <optional>
#include <vector>

#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_side.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// kFilteredOnHost, kReversePathFilter: adverts of `speaker` are on the wire of `listener` and are not delivered there.
// `explained`: something else is proven to split the VIP already, and a filter needs more to be named beside it.
void FindFilter(const Side& listener, const Side& speaker, std::optional<Instant> now, bool explained,
                Findings& findings);

// kFilteredOnHost, on the way out: a mute node whose own filter drops what it sends; without such a word only where all
// claimants are mute and nothing else explains that (`explained`).
void FindMuteNodes(const std::vector<Side>& sides, std::optional<Instant> now, bool explained, Findings& findings);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_FILTER_H_
