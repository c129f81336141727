#include "arbiter/core/stranger.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause.h"
#include "arbiter/core/split.h"
#include "arbiter/core/standby.h"

namespace arbiter::core {
namespace {

// A peer that gives the VIP up is still on the wire for a master-down interval.
constexpr Duration kLasts = std::chrono::seconds(5);
// Who is heard to speak for a node that is away may have gone away itself: its word is not older than this.
constexpr Duration kWordIsOld = std::chrono::seconds(4);
// Whoever answers, and did so a moment ago, has not given it up: the next report of the nodes is waited for.
constexpr Duration kAnswerLasts = std::chrono::milliseconds(300);
// Until then nodes may still come back that the arbiter does not know yet.
constexpr Duration kAfterStart = std::chrono::seconds(15);

// Cheap, for it is asked at every step: in a healthy cluster a holder has nobody else's adverts or claims of its VIP.
bool HearsSomebody(const VipReport& holder) {
  return std::any_of(holder.heard.begin(), holder.heard.end(),
                     [](const HeardRouter& router) { return router.names_vip && router.on_wire; });
}

// For how long somebody has to be heard before it is no echo of a change of hands: one of ours that is on its way to
// give the VIP up, or has just done so, is no stranger.
Duration MustLast(const Context& ctx, const Case& c) {
  const Parties holders = ctx.world.Holders(c);
  const std::vector<std::string> ours = ctx.world.NodeMacs(c);
  const auto is_answer = [&ours](const HeardRouter& router) {
    return router.answers && !std::binary_search(ours.begin(), ours.end(), router.mac);
  };
  const bool answered = std::any_of(holders.begin(), holders.end(), [&](const Party& party) {
    return std::any_of(party.report->heard.begin(), party.report->heard.end(), is_answer);
  });
  Duration lasts = answered ? kAnswerLasts : kLasts;
  for (const Voice& voice : VoicesOf(ctx.world, c)) {
    if (!answered) lasts = std::max(lasts, voice.fades);
    if (!voice.node.empty()) lasts = std::max(lasts, std::max(kLasts, voice.fades) + kWordIsOld);
  }
  return lasts;
}

std::vector<CauseEvidence> StrangersOf(const Context& ctx, const Case& c) {
  CauseInput input;
  for (const Party& party : ctx.world.Holders(c)) {
    if (HearsSomebody(*party.report)) {
      input.claimants.push_back(CauseParty{party.node->key.node, &party.node->report, party.report});
    }
  }
  if (input.claimants.empty()) return {};
  input.vip = c.key.vip;
  input.cluster_addresses = ctx.world.NodeAddresses(c);
  input.cluster_macs = ctx.world.NodeMacs(c);
  input.idle_macs = ctx.world.IdleMacs(c);
  return FindForeignClaimants(input);
}

// Nodes of the cluster that are heard to have the VIP beside a holder, and cannot be told anything, for their probes
// are away.
std::vector<CauseEvidence> AbsentClaimantsOf(const Context& ctx, const Case& c) {
  const bool somebody_is_away =
      std::any_of(c.words.begin(), c.words.end(), [](const Word& word) { return !word.node->fresh; });
  if (!somebody_is_away || ctx.world.Holders(c).empty()) return {};
  std::vector<CauseEvidence> found;
  for (const Voice& voice : VoicesOf(ctx.world, c)) {
    if (voice.node.empty()) continue;
    found.push_back({Cause::kUnknown,
                     absl::StrCat(voice.text, ", while its probe is away: it cannot be told to give it up"),
                     absl::StrCat("start arbiter-probe on ", voice.node,
                                  " (`systemctl status arbiter-probe`), or stop the VRRP daemon there")});
  }
  return found;
}

std::vector<CauseEvidence> ClaimsBesides(const Context& ctx, const Case& c) {
  std::vector<CauseEvidence> claims = AbsentClaimantsOf(ctx, c);
  for (CauseEvidence& stranger : StrangersOf(ctx, c)) claims.push_back(std::move(stranger));
  return claims;
}

// The open incident of a stranger who claims another VIP of the same instance.
Matter* IncidentOfStranger(const Context& ctx, const Case& c) {
  for (const Party& party : ctx.world.Holders(c)) {
    for (const IpAddress& vip : party.report->bound_together) {
      const Case* other = ctx.world.FindCase({c.key.cluster, vip});
      const OpenIncident* incident = other == nullptr ? nullptr : other->incident();
      const bool strangers = incident != nullptr && incident->holds.empty() && incident->record.survivor.empty();
      if (strangers) return other->matter;
    }
  }
  return nullptr;
}

}  // namespace

bool StrangerClaims(const Context& ctx, const Case& c) { return !ClaimsBesides(ctx, c).empty(); }

void StepStranger(Context& ctx, Case& c) {
  if (c.contest() != nullptr || c.incident() != nullptr) return;
  std::vector<CauseEvidence> strangers = ClaimsBesides(ctx, c);
  if (strangers.empty()) {
    c.stranger_since.reset();
    return;
  }
  if (!c.stranger_since.has_value()) c.stranger_since = ctx.now;
  c.stranger_lasts = MustLast(ctx, c);
  if (ctx.now < *StrangerDue(ctx, c)) return;
  if (Matter* known = IncidentOfStranger(ctx, c); known != nullptr) {
    World::Enter(*known, c);
    AddTo(*known->incident, &c);
    Write(ctx, *known);
    return;
  }
  Matter& matter = ctx.world.NewMatter(c.key.cluster);
  World::Enter(matter, c);
  IncidentRecord& record = OpenIncidentFor(ctx, matter, {&c}, *c.stranger_since).record;
  record.causes = std::move(strangers);
  Tell(ctx, matter, Note::Severity::kError, "stranger",
       absl::StrCat(record.causes.front().evidence, "; nobody of ours is demoted for its sake"));
  Write(ctx, matter);
}

std::optional<Instant> StrangerDue(const Context& ctx, const Case& c) {
  if (!c.stranger_since.has_value() || c.contest() != nullptr || c.incident() != nullptr) return std::nullopt;
  return std::max(*c.stranger_since + c.stranger_lasts, ctx.started + kAfterStart);
}

}  // namespace arbiter::core
