#include "arbiter/core/cause_unknown.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

struct Inspection {
  std::vector<std::string> seen;
  std::vector<std::string> missing;
};

// One thing that is looked at on every side: "VRID (a 66, b 66)". `value` gives "" where it is not known.
template <typename Value>
void Look(absl::string_view what, const std::vector<Side>& sides, Inspection& inspection, Value value) {
  std::vector<std::string> known;
  std::vector<std::string> unknown;
  for (const Side& side : sides) {
    const std::string text = value(side);
    if (text.empty()) {
      unknown.push_back(side.name());
    } else {
      known.push_back(absl::StrCat(side.name(), " ", text));
    }
  }
  if (!known.empty()) inspection.seen.push_back(absl::StrCat(what, " (", absl::StrJoin(known, ", "), ")"));
  if (!unknown.empty()) inspection.missing.push_back(absl::StrCat(what, " of ", Listed(unknown)));
}

std::string DaemonText(const Side& side) {
  switch (side.daemon()) {
    case DaemonState::kRunning:
      return side.vip().advertises ? "advertises" : "runs, sends no adverts";
    case DaemonState::kFrozen:
      return "does not run as it should";
    case DaemonState::kGone:
      return "gone";
    case DaemonState::kUnknown:
      return side.vip().advertises ? "advertises" : "";
  }
  return "";
}

std::string ReachText(const Side& side) {
  if (!side.party->reach.has_value() || side.party->reach->asked == 0) return "";
  return absl::StrCat(side.party->reach->answered, " of ", side.party->reach->asked);
}

void LookAtSettings(const std::vector<Side>& sides, Inspection& inspection) {
  Look("VRID", sides, inspection, [](const Side& side) {
    return side.vrid.has_value() ? absl::StrCat(static_cast<int>(*side.vrid)) : std::string();
  });
  Look("address list", sides, inspection,
       [](const Side& side) { return side.listed.empty() ? std::string() : InWords(side.listed); });
  Look("version", sides, inspection,
       [](const Side& side) { return side.version == 0 ? std::string() : absl::StrCat(side.version); });
  Look("interval", sides, inspection, [](const Side& side) {
    return side.interval == Duration::zero() ? std::string() : absl::StrCat(Seconds(side.interval), " s");
  });
  Look("authentication and peers", sides, inspection,
       [](const Side& side) { return side.config == nullptr ? std::string() : std::string("read"); });
  Look("network", sides, inspection, [](const Side& side) { return side.segment; });
}

void LookAtAdverts(const std::vector<Side>& sides, Inspection& inspection) {
  for (const Side& listener : sides) {
    for (const Side& speaker : sides) {
      if (&listener == &speaker) continue;
      const std::string adverts = absl::StrCat("adverts of ", speaker.name(), " at ", listener.name());
      const HeardRouter* heard = Hears(listener, speaker);
      if (heard != nullptr) {
        inspection.seen.push_back(absl::StrCat(adverts, heard->delivered ? " (delivered)" : " (on the wire)"));
      } else if (speaker.vip().gated()) {
        inspection.missing.push_back(absl::StrCat(adverts, ", behind the shut gate"));
      } else {
        inspection.missing.push_back(adverts);
      }
    }
  }
}

// Those where the VIP is another manager's than a VRRP daemon.
std::vector<std::string> OfOtherManagers(const std::vector<Side>& sides) {
  std::vector<std::string> nodes;
  for (const Side& side : sides) {
    if (side.vip().other_manager) nodes.push_back(side.name());
  }
  return nodes;
}

std::string VipOf(const std::vector<Side>& sides) { return sides.front().vip().vip.ToString(); }

}  // namespace

CauseEvidence DescribeUnknown(const std::vector<Side>& sides) {
  const std::vector<std::string> others = OfOtherManagers(sides);
  if (!others.empty()) {
    return {
        Cause::kUnknown,
        absl::StrCat("on ", Listed(others), ", ", VipOf(sides),
                     " is served by another manager than a VRRP daemon (it stands under `vips` in probe.yaml): why ",
                     "it is on more than one node that manager knows"),
        absl::StrCat("look why more than one node believes that it is in charge of ", VipOf(sides), ": on ",
                     Listed(others),
                     ", the log of what puts the address there (Pacemaker, kube-vip, vip-manager, a script), its "
                     "quorum, lease or lock")};
  }
  Inspection inspection;
  LookAtSettings(sides, inspection);
  Look("daemon", sides, inspection, DaemonText);
  LookAtAdverts(sides, inspection);
  Look("reach", sides, inspection, ReachText);
  std::vector<std::string> stale;
  for (const Side& side : sides) {
    if (!side.party->fresh) stale.push_back(side.name());
  }
  std::string evidence = inspection.seen.empty() ? "nothing could be looked at"
                                                 : absl::StrCat("no fault in ", absl::StrJoin(inspection.seen, ", "));
  if (!inspection.missing.empty()) {
    absl::StrAppend(&evidence, "; not known: ", absl::StrJoin(inspection.missing, ", "));
  }
  if (!stale.empty()) {
    absl::StrAppend(&evidence, "; ", Listed(stale),
                    " did not answer (its host is frozen, or cut off from the arbiter)");
  }
  return {Cause::kUnknown, evidence, "run `arbiter-probe doctor` on each node, and read the VRRP daemons' logs"};
}

}  // namespace arbiter::core
