#include "arbiter/core/cause_vmac.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

// Unicast adverts always leave from the interface itself, and a macvlan leaves unicast frames alone.
bool Multicasts(const Side& side) { return side.config != nullptr && side.config->unicast_peers.empty(); }

}  // namespace

bool OwnMacvlanTakesFramesOf(const Side& speaker, const Side& listener) {
  if (!Multicasts(speaker) || !Multicasts(listener) || speaker.vrid != listener.vrid) return false;
  const bool sends_from_macvlan = speaker.config->use_vmac && !speaker.config->vmac_xmit_base;
  return sends_from_macvlan && listener.config->use_vmac && listener.config->vmac_xmit_base;
}

void FindVmacCauses(const std::vector<Side>& sides, Findings& findings) {
  for (const Side& listener : sides) {
    for (const Side& speaker : sides) {
      if (&listener == &speaker || !OwnMacvlanTakesFramesOf(speaker, listener)) continue;
      findings.Add(
          Cause::kVmacMismatch,
          absl::StrCat(listener.name(), " has vmac_xmit_base", InBrackets(Place(listener, "vmac_xmit_base")), " and ",
                       speaker.name(), " has not", InBrackets(Place(speaker, "use_vmac")), ": the macvlan of ",
                       listener.name(), " takes what comes from its own MAC, so that ", DaemonName(listener.report()),
                       " there hears no advert of ", speaker.name()),
          absl::StrCat("take `vmac_xmit_base` out on ", listener.name(), ", in ", Place(listener, "vmac_xmit_base"),
                       ", or write it on ", speaker.name(), ", in ", Place(speaker, "use_vmac"),
                       " (the latter where the network passes no virtual MACs); then restart that daemon"));
    }
  }
}

}  // namespace arbiter::core
