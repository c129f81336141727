// Whether a claimant is on the segment at all, by what the others see of it there: what a node says of itself is no
// proof that it serves anybody.
//
// A claimant is unseen where each of the others reaches its reference hosts, has asked the segment who else answers for
// the VIPs and heard nobody, and no node has adverts of it. One of the others that cannot tell (a probe of 0.1.0, no
// reference hosts, nobody reached) is enough for it not to be; so is an answer of whomever it may be.
#ifndef ARBITER_CORE_SIGHT_H_
#define ARBITER_CORE_SIGHT_H_

#include <map>
#include <string>
#include <vector>

#include "arbiter/core/context.h"
#include "arbiter/core/matter.h"
#include "arbiter/core/ranking.h"

namespace arbiter::core {

// `answers` are those of the question about these VIPs.
[[nodiscard]] bool IsUnseen(const Context& ctx, const Cases& about, const std::map<std::string, Answer>& answers,
                            const std::string& node);

// The best claimant is unseen, so nobody is demoted: an incident without a hold says so, and which nodes it is about.
// `order` as Rank gave it.
void RecordUnseen(Context& ctx, Matter& matter, const Cases& about, const std::vector<Candidate>& order);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_SIGHT_H_
