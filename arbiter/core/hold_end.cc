#include "arbiter/core/hold_end.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"
#include "arbiter/core/stranger.h"
#include "arbiter/core/survivor.h"
#include "arbiter/core/trial.h"
#include "proto/value/duration.h"

namespace arbiter::core {
namespace {

// What told nothing when the split was confirmed (an advert still to come, a probe that had just attached) tells later.
constexpr Duration kRefineFor = std::chrono::seconds(10);
constexpr Duration kRefineEvery = std::chrono::milliseconds(500);
// After a restart of the arbiter.
constexpr Duration kAttachWithin = std::chrono::seconds(15);

// An order without a good result is given again, later each time, after the survivor has affirmed anew.
Instant ResendAt(const Context& ctx, const Hold& hold) {
  return hold.order->sent + ctx.policy.resend_after * (1 << std::min(hold.failures, 4));
}

void SuperviseHold(Context& ctx, Matter& matter, Hold& hold) {
  const bool there = ctx.world.StandingOf(hold.vips, hold.record.node).has_value();
  if (!there || matter.contest != nullptr || !MayOrder(ctx, matter, hold)) return;
  if (hold.restate) {
    OrderHoldOn(ctx, matter, hold);
    return;
  }
  // Without an order: when it became durable the node or the survivor could not be told.
  if (!hold.in_force && (!hold.order.has_value() || ctx.now >= ResendAt(ctx, hold))) hold.restate = true;
}

// How long two nodes answered for one of the VIPs, at the most.
Duration DualOf(const Context& ctx, const Cases& vips) {
  Duration longest{};
  for (const Case* c : vips) {
    longest = std::max(longest, c->dual + (c->dual_since.has_value() ? ctx.now - *c->dual_since : Duration{}));
  }
  return longest;
}

IncidentState StateNow(const Context& ctx, const OpenIncident& incident) {
  if (incident.holds.empty()) return IncidentState::kSplit;
  const bool all_in_force = std::all_of(incident.holds.begin(), incident.holds.end(), [&](const auto& entry) {
    const std::optional<Standing> standing = ctx.world.StandingOf(entry.second.vips, entry.first);
    return entry.second.in_force && (!standing.has_value() || standing->holds == 0);
  });
  return all_in_force ? IncidentState::kGuarded : IncidentState::kHealing;
}

void SettleState(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  const IncidentState before = std::exchange(incident.record.state, StateNow(ctx, incident));
  if (incident.record.state == before) return;
  if (incident.record.state == IncidentState::kGuarded && !incident.record.healed.has_value()) {
    incident.record.healed = ctx.now;
    incident.record.dual_hold = DualOf(ctx, incident.vips);
    Tell(ctx, matter, Note::Severity::kInfo, "healed",
         absl::StrCat("only ", incident.record.survivor, " answers for ", NamesOf(incident.vips), "; two did for ",
                      FormatDuration(incident.record.dual_hold)));
  }
  if (incident.record.state != IncidentState::kHealing || !incident.ticket.has_value()) Write(ctx, matter);
}

void Close(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  incident.record.state = IncidentState::kClosed;
  incident.record.closed = ctx.now;
  incident.record.dual_hold = std::max(incident.record.dual_hold, DualOf(ctx, incident.vips));
  if (!incident.record.healed.has_value()) incident.record.healed = ctx.now;
  Tell(ctx, matter, Note::Severity::kInfo, "closed",
       absl::StrCat("the split of ", NamesOf(incident.record.vips), " is over"));
  Write(ctx, matter);
  const Cases vips = incident.vips;
  matter.incident.reset();
  World::Leave(matter, vips);
  for (Case* c : vips) c->dual = Duration{};
}

// It goes on from an earlier life: until its nodes have had time to attach, that nobody claims the VIP means nothing.
bool MayStillCome(const Context& ctx, const OpenIncident& incident) {
  if (!incident.resumed.has_value()) return false;
  const Cluster* cluster = ctx.world.FindCluster(incident.record.cluster);
  const bool anybody = cluster != nullptr && std::any_of(cluster->nodes.begin(), cluster->nodes.end(),
                                                         [](const auto& entry) { return entry.second.fresh; });
  return !anybody || ctx.now < *incident.resumed + kAttachWithin;
}

bool IsOverNow(const Context& ctx, const Matter& matter) {
  const OpenIncident& incident = *matter.incident;
  if (!incident.holds.empty() || matter.contest != nullptr || MayStillCome(ctx, incident)) return false;
  return std::all_of(incident.vips.begin(), incident.vips.end(),
                     [&](const Case* c) { return ctx.world.Claimants(*c).size() < 2 && !StrangerClaims(ctx, *c); });
}

void StepTrials(Context& ctx, Matter& matter) {
  std::vector<std::string> cured;
  for (auto& [node, hold] : matter.incident->holds) {
    if (StepTrial(ctx, matter, hold) == TrialOutcome::kCured) cured.push_back(node);
  }
  for (const std::string& node : cured) ReleaseHold(ctx, matter, node, "the cause has gone");
}

bool StillRefines(const Context& ctx, const OpenIncident& incident) {
  return incident.record.confirmed.has_value() && ctx.now - *incident.record.confirmed < kRefineFor;
}

void WriteAgain(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  if (!incident.write_again.has_value() || ctx.now < *incident.write_again) return;
  incident.write_again.reset();
  incident.ticket = ctx.out.NextTicket();
  Write(ctx, matter, *incident.ticket);
}

const CauseEvidence* FindCurrent(const std::vector<CauseEvidence>& causes, Cause cause) {
  const auto found = std::find_if(causes.begin(), causes.end(), [cause](const CauseEvidence& entry) {
    return entry.cause == cause && !entry.ended.has_value();
  });
  return found == causes.end() ? nullptr : &*found;
}

// What was struck, and what was named since, goes into the record.
void TellChanges(Context& ctx, Matter& matter, const std::vector<CauseEvidence>& before) {
  const std::vector<CauseEvidence> causes = matter.incident->record.causes;
  for (const CauseEvidence& cause : causes) {
    const bool was = FindCurrent(before, cause.cause) != nullptr;
    const bool is = !cause.ended.has_value();
    if (was == is || cause.cause == Cause::kUnknown) continue;
    Tell(ctx, matter, Note::Severity::kInfo, "cause",
         is ? absl::StrCat(std::string(CauseName(cause.cause)), ": ", cause.evidence)
            : absl::StrCat(std::string(CauseName(cause.cause)), " no longer holds"));
  }
}

// At every step while more may turn up, then as often as something happens.
void Refine(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  if (!incident.record.confirmed.has_value()) return;
  incident.judge_causes_again = !StillRefines(ctx, incident) && ctx.now < incident.causes_judged + kRefineEvery;
  if (incident.judge_causes_again) return;
  incident.causes_judged = ctx.now;
  const std::vector<CauseEvidence> before = incident.record.causes;
  RefineCauses(ctx, matter);
  if (incident.record.causes == before) return;
  TellChanges(ctx, matter, before);
  Write(ctx, matter);
}

void StepHolds(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  const SurvivorState survivor = LookAtSurvivor(ctx, matter);
  if (survivor == SurvivorState::kGone) return OnSurvivorGone(ctx, matter);
  const bool writes = incident.ticket.has_value() || incident.write_again.has_value();
  if (survivor != SurvivorState::kServes || writes) return;
  WithdrawWhatTears(ctx, matter);
  for (auto& [node, hold] : incident.holds) SuperviseHold(ctx, matter, hold);
  StepTrials(ctx, matter);
  if (!incident.check.has_value() && WantsRestating(ctx, matter)) incident.check = AskSurvivor(ctx, matter);
}

}  // namespace

void ReleaseVips(Context& ctx, Matter& matter, const std::string& node, const Cases& vips, const std::string& why) {
  OpenIncident& incident = *matter.incident;
  const auto found = incident.holds.find(node);
  if (found == incident.holds.end()) return;
  Hold& hold = found->second;
  const Relapse relapse{ctx.now, hold.record.failed_trials};
  const Order order = SendTo(ctx, vips, node, Release{why});
  for (Case* c : vips) {
    c->relapses[node] = relapse;
    c->releases[node] = order;
    Remove(hold.vips, c);
    hold.confirmed.erase(c->key.vip);
  }
  if (hold.vips.empty()) incident.holds.erase(found);
  Tell(ctx, matter, Note::Severity::kInfo, "released",
       absl::StrCat(node, " may hold ", NamesOf(vips), " again: ", why));
  Write(ctx, matter);
}

void ReleaseHold(Context& ctx, Matter& matter, const std::string& node, const std::string& why) {
  const auto found = matter.incident->holds.find(node);
  if (found == matter.incident->holds.end()) return;
  const Cases vips = found->second.vips;
  ReleaseVips(ctx, matter, node, vips, why);
}

void LeaveIncident(Context& ctx, Matter& matter, const Cases& vips, Contest& into) {
  OpenIncident& incident = *matter.incident;
  const Vips leaving = VipsOf(vips);
  for (auto hold = incident.holds.begin(); hold != incident.holds.end();) {
    const Cases part = Among(hold->second.vips, leaving);
    if (!part.empty() && hold->first == into.survivor) {
      const Order order = SendTo(ctx, part, hold->first, Release{"it survives the contest"});
      for (Case* c : part) c->releases[hold->first] = order;
    } else if (!part.empty()) {
      Shut& shut = into.shut[hold->first];
      shut.vips.merge(VipsOf(part));
      shut.held.merge(VipsOf(part));
    }
    hold->second.vips = NotAmong(hold->second.vips, leaving);
    hold = hold->second.vips.empty() ? incident.holds.erase(hold) : std::next(hold);
  }
  incident.vips = NotAmong(incident.vips, leaving);
  Write(ctx, matter);
}

void LetIn(Context& ctx, const Cases& vips, const std::string& node, const Shut& shut, const std::string& why) {
  if (vips.empty()) return;
  const Order order = SendTo(ctx, vips, node, Release{why});
  for (Case* c : Among(vips, shut.held)) c->releases[node] = order;
}

void StepReleases(Context& ctx, Case& c) {
  for (auto& [node, order] : c.releases) {
    const Node* reached = ctx.world.FindNode(c.key.cluster, node);
    const bool again = reached != nullptr && reached->fresh && ctx.now >= order.sent + ctx.policy.resend_after;
    if (again) order = SendTo(ctx, {&c}, node, Release{"the hold has ended"});
  }
}

std::optional<Instant> ReleaseDue(const Context& ctx, const Case& c) {
  std::optional<Instant> due;
  for (const auto& [node, order] : c.releases) {
    const Instant at = order.sent + ctx.policy.resend_after;
    if (at > ctx.now && (!due.has_value() || at < *due)) due = at;
  }
  return due;
}

void StepIncident(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  WriteAgain(ctx, matter);
  Refine(ctx, matter);
  if (!incident.holds.empty()) StepHolds(ctx, matter);
  if (!incident.record.healed.has_value()) {
    incident.record.dual_hold = std::max(incident.record.dual_hold, DualOf(ctx, incident.vips));
  }
  if (IsOverNow(ctx, matter)) {
    Close(ctx, matter);
    return;
  }
  SettleState(ctx, matter);
}

std::optional<Instant> IncidentDue(const Context& ctx, const Matter& matter) {
  if (matter.incident == nullptr) return std::nullopt;
  const OpenIncident& incident = *matter.incident;
  std::optional<Instant> due;
  const auto add = [&](Instant at) {
    if (at > ctx.now && (!due.has_value() || at < *due)) due = at;
  };
  if (incident.write_again.has_value()) add(*incident.write_again);
  if (incident.check.has_value()) add(incident.check->deadline);
  if (incident.survivor_grace.has_value()) add(*incident.survivor_grace);
  if (StillRefines(ctx, incident)) {
    const auto rounds = (ctx.now - *incident.record.confirmed) / kRefineEvery;
    add(*incident.record.confirmed + (rounds + 1) * kRefineEvery);
  }
  if (incident.judge_causes_again) add(incident.causes_judged + kRefineEvery);
  if (incident.resumed.has_value()) add(*incident.resumed + kAttachWithin);
  add(incident.next_check);
  if (!incident.losing.empty()) add(incident.losing_until);
  add(incident.next_segment);
  if (!incident.holds.empty()) add(incident.next_reach);
  const Node* survivor = ctx.world.FindNode(matter.cluster, incident.record.survivor);
  if (!incident.holds.empty() && survivor != nullptr && survivor->fresh) {
    add(std::max(survivor->last_heard + Overdue(ctx.policy), incident.next_check));
  }
  for (const auto& [node, hold] : incident.holds) {
    if (const std::optional<Instant> trial = TrialDue(ctx, hold); trial.has_value()) add(*trial);
    if (hold.order.has_value() && !hold.in_force) add(ResendAt(ctx, hold));
  }
  return due;
}

}  // namespace arbiter::core
