// A contest from first sight until it is over: ask, shut the losers' gates, and see whether it ends by itself.
//
// A contest opens when two fresh nodes answer for a VIP and neither is under an order that is still under way. VIPs
// that belong together and are contested between the same nodes are in one contest. Every holder is asked to affirm.
// When all have answered, or their time is over, the best of those that affirmed survives and the gates of the others
// shut for a while (verdict.h). A contest in which no more than one node is left that claims any of the VIPs is over:
// gates open. One that lasts for confirm_after is a split (split.h).
#ifndef ARBITER_CORE_CONTEST_H_
#define ARBITER_CORE_CONTEST_H_

#include <set>
#include <string>

#include "arbiter/core/context.h"

namespace arbiter::core {

// Puts the VIP into a contest where it has to be in one: into one that is open, or a new one.
void EnterContest(Context& ctx, Case& c);

// A contest about the VIP, and about those that belong together with it and have the same holders, whatever else there
// is: somebody ordered it.
Contest& ForceContest(Context& ctx, Case& c);

// Takes the contest of the matter, if there is one, as far as it goes.
void StepContest(Context& ctx, Matter& matter);

// Ends the contest: opens every gate that shut at first sight, except on nodes that are held by now.
void EndContest(Context& ctx, Matter& matter, const std::string& why);

// A node's answer for one VIP.
struct Told {
  const VipReport& report;
  std::optional<Reach> reach;
  std::optional<bool> answered;  // by another host on its segment; nullopt: that was not asked, or could not be
};
// Gives it to the rounds that are under way. Stale nonces are ignored.
void TakeAnswer(Case& c, const std::string& node, std::uint64_t nonce, const Told& told);

// When StepContest has to run again even if nothing happens; nullopt: never.
std::optional<Instant> ContestDue(const Context& ctx, const Matter& matter);

// When EnterContest has to be called again; nullopt: never.
std::optional<Instant> EnterDue(const Context& ctx, const Case& c);

// Fresh holders that are under no order: two of them make a contest.
Nodes FreeHolders(const Context& ctx, const Case& c);

// The node's hold on the VIP stands, and its gate is shut.
bool IsHeldBack(const Case& c, const Party& party);

// It answered the last question, and has the VIP.
bool HasAffirmed(const Contest& contest, const std::string& node, const IpAddress& vip);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CONTEST_H_
