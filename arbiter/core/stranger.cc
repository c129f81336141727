#include "arbiter/core/stranger.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause.h"
#include "arbiter/core/split.h"

namespace arbiter::core {
namespace {

// A peer that gives the VIP up is still on the wire for a master-down interval.
constexpr Duration kLasts = std::chrono::seconds(5);
// Whoever answers, and did so a moment ago, has not given it up: the next report of the nodes is waited for.
constexpr Duration kAnswerLasts = std::chrono::milliseconds(300);
// Until then nodes may still come back that the arbiter does not know yet.
constexpr Duration kAfterStart = std::chrono::seconds(15);

// Cheap, for it is asked at every step: in a healthy cluster a holder has nobody else's adverts or claims of its VIP.
bool HearsSomebody(const VipReport& holder) {
  return std::any_of(holder.heard.begin(), holder.heard.end(),
                     [](const HeardRouter& router) { return router.names_vip && router.on_wire; });
}

// One of ours that is on its way to give the VIP up, or has just done so, is no stranger: it is given the longer time.
Duration MustLast(const Context& ctx, const Case& c) {
  const Parties holders = ctx.world.Holders(c);
  const std::vector<std::string> ours = ctx.world.NodeMacs(c);
  const auto is_answer = [&ours](const HeardRouter& router) {
    return router.answers && !std::binary_search(ours.begin(), ours.end(), router.mac);
  };
  const bool answered = std::any_of(holders.begin(), holders.end(), [&](const Party& party) {
    return std::any_of(party.report->heard.begin(), party.report->heard.end(), is_answer);
  });
  return answered ? kAnswerLasts : kLasts;
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

// The open incident of a stranger who claims another VIP of the same instance.
Matter* IncidentOfStranger(const Context& ctx, const Case& c) {
  for (const Party& party : ctx.world.Holders(c)) {
    for (const IpAddress& vip : party.report->bound_together) {
      const Case* other = ctx.world.FindCase({c.key.cluster, vip});
      const OpenIncident* incident = other == nullptr ? nullptr : other->incident();
      const bool strangers = incident != nullptr && incident->holds.empty() && !incident->record.causes.empty() &&
                             incident->record.causes.front().cause == Cause::kForeignClaimant;
      if (strangers) return other->matter;
    }
  }
  return nullptr;
}

}  // namespace

bool StrangerClaims(const Context& ctx, const Case& c) { return !StrangersOf(ctx, c).empty(); }

void StepStranger(Context& ctx, Case& c) {
  if (c.contest() != nullptr || c.incident() != nullptr) return;
  std::vector<CauseEvidence> strangers = StrangersOf(ctx, c);
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
