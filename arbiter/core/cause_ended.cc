#include "arbiter/core/cause_ended.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "arbiter/core/cause_settings.h"

namespace arbiter::core {
namespace {

bool AllFresh(const std::vector<Side>& sides) {
  return std::all_of(sides.begin(), sides.end(), [](const Side& side) { return side.party->fresh; });
}

// VRID, version, interval and list are in the adverts, too.
bool SettingsAreKnown(const std::vector<Side>& sides) {
  return AllFresh(sides) && std::all_of(sides.begin(), sides.end(),
                                        [](const Side& side) { return side.config_read() || side.vip().advertises; });
}

bool ConfigurationsAreKnown(const std::vector<Side>& sides) {
  return AllFresh(sides) &&
         std::all_of(sides.begin(), sides.end(), [](const Side& side) { return side.config != nullptr; });
}

// A fingerprint that could not be made proves nothing.
bool PasswordsAreKnown(const std::vector<Side>& sides) {
  return ConfigurationsAreKnown(sides) && std::all_of(sides.begin(), sides.end(), [](const Side& side) {
           return AuthTypeOf(*side.config) == "none" || !side.config->auth_fingerprint.empty();
         });
}

bool NoDaemonIs(DaemonState state, const std::vector<Side>& sides) {
  return AllFresh(sides) && std::none_of(sides.begin(), sides.end(), [state](const Side& side) {
           return side.daemon() == state || side.daemon() == DaemonState::kUnknown;
         });
}

// Every node that has the address has a running daemon that owns it.
bool NobodyHasItByHand(const std::vector<Side>& sides) {
  return AllFresh(sides) && std::all_of(sides.begin(), sides.end(), [](const Side& side) {
           return !side.vip().configured || (side.vip().live() && side.vip().advertises);
         });
}

// Each is delivered what each of the others sends, and nothing is wrong with it. Not so where a gate stops adverts.
bool AllHearEachOther(const std::vector<Side>& sides) {
  const auto hears = [](const Side& listener, const Side& speaker) {
    const HeardRouter* heard = Hears(listener, speaker);
    return heard != nullptr && heard->delivered && heard->defects.empty();
  };
  bool somebody_speaks = false;
  for (const Side& speaker : sides) {
    if (!speaker.vip().advertises) continue;
    if (speaker.vip().gated()) return false;
    somebody_speaks = true;
    for (const Side& listener : sides) {
      if (&listener != &speaker && !hears(listener, speaker)) return false;
    }
  }
  // What came in from a node that is silent now may be stopped again as soon as it speaks.
  return somebody_speaks && AllFresh(sides) &&
         std::all_of(sides.begin(), sides.end(), [](const Side& side) { return side.vip().advertises; });
}

// A holder would see the stranger, and sees none. A probe that has just started has heard nobody yet.
bool AHolderLooks(const std::vector<Side>& sides, std::optional<Instant> now) {
  constexpr Duration kHearsWithin = std::chrono::seconds(60);
  return std::any_of(sides.begin(), sides.end(), [&](const Side& side) {
    const std::optional<Instant> since = side.party->listening_since;
    const bool long_enough = !since.has_value() || !now.has_value() || *now - *since > kHearsWithin;
    return side.party->fresh && side.vip().holds() && side.listens() && long_enough;
  });
}

}  // namespace

bool HasEnded(Cause cause, const std::vector<Side>& sides, const CauseInput& input) {
  if (sides.size() < 2 && cause != Cause::kForeignClaimant) return false;
  switch (cause) {
    case Cause::kDaemonGone:
      return NoDaemonIs(DaemonState::kGone, sides);
    case Cause::kDaemonFrozen:
      return NoDaemonIs(DaemonState::kFrozen, sides) && NoDaemonIs(DaemonState::kGone, sides);
    case Cause::kManualAddress:
      return NobodyHasItByHand(sides);
    case Cause::kVridMismatch:
    case Cause::kVipListMismatch:
    case Cause::kAdvertIntervalMismatch:
    case Cause::kVersionMismatch:
      return SettingsAreKnown(sides);
    case Cause::kAuthMismatch:
      return PasswordsAreKnown(sides);
    case Cause::kUnicastPeerMismatch:
    case Cause::kWrongInterface:
    case Cause::kDuplicateNodeAddress:
    case Cause::kSourceAddress:
    case Cause::kVmacMismatch:
      return ConfigurationsAreKnown(sides);
    case Cause::kFilteredOnHost:
    case Cause::kLostInNetwork:
    case Cause::kChecksumOrTtl:
    case Cause::kReversePathFilter:
      return AllHearEachOther(sides);
    case Cause::kIsolatedNode:
      return input.all_reach && AllFresh(sides);
    case Cause::kForeignClaimant:
      return AHolderLooks(sides, input.now);
    case Cause::kUnknown:
      return true;
  }
  return false;
}

}  // namespace arbiter::core
