#include "arbiter/core/hold_end.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"
#include "arbiter/core/stranger.h"
#include "arbiter/core/trial.h"
#include "proto/value/duration.h"

namespace arbiter::core {
namespace {

constexpr Duration kCheckAgain = std::chrono::seconds(1);
// What told nothing when the split was confirmed (an advert still to come, a probe that had just attached) tells later.
constexpr Duration kRefineFor = std::chrono::seconds(10);
constexpr Duration kRefineEvery = std::chrono::milliseconds(500);

// After this long without a heartbeat, and before the node counts as stale, the survivor is asked.
Duration Overdue(const Policy& policy) { return policy.heartbeat_interval + policy.heartbeat_interval / 2; }

enum class SurvivorState { kServes, kAskIt, kNotKnownYet, kGone };

// The survivor's silence is more than one missed answer: nobody hears its adverts either.
SurvivorState Unheard(Context& ctx, Case& c, const Node* node) {
  OpenIncident& incident = *c.incident;
  if (ctx.world.HeardOnWire(c, incident.record.survivor)) {
    incident.next_check = ctx.now + kCheckAgain;
    return SurvivorState::kNotKnownYet;
  }
  const Instant last_heard = node == nullptr ? ctx.started : std::max(node->last_heard, ctx.started);
  const bool may_still_come = node == nullptr || node->probe_version.empty();
  const bool doubt = ctx.world.DoubtsItself(c.key.cluster, ctx.now);
  const Instant patience = last_heard + ctx.policy.silence_limit;
  if ((may_still_come || doubt) && ctx.now < patience) {
    incident.next_check = patience;
    return SurvivorState::kNotKnownYet;
  }
  return SurvivorState::kGone;
}

// Reasons to ask the survivor although its stream stands.
bool LooksSilent(Context& ctx, const Case& c, const Party& survivor) {
  const OpenIncident& incident = *c.incident;
  if (ctx.now - survivor.node->last_heard >= Overdue(ctx.policy)) return true;
  const bool heard = ctx.world.HeardOnWire(c, incident.record.survivor);
  const bool fell_silent = incident.survivor_was_heard && !heard;
  const bool stopped = incident.survivor_advertised && !survivor.report->advertises;
  return fell_silent || stopped;
}

void RememberSigns(Context& ctx, Case& c, const Party& survivor) {
  c.incident->survivor_was_heard = ctx.world.HeardOnWire(c, c.incident->record.survivor);
  c.incident->survivor_advertised = survivor.report->advertises;
}

// The survivor and those that are held back for its sake: what counts is who reaches the segment where another does
// not.
Round AskSurvivor(Context& ctx, const Case& c) {
  std::set<std::string> nodes = {c.incident->record.survivor};
  for (const auto& [node, hold] : c.incident->holds) {
    if (ctx.world.FreshParty(c, node).has_value()) nodes.insert(node);
  }
  return Ask(ctx, c, nodes);
}

// The survivor reaches nobody, and a node that is held back reaches somebody.
bool IsCutOff(const OpenIncident& incident, const Answer& survivor) {
  const bool nobody = survivor.reach.has_value() && survivor.reach->asked > 0 && survivor.reach->answered == 0;
  return nobody && std::any_of(incident.holds.begin(), incident.holds.end(),
                               [&](const auto& entry) { return incident.reaching.contains(entry.first); });
}

SurvivorState OfCheck(Context& ctx, Case& c, const Party& survivor) {
  OpenIncident& incident = *c.incident;
  if (!IsOver(ctx, c, *incident.check)) return SurvivorState::kAskIt;
  const Round round = std::exchange(incident.check, std::nullopt).value();
  RememberSigns(ctx, c, survivor);
  incident.next_check = ctx.now + kCheckAgain;
  incident.next_reach = ctx.now + kReachEvery;
  incident.reaching.clear();
  for (const auto& [node, answer] : round.answers) {
    if (answer.reach.has_value() && answer.reach->answered > 0) incident.reaching.insert(node);
  }
  const auto answer = round.answers.find(incident.record.survivor);
  if (answer == round.answers.end()) {
    incident.cut_off = false;
    return Unheard(ctx, c, survivor.node);
  }
  incident.affirmed = ctx.now;
  if (!answer->second.holds) return SurvivorState::kGone;
  const bool was_cut_off = std::exchange(incident.cut_off, IsCutOff(incident, answer->second));
  if (!incident.cut_off) return SurvivorState::kServes;
  if (was_cut_off) return SurvivorState::kGone;
  incident.check = AskSurvivor(ctx, c);  // once more: a packet may have been lost
  return SurvivorState::kAskIt;
}

// A contest decides anew who survives: until it is over no hold of an earlier verdict is stated again.
bool WantsRestating(const Context& ctx, const Case& c) {
  return c.contest == nullptr &&
         std::any_of(c.incident->holds.begin(), c.incident->holds.end(),
                     [&](const auto& entry) { return entry.second.restate && MayOrder(ctx, c, entry.second); });
}

SurvivorState LookAtSurvivor(Context& ctx, Case& c) {
  OpenIncident& incident = *c.incident;
  const std::string& name = incident.record.survivor;
  const std::optional<Party> survivor = ctx.world.FreshParty(c, name);
  if (!survivor.has_value()) {
    const Node* node = ctx.world.FindNode(c.key.cluster, name);
    incident.check.reset();
    if (node != nullptr && node->fresh) return SurvivorState::kGone;  // it is there and knows nothing of the VIP
    return Unheard(ctx, c, node);
  }
  const bool opening = incident.survivor_grace.has_value() && ctx.now < *incident.survivor_grace;
  if (!survivor->report->claims() || (survivor->report->gated() && !opening)) {
    incident.check.reset();
    return SurvivorState::kGone;
  }
  if (incident.check.has_value()) return OfCheck(ctx, c, *survivor);
  if (WantsRestating(ctx, c) || ctx.now >= incident.next_reach ||
      (ctx.now >= incident.next_check && LooksSilent(ctx, c, *survivor))) {
    incident.check = AskSurvivor(ctx, c);
    return SurvivorState::kAskIt;
  }
  RememberSigns(ctx, c, *survivor);
  return SurvivorState::kServes;
}

// The best held node to let in first: where the survivor is cut off one that is not; one that answers as soon as its
// gate opens; then one that keeps what has to stay together with the VIP, then priority, then name.
std::vector<Party> HeldBest(const Context& ctx, const Case& c) {
  std::vector<Party> held;
  for (const auto& [node, hold] : c.incident->holds) {
    if (const std::optional<Party> party = ctx.world.FreshParty(c, node); party.has_value()) held.push_back(*party);
  }
  const std::vector<std::string> precedents = PrecedentsFor(ctx, c);
  const OpenIncident& incident = *c.incident;
  const auto key = [&](const Party& p) {
    return std::make_tuple(!incident.cut_off || incident.reaching.contains(p.node->key.node), p.report->claims(),
                           WeightIn(precedents, p.node->key.node), p.report->priority.value_or(0));
  };
  std::stable_sort(held.begin(), held.end(), [&key](const Party& a, const Party& b) { return key(a) > key(b); });
  return held;
}

void SucceedSurvivor(Context& ctx, Case& c, const std::string& node) {
  OpenIncident& incident = *c.incident;
  incident.record.survivor = node;
  incident.survivor_grace = ctx.now + ctx.policy.resend_after;
  incident.check.reset();
  incident.affirmed = Instant{};  // that was the former one
  incident.cut_off = false;
  incident.survivor_was_heard = false;
  incident.survivor_advertised = false;
  incident.next_check = Instant{};
  incident.next_reach = ctx.now + kReachEvery;
}

void OnSurvivorGone(Context& ctx, Case& c) {
  OpenIncident& incident = *c.incident;
  const std::string gone = incident.record.survivor;
  for (const Party& party : ctx.world.Holders(c)) {
    const std::string& node = party.node->key.node;
    if (node == gone || incident.holds.contains(node)) continue;
    Tell(ctx, c, Note::Severity::kInfo, "survivor",
         absl::StrCat(node, " serves the VIP now, ", gone, " no longer does"));
    SucceedSurvivor(ctx, c, node);
    for (auto& [name, hold] : incident.holds) hold.record.survivor = node;
    Write(ctx, c);
    return;
  }
  const std::vector<Party> held = HeldBest(ctx, c);
  const std::string why =
      absl::StrCat(gone, incident.cut_off ? " reaches nobody on the segment any more" : " no longer serves the VIP");
  if (held.empty()) {
    // Nobody can be told anything. Probes that are cut off release by themselves once the survivor is silent.
    incident.next_check = ctx.now + kCheckAgain;
    return;
  }
  if (held.front().report->claims()) {
    const std::string node = held.front().node->key.node;
    SucceedSurvivor(ctx, c, node);
    ReleaseHold(ctx, c, node, why);
    return;
  }
  for (const Party& party : held) ReleaseHold(ctx, c, party.node->key.node, why);
}

// An order without a good result is given again, later each time, after the survivor has affirmed anew.
Instant ResendAt(const Context& ctx, const Hold& hold) {
  return hold.order->sent + ctx.policy.resend_after * (1 << std::min(hold.failures, 4));
}

void SuperviseHold(Context& ctx, Case& c, Hold& hold) {
  const std::optional<Party> party = ctx.world.FreshParty(c, hold.record.node);
  if (!party.has_value() || c.contest != nullptr || !MayOrder(ctx, c, hold)) return;
  if (hold.restate) {
    OrderHoldOn(ctx, c, hold);
    return;
  }
  // Without an order: when it became durable the node or the survivor could not be told.
  if (!hold.in_force && (!hold.order.has_value() || ctx.now >= ResendAt(ctx, hold))) hold.restate = true;
}

void SettleState(Context& ctx, Case& c) {
  OpenIncident& incident = *c.incident;
  const IncidentState before = incident.record.state;
  bool all_in_force = !incident.holds.empty();
  for (const auto& [node, hold] : incident.holds) {
    const std::optional<Party> party = ctx.world.FreshParty(c, node);
    all_in_force = all_in_force && hold.in_force && (!party.has_value() || !party->report->holds());
  }
  if (all_in_force) {
    incident.record.state = IncidentState::kGuarded;
  } else {
    incident.record.state = incident.holds.empty() ? IncidentState::kSplit : IncidentState::kHealing;
  }
  if (incident.record.state == before) return;
  if (incident.record.state == IncidentState::kGuarded && !incident.record.healed.has_value()) {
    incident.record.healed = ctx.now;
    incident.record.dual_hold = c.dual;
    Tell(ctx, c, Note::Severity::kInfo, "healed",
         absl::StrCat("only ", incident.record.survivor, " answers for ", c.key.vip.ToString(), "; two did for ",
                      FormatDuration(incident.record.dual_hold)));
  }
  if (incident.record.state != IncidentState::kHealing || !incident.ticket.has_value()) Write(ctx, c);
}

void Close(Context& ctx, Case& c) {
  OpenIncident& incident = *c.incident;
  incident.record.state = IncidentState::kClosed;
  incident.record.closed = ctx.now;
  incident.record.dual_hold = c.dual;
  if (!incident.record.healed.has_value()) incident.record.healed = ctx.now;
  Tell(ctx, c, Note::Severity::kInfo, "closed", absl::StrCat("the split of ", c.key.vip.ToString(), " is over"));
  Write(ctx, c);
  c.incident.reset();
  c.dual = Duration{};
}

bool IsOverNow(const Context& ctx, const Case& c) {
  if (!c.incident->holds.empty() || c.contest != nullptr) return false;
  return ctx.world.Claimants(c).size() < 2 && !StrangerClaims(ctx, c);
}

void AskBeforeRestating(Context& ctx, Case& c) {
  if (!c.incident->check.has_value() && WantsRestating(ctx, c)) {
    c.incident->check = AskSurvivor(ctx, c);
  }
}

void StepTrials(Context& ctx, Case& c) {
  std::vector<std::string> cured;
  for (auto& [node, hold] : c.incident->holds) {
    if (StepTrial(ctx, c, hold) == TrialOutcome::kCured) cured.push_back(node);
  }
  for (const std::string& node : cured) ReleaseHold(ctx, c, node, "the cause has gone");
}

}  // namespace

void ReleaseHold(Context& ctx, Case& c, const std::string& node, const std::string& why) {
  OpenIncident& incident = *c.incident;
  const auto found = incident.holds.find(node);
  if (found == incident.holds.end()) return;
  c.relapses[node] = Relapse{ctx.now, found->second.record.failed_trials};
  incident.holds.erase(found);
  c.releases[node] = SendTo(ctx, c, node, Release{why});
  Tell(ctx, c, Note::Severity::kInfo, "released",
       absl::StrCat(node, " may hold ", c.key.vip.ToString(), " again: ", why));
  Write(ctx, c);
}

void StepReleases(Context& ctx, Case& c) {
  for (auto& [node, order] : c.releases) {
    const Node* reached = ctx.world.FindNode(c.key.cluster, node);
    const bool again = reached != nullptr && reached->fresh && ctx.now >= order.sent + ctx.policy.resend_after;
    if (again) order = SendTo(ctx, c, node, Release{"the hold has ended"});
  }
}

bool StillRefines(const Context& ctx, const OpenIncident& incident) {
  return incident.record.confirmed.has_value() && ctx.now - *incident.record.confirmed < kRefineFor;
}

void StepIncident(Context& ctx, Case& c) {
  OpenIncident& incident = *c.incident;
  if (incident.write_again.has_value() && ctx.now >= *incident.write_again) {
    incident.write_again.reset();
    incident.ticket = ctx.out.NextTicket();
    Write(ctx, c, *incident.ticket);
  }
  if (StillRefines(ctx, incident)) {
    const std::vector<CauseEvidence> before = incident.record.causes;
    RefineCauses(ctx, c);
    if (incident.record.causes != before) Write(ctx, c);
  }
  if (!incident.holds.empty()) {
    const SurvivorState survivor = LookAtSurvivor(ctx, c);
    if (survivor == SurvivorState::kGone) {
      OnSurvivorGone(ctx, c);
    } else if (survivor == SurvivorState::kServes && !incident.ticket.has_value() &&
               !incident.write_again.has_value()) {
      WithdrawWhatTears(ctx, c);
      for (auto& [node, hold] : incident.holds) SuperviseHold(ctx, c, hold);
      StepTrials(ctx, c);
      AskBeforeRestating(ctx, c);
    }
  }
  if (!incident.record.healed.has_value()) {
    incident.record.dual_hold = c.dual + (c.dual_since.has_value() ? ctx.now - *c.dual_since : Duration{});
  }
  if (IsOverNow(ctx, c)) {
    Close(ctx, c);
    return;
  }
  SettleState(ctx, c);
}

void ReconcileOnAttach(Context& ctx, Case& c, const Node& node) {
  const std::string& name = node.key.node;
  const auto local =
      std::find_if(node.holds.begin(), node.holds.end(), [&](const LocalHold& hold) { return hold.vip == c.key.vip; });
  const bool held_there = local != node.holds.end();
  if (const auto release = c.releases.find(name); release != c.releases.end()) {
    if (held_there) {
      release->second = SendTo(ctx, c, name, Release{"it was released while the node was away"});
      return;
    }
    c.releases.erase(release);
  }
  const bool held_here = c.incident != nullptr && c.incident->holds.contains(name);
  if (held_here) {
    Hold& hold = c.incident->holds.at(name);
    hold.in_force = held_there;
    hold.restate = !held_there;
    hold.trial = Trial{};
    if (held_there) SendTo(ctx, c, name, EndTrial{});
    return;
  }
  if (!held_there) return;
  // A hold that nobody here remembers: it is taken over, so that it ends by the same rules as any other.
  if (c.incident == nullptr) {
    c.incident = std::make_unique<OpenIncident>();
    IncidentRecord& record = c.incident->record;
    record.id = ctx.out.NextIncident();
    record.cluster = c.key.cluster;
    record.vip = c.key.vip;
    record.opened = local->since;
    record.confirmed = local->since;
    record.survivor = local->survivor;
    record.causes = {{Cause::kUnknown, "the arbiter that saw the split has left no record of it", ""}};
  }
  Hold hold;
  hold.record = {name, local->survivor, local->reason, local->since, 0, false};
  hold.in_force = true;
  c.incident->record.demoted.push_back(name);
  c.incident->holds.emplace(name, std::move(hold));
  SendTo(ctx, c, name, EndTrial{});
  Tell(ctx, c, Note::Severity::kWarning, "adopted",
       absl::StrCat(name, " came with a hold on ", c.key.vip.ToString(), " that is not on record here: taken over"));
  Write(ctx, c);
}

void ReconcileOnChange(Context& ctx, Case& c, const Node& node) {
  if (c.incident == nullptr) return;
  const auto hold = c.incident->holds.find(node.key.node);
  if (hold == c.incident->holds.end() || !hold->second.in_force) return;
  const bool held_there =
      std::any_of(node.holds.begin(), node.holds.end(), [&](const LocalHold& local) { return local.vip == c.key.vip; });
  if (held_there) return;
  c.incident->holds.erase(hold);
  Tell(ctx, c, Note::Severity::kWarning, "released",
       absl::StrCat(node.key.node, " ended its hold on ", c.key.vip.ToString(), " by itself"));
  Write(ctx, c);
}

std::optional<Instant> IncidentDue(const Context& ctx, const Case& c) {
  std::optional<Instant> due;
  const auto add = [&](Instant at) {
    if (at > ctx.now && (!due.has_value() || at < *due)) due = at;
  };
  for (const auto& [node, order] : c.releases) add(order.sent + ctx.policy.resend_after);
  if (const std::optional<Instant> stranger = StrangerDue(ctx, c); stranger.has_value()) add(*stranger);
  if (c.incident == nullptr) return due;
  const OpenIncident& incident = *c.incident;
  if (incident.write_again.has_value()) add(*incident.write_again);
  if (incident.check.has_value()) add(incident.check->deadline);
  if (incident.survivor_grace.has_value()) add(*incident.survivor_grace);
  if (StillRefines(ctx, incident)) {
    const auto rounds = (ctx.now - *incident.record.confirmed) / kRefineEvery;
    add(*incident.record.confirmed + (rounds + 1) * kRefineEvery);
  }
  add(incident.next_check);
  if (!incident.holds.empty()) add(incident.next_reach);
  const Node* survivor = ctx.world.FindNode(c.key.cluster, incident.record.survivor);
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
