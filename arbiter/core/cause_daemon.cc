#include "arbiter/core/cause_daemon.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause_peers.h"
#include "arbiter/core/cause_source.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

// An address that was there when the probe started may be older than the probe can know.
constexpr Duration kSnapshotTakes = std::chrono::seconds(1);

enum class Arrival : std::uint8_t { kUnknown, kFirst, kLater };

// Whether the side got the VIP before or after those that advertise it.
Arrival ArrivalOf(const Side& side, const std::vector<Side>& sides) {
  const CauseParty& party = *side.party;
  if (party.listening_since.has_value() && side.vip().configured_since < *party.listening_since + kSnapshotTakes) {
    return Arrival::kUnknown;
  }
  Arrival arrival = Arrival::kUnknown;
  for (const Side& other : sides) {
    if (&other == &side || !other.vip().claims() || !other.vip().advertises) continue;
    if (side.vip().configured_since > other.vip().configured_since) return Arrival::kLater;
    if (side.vip().configured_since < other.vip().configured_since) arrival = Arrival::kFirst;
  }
  return arrival;
}

// Its daemon has a reason to be silent: it is delivered another's adverts, which it takes and need not pre-empt.
bool IsBackupByRight(const Side& side, const std::vector<Side>& sides) {
  return std::any_of(sides.begin(), sides.end(), [&](const Side& other) {
    const HeardRouter* heard = &other == &side ? nullptr : Hears(side, other);
    if (heard == nullptr || !heard->delivered || !heard->defects.empty()) return false;
    if (side.vrid.has_value() && heard->vrid != *side.vrid) return false;
    const bool yields = side.config != nullptr && side.config->nopreempt;
    return yields || heard->priority >= side.priority;
  });
}

bool HeardBySomebody(const Side& side, const std::vector<Side>& sides) {
  return std::any_of(sides.begin(), sides.end(),
                     [&](const Side& other) { return &other != &side && Hears(other, side) != nullptr; });
}

// Its instance gives its VIPs up while the link carries nothing: what is there all the same is not its own.
bool IsInFault(const Side& side) {
  return side.config != nullptr && side.config->link_down && !side.config->ignores_link && side.in_config();
}

std::optional<Cause> WhileRunning(const Side& side, const std::vector<Side>& sides) {
  if (SourceMissing(side)) return std::nullopt;  // that is why
  if (IsInFault(side)) return Cause::kManualAddress;
  if (side.config != nullptr && side.config->link_down) return std::nullopt;  // its adverts go nowhere
  const Arrival arrival = ArrivalOf(side, sides);
  if (IsBackupByRight(side, sides) || arrival == Arrival::kLater) {
    if (HeardBySomebody(side, sides)) return std::nullopt;  // it did advertise a moment ago
    return Cause::kManualAddress;
  }
  return std::nullopt;  // it runs, so it is not frozen: what keeps its adverts from the wire is looked for elsewhere
}

// Sends nothing, or will not any more: the adverts of a daemon that has just died are still counted as lately sent.
bool IsSilent(const Side& side, const std::vector<Side>& sides) {
  if (!side.vip().claims() || !side.party->fresh) return false;
  return !side.vip().advertises || (side.dead() && !HeardBySomebody(side, sides));
}

// `side` claims the VIP and is silent. nullopt: cannot tell.
std::optional<Cause> WhySilent(const Side& side, const std::vector<Side>& sides) {
  if (side.vip().other_manager) return std::nullopt;  // no daemon of VRRP has a part in it
  if (side.config_read() && !side.in_config()) return Cause::kManualAddress;
  if (!side.listens() && side.daemon() != DaemonState::kGone) return std::nullopt;
  const Arrival arrival = ArrivalOf(side, sides);
  switch (side.daemon()) {
    case DaemonState::kGone:
      return arrival == Arrival::kLater ? Cause::kManualAddress : Cause::kDaemonGone;
    case DaemonState::kFrozen:
      // A probe takes a daemon that sends nothing for frozen, a backup with an address of somebody else's included.
      return arrival == Arrival::kLater ? Cause::kManualAddress : Cause::kDaemonFrozen;
    case DaemonState::kRunning:
      return WhileRunning(side, sides);
    case DaemonState::kUnknown:
      if (arrival != Arrival::kLater || HeardBySomebody(side, sides)) return std::nullopt;
      return Cause::kManualAddress;
  }
  return std::nullopt;
}

