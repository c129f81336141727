// A contest from first sight until it is over: ask, shut the losers' gates, and see whether it ends by itself.
//
// A contest opens when two fresh nodes answer for a VIP and neither is under an order that is still under way. Every
// holder is asked to affirm. When all have answered, or their time is over, the best of those that affirmed survives
// and the gates of the others shut for a while: that takes milliseconds, is undone in less, and harms nobody, since the
// survivor has just affirmed. A contest in which no more than one node is left that claims the VIP is over: gates open.
// One that lasts for confirm_after is a split (split.h).
#ifndef ARBITER_CORE_CONTEST_H_
#define ARBITER_CORE_CONTEST_H_

#include "arbiter/core/context.h"

namespace arbiter::core {

// Opens a contest where there has to be one, and takes a standing one as far as it goes.
void StepContest(Context& ctx, Case& c);

// Ends the contest: opens every gate that shut at first sight, except on nodes that are held by now.
void EndContest(Context& ctx, Case& c, const std::string& why);

// Gives the contest the answer of a node. Stale nonces are ignored.
void TakeAnswer(Case& c, const std::string& node, std::uint64_t nonce, const Answer& answer);

// When StepContest has to run again even if nothing happens; nullopt: never.
std::optional<Instant> ContestDue(const Context& ctx, const Case& c);

// Fresh holders that are under no order: two of them make a contest.
Nodes FreeHolders(const Context& ctx, const Case& c);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CONTEST_H_
