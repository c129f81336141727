#include "arbiter/core/cause_wire.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_filter.h"
#include "arbiter/core/cause_peers.h"
#include "arbiter/core/cause_settings.h"
#include "arbiter/core/cause_source.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

bool ChecksumHabitIsKnown(const HeardRouter& router) {
  return router.version == 3 && router.source.is_v4() && !router.checksum_habit.empty() &&
         router.checksum_habit != "unverified" && router.checksum_habit != "wrong";
}

std::string ReasonToDrop(const std::string& defect) {
  if (absl::EqualsIgnoreCase(defect, "ttl")) return "a TTL other than 255";
  if (absl::EqualsIgnoreCase(defect, "checksum")) return "a wrong checksum";
  if (absl::EqualsIgnoreCase(defect, "ip-checksum")) return "a wrong IP checksum";
  if (absl::EqualsIgnoreCase(defect, "short") || absl::EqualsIgnoreCase(defect, "long")) {
    return absl::StrCat("a packet too ", defect, " for its own count of addresses");
  }
  return defect;
}

std::string AdviceFor(const HeardRouter& heard, const Side& listener, const Side& speaker) {
  if (!heard.drop_repair.empty()) return absl::StrCat("on ", listener.name(), ", ", heard.drop_repair);
  const bool ttl = std::any_of(heard.defects.begin(), heard.defects.end(), [](const std::string& defect) {
    const std::string lower = absl::AsciiStrToLower(defect);
    return absl::StrContains(lower, "ttl") || absl::StrContains(lower, "hop limit");
  });
  if (ttl) {
    return absl::StrCat(
        "look what lies between the nodes and ", speaker.name(),
        " (a router, a tunnel, a packet filter that rewrites the TTL): adverts must stay on one segment");
  }
  return absl::StrCat("look at ", speaker.name(),
                      "'s VRRP daemon (version, authentication trailer) and at what "
                      "rewrites its packets on the way (checksum offloading, a tunnel)");
}

void FindDefects(const Side& listener, const Side& speaker, Findings& findings) {
  const HeardRouter* heard = Hears(listener, speaker);
  if (heard == nullptr || heard->defects.empty()) return;
  std::vector<std::string> reasons;
  for (const std::string& defect : heard->defects) reasons.push_back(ReasonToDrop(defect));
  findings.Add(Cause::kChecksumOrTtl,
               absl::StrCat("adverts of ", speaker.name(), " (", Whereabouts(speaker), ") arrive at ", listener.name(),
                            " with what makes a receiver drop them: ", Listed(reasons)),
               AdviceFor(*heard, listener, speaker));
}

// VRRPv3 over IPv4 has three checksums in the field.
void FindChecksumHabits(const Side& a, const Side& b, Findings& findings) {
  const HeardRouter* of_a = Hears(b, a);
  const HeardRouter* of_b = Hears(a, b);
  if (of_a == nullptr || of_b == nullptr || !ChecksumHabitIsKnown(*of_a) || !ChecksumHabitIsKnown(*of_b)) return;
  if (of_a->checksum_habit == of_b->checksum_habit) return;
  findings.Add(Cause::kChecksumOrTtl,
               absl::StrCat("under VRRPv3 ", a.name(), " computes the checksum as ", of_a->checksum_habit, ", ",
                            b.name(), " as ", of_b->checksum_habit),
               absl::StrCat("have the VRRP daemons of ", a.name(), " and ", b.name(),
                            " compute it alike (keepalived and most others include the pseudo header, RFC 9568 leaves "
                            "it out, keepalived up to 1.3.6 and `old_unicast_checksum` put the multicast group in)"));
}

bool ReachesNobody(const Side& side) {
  return side.party->reach.has_value() && side.party->reach->asked > 0 && side.party->reach->answered == 0;
}

bool ReachesSomebody(const Side& side) { return side.party->reach.has_value() && side.party->reach->answered > 0; }

// Its taps show that frames come in, and go out if it sends any: then its questions were answered late, or not at all,
// for another reason.
bool IsOnTheWire(const Side& side, const std::vector<Side>& sides) {
  const auto hears = [&](const Side& other) { return &other != &side && Hears(side, other) != nullptr; };
  const auto heard = [&](const Side& other) { return &other != &side && Hears(other, side) != nullptr; };
  if (std::none_of(sides.begin(), sides.end(), hears)) return false;
  return !side.vip().advertises || std::any_of(sides.begin(), sides.end(), heard);
}

bool IsIsolated(const Side& side, const std::vector<Side>& sides) {
  if (!side.vip().claims() || !ReachesNobody(side) || IsOnTheWire(side, sides)) return false;
  return std::any_of(sides.begin(), sides.end(), ReachesSomebody);
}

