#include "arbiter/core/stranger.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/cause.h"

namespace arbiter::core {
namespace {

// A peer that gives the VIP up is still on the wire for a master-down interval.
constexpr Duration kLasts = std::chrono::seconds(5);
// Until then nodes may still come back that the arbiter does not know yet.
constexpr Duration kAfterStart = std::chrono::seconds(15);

// Cheap, for it is asked at every step: in a healthy cluster a holder has nobody else's adverts or claims of its VIP.
bool HearsSomebody(const VipReport& holder) {
  return std::any_of(holder.heard.begin(), holder.heard.end(),
                     [](const HeardRouter& router) { return router.names_vip && router.on_wire; });
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
  return FindForeignClaimants(input);
}

}  // namespace

bool StrangerClaims(const Context& ctx, const Case& c) { return !StrangersOf(ctx, c).empty(); }

void StepStranger(Context& ctx, Case& c) {
  if (c.contest != nullptr || c.incident != nullptr) return;
  std::vector<CauseEvidence> strangers = StrangersOf(ctx, c);
  if (strangers.empty()) {
    c.stranger_since.reset();
    return;
  }
  if (!c.stranger_since.has_value()) c.stranger_since = ctx.now;
  if (ctx.now < *StrangerDue(ctx, c)) return;
  c.incident = std::make_unique<OpenIncident>();
  IncidentRecord& record = c.incident->record;
  record.id = ctx.out.NextIncident();
  record.cluster = c.key.cluster;
  record.vip = c.key.vip;
  record.opened = *c.stranger_since;
  record.confirmed = ctx.now;
  record.causes = std::move(strangers);
  Tell(ctx, c, Note::Severity::kError, "stranger",
       absl::StrCat(record.causes.front().evidence, "; nobody of ours is demoted for its sake"));
  Write(ctx, c);
}

std::optional<Instant> StrangerDue(const Context& ctx, const Case& c) {
  if (!c.stranger_since.has_value() || c.contest != nullptr || c.incident != nullptr) return std::nullopt;
  return std::max(*c.stranger_since + kLasts, ctx.started + kAfterStart);
}

}  // namespace arbiter::core
