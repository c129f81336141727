#include "arbiter/core/cause.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "arbiter/core/cause_config.h"
#include "arbiter/core/cause_daemon.h"
#include "arbiter/core/cause_ended.h"
#include "arbiter/core/cause_filter.h"
#include "arbiter/core/cause_findings.h"
#include "arbiter/core/cause_foreign.h"
#include "arbiter/core/cause_peers.h"
#include "arbiter/core/cause_side.h"
#include "arbiter/core/cause_source.h"
#include "arbiter/core/cause_unknown.h"
#include "arbiter/core/cause_vmac.h"
#include "arbiter/core/cause_wire.h"

namespace arbiter::core {
namespace {

// Most likely first. A claimant that sends nothing splits whatever the settings; settings that do not agree do so for
// certain and for ever; then what lies between the nodes; a stranger last, who rarely makes two of ours hold.
constexpr std::array kByLikelihood = {
    Cause::kDaemonGone,
    Cause::kDaemonFrozen,
    Cause::kManualAddress,
    Cause::kVridMismatch,
    Cause::kVersionMismatch,
    Cause::kAuthMismatch,
    Cause::kWrongInterface,
    Cause::kSourceAddress,
    Cause::kDuplicateNodeAddress,
    Cause::kUnicastPeerMismatch,
    Cause::kAdvertIntervalMismatch,
    Cause::kChecksumOrTtl,
    Cause::kVipListMismatch,
    Cause::kVmacMismatch,
    Cause::kIsolatedNode,
    Cause::kReversePathFilter,
    Cause::kFilteredOnHost,
    Cause::kLostInNetwork,
    Cause::kForeignClaimant,
    Cause::kUnknown,
};

std::size_t Rank(Cause cause) {
  return static_cast<std::size_t>(std::find(kByLikelihood.begin(), kByLikelihood.end(), cause) - kByLikelihood.begin());
}

// Read off the wire: a gate that shuts hides it, direction by direction, so that older clauses are kept.
bool IsHiddenByGate(Cause cause) {
  return cause == Cause::kChecksumOrTtl || cause == Cause::kFilteredOnHost || cause == Cause::kReversePathFilter ||
         cause == Cause::kLostInNetwork || cause == Cause::kForeignClaimant || cause == Cause::kSourceAddress;
}

bool IsSilence(Cause cause) {
  return cause == Cause::kDaemonGone || cause == Cause::kDaemonFrozen || cause == Cause::kManualAddress;
}

// Concluded from what is missing; gives way to what is seen.
bool IsWeak(Cause cause) {
  return cause == Cause::kUnknown || cause == Cause::kLostInNetwork || cause == Cause::kManualAddress;
}

// Adverts cannot arrive then, in a network without a fault.
bool ExplainsLoss(const CauseEvidence& found) {
  return found.cause == Cause::kIsolatedNode || found.cause == Cause::kUnicastPeerMismatch ||
         found.cause == Cause::kWrongInterface || found.cause == Cause::kSourceAddress ||
         found.cause == Cause::kDuplicateNodeAddress;
}

using Causes = std::vector<CauseEvidence>;

const CauseEvidence* Find(const Causes& causes, Cause cause) {
  const auto found =
      std::find_if(causes.begin(), causes.end(), [cause](const CauseEvidence& c) { return c.cause == cause; });
  return found == causes.end() ? nullptr : &*found;
}

// What becomes of a daemon while it is held back, or of its adverts, is not why the split began: once a cause is
// proven, silence and loss add nothing.
bool ComesTooLate(Cause cause, const Causes& previous) {
  if (!IsSilence(cause) && cause != Cause::kLostInNetwork) return false;
  const CauseEvidence* before = Find(previous, cause);
  if (before != nullptr && !before->ended.has_value()) return false;
  return std::any_of(previous.begin(), previous.end(),
                     [](const CauseEvidence& p) { return !IsWeak(p.cause) && !p.ended.has_value(); });
}

// The same fact seen better: the address that seemed to be nobody's is a dead daemon's, the adverts that seemed lost
// were never sent there.
bool IsReplaced(Cause cause, const Causes& now) {
  if (cause == Cause::kLostInNetwork) return std::any_of(now.begin(), now.end(), ExplainsLoss);
  return cause == Cause::kManualAddress &&
         std::any_of(now.begin(), now.end(), [](const CauseEvidence& found) { return IsSilence(found.cause); });
}

// What was named before, struck where it is not found any more and that can be seen.
Causes Strike(const CauseInput& input, const std::vector<Side>& sides, const Causes& now) {
  Causes previous = input.previous;
  for (CauseEvidence& before : previous) {
    if (before.ended.has_value() || Find(now, before.cause) != nullptr) continue;
    if (HasEnded(before.cause, sides, input)) before.ended = input.now.value_or(Instant{});
  }
  return previous;
}

Causes Refine(const Causes& previous, const Causes& now) {
  Causes result;
  for (const CauseEvidence& found : now) {
    if (ComesTooLate(found.cause, previous)) continue;
    CauseEvidence& entry = result.emplace_back(found);
    const CauseEvidence* before = Find(previous, found.cause);
    if (before == nullptr || before->ended.has_value() || !IsHiddenByGate(found.cause)) continue;
    // A filter's name may come after the fact that there is one, and the next one's once the first is gone.
    const auto join = found.cause == Cause::kFilteredOnHost ? RenewClauses : JoinClauses;
    entry.evidence = join(before->evidence, found.evidence);
    entry.advice = join(before->advice, found.advice);
  }
  for (const CauseEvidence& before : previous) {
    if (before.cause == Cause::kUnknown || Find(result, before.cause) != nullptr) continue;
    if (!IsReplaced(before.cause, result)) result.push_back(before);
  }
  return result;
}

bool IsProven(const CauseEvidence& cause) { return !IsWeak(cause.cause) && !cause.ended.has_value(); }

// By something else than a filter: one on a node does not keep another node's from being found.
bool IsExplained(const Causes& found, const Causes& before) {
  const auto is_filter = [](const CauseEvidence& cause) { return cause.cause == Cause::kFilteredOnHost; };
  return !std::all_of(found.begin(), found.end(), is_filter) ||
         std::any_of(before.begin(), before.end(),
                     [&](const CauseEvidence& cause) { return IsProven(cause) && !is_filter(cause); });
}

// Two answer, and of what was named nothing holds any more: there is another reason.
bool WantsAReason(const Causes& causes, const std::vector<Side>& sides) {
  const bool all_ended =
      std::all_of(causes.begin(), causes.end(), [](const CauseEvidence& cause) { return cause.ended.has_value(); });
  const auto holders = std::count_if(sides.begin(), sides.end(),
                                     [](const Side& side) { return side.party->fresh && side.vip().holds(); });
  return causes.empty() || (all_ended && holders >= 2);
}

}  // namespace

std::vector<CauseEvidence> FindForeignClaimants(const CauseInput& input) {
  Findings findings;
  FindStrangers(MakeSides(input), input, findings);
  return findings.Take();
}

std::vector<CauseEvidence> FindCauses(const CauseInput& input) {
  const std::vector<Side> sides = MakeSides(input);
  Findings findings;
  FindDaemonCauses(sides, findings);
  FindConfigCauses(sides, findings);
  FindSourceCauses(sides, findings);
  FindPeerCauses(sides, findings);
  FindVmacCauses(sides, findings);
  const Causes before = Strike(input, sides, findings.found());
  const bool explained = !findings.empty() || std::any_of(before.begin(), before.end(), IsProven);
  FindWireCauses(sides, input.now, explained, findings);
  FindMuteNodes(sides, input.now, IsExplained(findings.found(), before), findings);
  FindStrangers(sides, input, findings);
  const Causes now = findings.Take();
  Causes causes = Refine(Strike(input, sides, now), now);
  if (WantsAReason(causes, sides)) causes.push_back(DescribeUnknown(sides));
  std::stable_sort(causes.begin(), causes.end(), [](const CauseEvidence& a, const CauseEvidence& b) {
    return std::pair(a.ended.has_value(), Rank(a.cause)) < std::pair(b.ended.has_value(), Rank(b.cause));
  });
  return causes;
}

}  // namespace arbiter::core