void FindIsolation(const Side& side, const std::vector<Side>& sides, Findings& findings) {
  if (!IsIsolated(side, sides)) return;
  const Side& other = *std::find_if(sides.begin(), sides.end(), ReachesSomebody);
  findings.Add(Cause::kIsolatedNode,
               absl::StrCat(side.name(), " reaches none of ", InWords(side.party->reach->silent), " from ",
                            side.interface, ", ", other.name(), " reaches ", InWords(other.party->reach->answered_by)),
               absl::StrCat("look at the switch port, cable and VLAN of ", side.name(), "'s ", side.interface,
                            " (the carrier is up, nothing passes)"));
}

bool HasNoCarrier(const Side& side) { return side.config != nullptr && side.config->link_down; }

// Its instance goes on although its interface carries nothing: no advert leaves, and none comes in.
void FindNoCarrier(const Side& side, Findings& findings) {
  if (!HasNoCarrier(side) || !side.config->ignores_link || !side.vip().claims() || !side.party->fresh) return;
  if (side.daemon() != DaemonState::kRunning) return;
  findings.Add(
      Cause::kLostInNetwork,
      absl::StrCat(side.config->interface, " of ", side.name(), ", where ", side.config->name,
                   " speaks, carries nothing (no carrier, set down, or gone)"),
      absl::StrCat("look at the cable, the port and `ip link show ", side.config->interface, "` on ", side.name()));
}

// An advert of the speaker must have been reported by now, had it arrived.
bool ShouldBeHeard(const Side& listener, const Side& speaker, std::optional<Instant> now) {
  if (!now.has_value()) return true;
  if (*now - speaker.vip().configured_since < kReportTakes) return false;
  const std::optional<Instant> listening = listener.party->listening_since;
  return !listening.has_value() || *now - *listening > IntervalOf(speaker) + kReportTakes;
}

// The listener's report has the adverts of this speaker if there are any: they name the VIP, or its virtual router.
bool WouldReport(const Side& listener, const Side& speaker) {
  if (Contains(speaker.listed, speaker.vip().vip)) return true;
  return listener.vrid.has_value() && listener.vrid == speaker.vrid;
}

void FindLoss(const Side& listener, const Side& speaker, std::optional<Instant> now, Findings& findings) {
  const bool sends = speaker.vip().advertises && !speaker.dead() && speaker.vip().claims() && !speaker.vip().gated();
  if (!sends || !speaker.party->fresh || !listener.party->fresh || !speaker.source_known()) return;
  if (Hears(listener, speaker) != nullptr || !WouldReport(listener, speaker)) return;
  if (HasNoCarrier(listener) || HasNoCarrier(speaker)) return;  // that is why
  if (PeersMismatch(listener, speaker) || OnDifferentSegments(listener, speaker)) return;
  if (SourceMissing(listener) || SourceMissing(speaker) || ShareAnAddress(listener, speaker)) return;
  if (SendsAsOther(listener, speaker) || SendsAsOther(speaker, listener)) return;
  if (!ShouldBeHeard(listener, speaker, now)) return;
  const bool lossy = listener.report().capture_drops > 0;
  findings.Add(Cause::kLostInNetwork,
               absl::StrCat(speaker.name(), " (", Whereabouts(speaker), ") sends adverts, none is on the wire of ",
                            listener.name(), " (", listener.interface, ")",
                            lossy ? absl::StrCat(", whose capture has dropped packets") : ""),
               absl::StrCat("look at the network between ", std::min(speaker.name(), listener.name()), " and ",
                            std::max(speaker.name(), listener.name()),
                            ": switch, VLAN, multicast snooping without a querier, a cloud without multicast (there: "
                            "unicast_peer)"));
}

}  // namespace

void FindWireCauses(const std::vector<Side>& sides, std::optional<Instant> now, bool explained, Findings& findings) {
  for (const Side& side : sides) FindIsolation(side, sides, findings);
  for (const Side& side : sides) FindNoCarrier(side, findings);
  for (const Side& listener : sides) {
    for (const Side& speaker : sides) {
      if (&listener == &speaker) continue;
      FindDefects(listener, speaker, findings);
      FindFilter(listener, speaker, now, explained, findings);
      if (&listener < &speaker) FindChecksumHabits(listener, speaker, findings);
      if (IsIsolated(listener, sides) || IsIsolated(speaker, sides)) continue;
      FindLoss(listener, speaker, now, findings);
    }
  }
}

}  // namespace arbiter::core