std::string DaemonInWords(const Side& side) {
  const std::string daemon = DaemonName(side.report());
  if (side.daemon() == DaemonState::kGone) return absl::StrCat(daemon, " does not run there");
  if (side.config_read() && !side.in_config()) {
    return absl::StrCat("the configuration of ", daemon, " there does not name it");
  }
  if (side.daemon() == DaemonState::kUnknown) return "no VRRP daemon there is known to own it";
  if (IsInFault(side)) {
    return absl::StrCat(daemon, " is in FAULT there, for ", side.config->interface, " carries nothing");
  }
  return absl::StrCat(daemon, " runs there as a backup and does not own it");
}

// Another node's daemon serves the VIP: to take it from `side` leaves somebody.
bool ServedElsewhere(const Side& side, const std::vector<Side>& sides) {
  return std::any_of(sides.begin(), sides.end(), [&](const Side& other) {
    return &other != &side && other.party->fresh && other.vip().claims() && !IsSilent(other, sides);
  });
}

void Add(Cause cause, const Side& side, const std::vector<Side>& sides, Findings& findings) {
  const std::string& node = side.name();
  const std::string daemon = DaemonName(side.report());
  const std::string has =
      absl::StrCat(node, " has ", side.vip().vip.ToString(), " on ", side.vip().interface, " and sends no adverts: ");
  const std::string remove =
      absl::StrCat("remove ", side.vip().vip.ToString(), " from ", side.vip().interface, " (`ip addr del`)");
  if (cause == Cause::kDaemonGone) {
    findings.Add(cause, absl::StrCat(has, daemon, " does not run, the address is what it left behind"),
                 absl::StrCat("on ", node, ", start ", daemon, " again",
                              ServedElsewhere(side, sides) ? absl::StrCat(", or ", remove) : "",
                              ", and look why it ended (its log, the kernel's out-of-memory messages)"));
    return;
  }
  if (cause == Cause::kDaemonFrozen) {
    findings.Add(cause, absl::StrCat(has, "its ", daemon, " exists and does not run as it should"),
                 absl::StrCat("on ", node,
                              ", look at the process (stopped, starved, a paused machine, adverts dropped "
                              "by a packet filter on output), then continue it or restart ",
                              daemon));
    return;
  }
  // Where nobody's daemon serves the VIP, this node may be the only one that does.
  const std::string first = ServedElsewhere(side, sides) ? ""
                                                         : absl::StrCat("first have a node's VRRP daemon own ",
                                                                        side.vip().vip.ToString(), "; then, ");
  findings.Add(
      cause, absl::StrCat(has, DaemonInWords(side), ", it was put there by hand or by another program"),
      absl::StrCat(first, "on ", node, ", ", remove, ", and look who adds it (network configuration, a script)"));
}

}  // namespace

bool IsMute(const Side& side, const std::vector<Side>& sides) {
  if (!IsSilent(side, sides) || !side.listens() || !side.in_config() || side.vip().other_manager) return false;
  if (side.daemon() != DaemonState::kRunning || SendsToNobody(side, sides) || SourceMissing(side)) return false;
  if (side.config == nullptr || side.config->link_down || side.report().capture_drops > 0) return false;
  return !IsBackupByRight(side, sides) && ArrivalOf(side, sides) != Arrival::kLater && !HeardBySomebody(side, sides);
}

void FindDaemonCauses(const std::vector<Side>& sides, Findings& findings) {
  for (const Side& side : sides) {
    if (!IsSilent(side, sides) || SendsToNobody(side, sides)) continue;
    const std::optional<Cause> cause = WhySilent(side, sides);
    if (cause.has_value()) Add(*cause, side, sides, findings);
  }
}

}  // namespace arbiter::core
