#include "arbiter/core/split.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/scope.h"

namespace arbiter::core {
namespace {

// An order that waited longer for its write rests on a new affirmation.
constexpr Duration kAffirmationLasts = std::chrono::milliseconds(500);
constexpr Duration kWriteAgainAfter = std::chrono::milliseconds(500);
constexpr Duration kQuietAfterConfirm = std::chrono::seconds(1);
constexpr Duration kLongestQuiet = std::chrono::seconds(10);
// A split that returns this soon after a release goes on with the settling time where it was.
constexpr int kRelapseWithinSettles = 2;
constexpr char kNotWritten[] = "nobody is demoted until the incident can be written: ";

void OpenIncidentFor(Context& ctx, Case& c) {
  c.incident = std::make_unique<OpenIncident>();
  IncidentRecord& record = c.incident->record;
  record.id = ctx.out.NextIncident();
  record.cluster = c.key.cluster;
  record.vip = c.key.vip;
  record.opened = c.contest->opened;
  record.confirmed = ctx.now;
  AddToTimeline(record, c.contest->opened, "a second node answered for the VIP");
}

std::set<std::string> LosersOf(const Context& ctx, const Case& c) {
  std::set<std::string> losers;
  for (const Party& party : ctx.world.Claimants(c)) {
    const std::string& node = party.node->key.node;
    const auto answer = c.contest->answers.find(node);
    const bool affirmed = answer != c.contest->answers.end() && answer->second.claims;
    if (affirmed && node != c.contest->survivor) losers.insert(node);
  }
  if (ctx.world.ModeOf(c.key.cluster) == Mode::kObserve && c.contest->ordered.has_value()) {
    std::erase_if(losers, [&](const std::string& node) { return node != c.contest->ordered->node; });
  }
  return losers;
}

Hold NewHold(Context& ctx, Case& c, const std::string& node, bool by_operator) {
  Hold hold;
  hold.record.node = node;
  hold.record.survivor = c.contest->survivor;
  hold.record.reason = c.contest->reason;
  hold.record.since = ctx.now;
  hold.record.by_operator = by_operator;
  hold.level = c.contest->level.contains(node);
  const auto relapse = c.relapses.find(node);
  if (relapse != c.relapses.end() &&
      ctx.now - relapse->second.released < kRelapseWithinSettles * ctx.policy.settle_max) {
    hold.record.failed_trials = relapse->second.failed_trials + 1;
  }
  return hold;
}

// Puts holds on the losers that can give the VIP up without dropping another one. Says what hinders the others.
void PutHolds(Context& ctx, Case& c, const std::set<std::string>& losers) {
  OpenIncident& incident = *c.incident;
  incident.record.note.clear();
  for (const std::string& node : losers) {
    const RungVerdict rungs = JudgeRungs(ctx, c, node);
    if (rungs.allowed.empty()) {
      absl::StrAppend(&incident.record.note, incident.record.note.empty() ? "" : "; ", "no safe demotion of ", node,
                      ": ", rungs.why_none);
      continue;
    }
    const bool by_operator = c.contest->ordered.has_value() && c.contest->ordered->node == node;
    const auto standing = incident.holds.find(node);
    if (standing == incident.holds.end()) {
      incident.holds.emplace(node, NewHold(ctx, c, node, by_operator));
    } else {
      standing->second.record.survivor = c.contest->survivor;
      standing->second.level = c.contest->level.contains(node);
      standing->second.order.reset();
      standing->second.in_force = false;
    }
    std::vector<std::string>& demoted = incident.record.demoted;
    if (std::find(demoted.begin(), demoted.end(), node) == demoted.end()) demoted.push_back(node);
  }
  if (!incident.record.note.empty()) Tell(ctx, c, Note::Severity::kError, "no safe demotion", incident.record.note);
}

// The new survivor must not be under a hold itself. True when it was.
bool FreeSurvivor(Context& ctx, Case& c) {
  const auto hold = c.incident->holds.find(c.incident->record.survivor);
  if (hold == c.incident->holds.end()) return false;
  const std::string node = hold->first;
  c.incident->holds.erase(hold);
  SendTo(ctx, c, node, Release{"it survives the contest"});
  return true;
}

void WriteBeforeOrders(Context& ctx, Case& c) {
  const std::uint64_t ticket = ctx.out.NextTicket();
  c.incident->ticket = ticket;
  c.incident->write_again.reset();
  Write(ctx, c, ticket);
}

std::vector<std::string> Names(const Parties& parties) {
  std::vector<std::string> names;
  for (const Party& party : parties) names.push_back(party.node->key.node);
  return names;
}

void AnswerDemotion(Context& ctx, Case& c) {
  if (!c.contest->ordered.has_value()) return;
  OperatorAnswer answer;
  answer.request = c.contest->ordered->request;
  answer.incident = c.incident->record.id;
  answer.survivor = c.contest->survivor;
  if (!c.incident->holds.contains(c.contest->ordered->node)) {
    answer.code = Code::kFailedPrecondition;
    answer.message = c.incident->record.note;
  }
  ctx.out.Put(std::move(answer));
}

}  // namespace

void RefineCauses(Context& ctx, Case& c) {
  CauseInput input;
  input.vip = c.key.vip;
  input.cluster_addresses = ctx.world.NodeAddresses(c);
  input.cluster_macs = ctx.world.NodeMacs(c);
  std::set<std::string> names;
  for (const Party& party : ctx.world.Claimants(c)) names.insert(party.node->key.node);
  for (const std::string& node : c.incident->record.demoted) names.insert(node);
  if (!c.incident->record.survivor.empty()) names.insert(c.incident->record.survivor);
  for (const std::string& name : names) {
    const std::optional<Party> party = ctx.world.LastWord(c, name);
    if (!party.has_value()) continue;
    CauseParty cause{name, &party->node->report, party->report};
    cause.fresh = party->node->fresh && !(c.contest != nullptr && c.contest->silent.contains(name));
    cause.listening_since = party->node->attached_at;
    if (c.contest != nullptr && c.contest->answers.contains(name)) cause.reach = c.contest->answers.at(name).reach;
    input.claimants.push_back(std::move(cause));
  }
  if (input.claimants.size() < 2) return;
  input.now = ctx.now;
  input.previous = c.incident->record.causes;
  c.incident->record.causes = FindCauses(input);
}

void Confirm(Context& ctx, Case& c) {
  const bool first = c.incident == nullptr;
  if (first) OpenIncidentFor(ctx, c);
  OpenIncident& incident = *c.incident;
  const bool enforce = ctx.world.ModeOf(c.key.cluster) == Mode::kEnforce || c.contest->ordered.has_value();
  incident.record.enforced = enforce;
  incident.record.survivor = c.contest->survivor;
  incident.survivor_was_heard = false;
  incident.affirmed = c.contest->affirmed;
  incident.next_reach = c.contest->affirmed + kReachEvery;
  RefineCauses(ctx, c);
  if (first) {
    const std::vector<std::string> claimants = Names(ctx.world.Claimants(c));
    Tell(ctx, c, Note::Severity::kError, "split",
         absl::StrCat(c.key.vip.ToString(), " is on ", absl::StrJoin(claimants, " and "), ": ",
                      std::string(CauseName(incident.record.causes.front().cause)), ", ",
                      incident.record.causes.front().evidence));
    Tell(ctx, c, Note::Severity::kInfo, "verdict",
         absl::StrCat(c.contest->survivor, " survives: ", c.contest->reason,
                      enforce ? "" : "; observe mode, nobody is demoted"));
  }
  const std::set<std::string> losers = LosersOf(ctx, c);
  c.no_contest_before = ctx.now + std::max<Duration>(kQuietAfterConfirm, c.contest_backoff);
  c.contest_backoff = std::min<Duration>(std::max<Duration>(c.contest_backoff * 2, kQuietAfterConfirm), kLongestQuiet);
  if (!enforce) {
    const bool freed = FreeSurvivor(ctx, c);
    EndContest(ctx, c, "observe mode");
    if (first || freed) Write(ctx, c);
    return;
  }
  PutHolds(ctx, c, losers);
  FreeSurvivor(ctx, c);
  AnswerDemotion(ctx, c);
  EndContest(ctx, c, "the contest was decided otherwise");
  WriteBeforeOrders(ctx, c);
}

bool MayOrder(const Context& ctx, const Case& c, const Hold& hold) {
  return hold.record.by_operator || ctx.world.ModeOf(c.key.cluster) == Mode::kEnforce;
}

void OrderHoldOn(Context& ctx, Case& c, Hold& hold) {
  const std::optional<Party> survivor = ctx.world.FreshParty(c, c.incident->record.survivor);
  if (!survivor.has_value()) return;
  hold.record.survivor = c.incident->record.survivor;
  OrderHold order;
  order.reason = hold.record.reason;
  order.survivor = hold.record.survivor;
  order.survivor_addresses = survivor->node->report.addresses;
  order.silence_limit = std::max<Duration>(ctx.policy.silence_limit, survivor->report->master_down_interval);
  order.forbidden_rungs = JudgeRungs(ctx, c, hold.record.node).forbidden;
  hold.order = SendTo(ctx, c, hold.record.node, std::move(order));
  c.releases.erase(hold.record.node);
  hold.restate = false;
  Tell(ctx, c, Note::Severity::kWarning, "hold",
       absl::StrCat(hold.record.node, " has to give ", c.key.vip.ToString(), " up: ", hold.record.reason));
}

void WithdrawWhatTears(Context& ctx, Case& c) {
  std::vector<std::pair<std::string, IpAddress>> torn;
  for (const auto& [node, hold] : c.incident->holds) {
    const bool to_order = hold.restate || !hold.ordered();
    if (!to_order || !hold.level || hold.record.by_operator) continue;
    if (const IpAddress* kept = KeptInstead(ctx, c, node); kept != nullptr) torn.emplace_back(node, *kept);
  }
  for (const auto& [node, kept] : torn) {
    ReleaseHold(ctx, c, node,
                absl::StrCat("it keeps ", kept.ToString(), " of the same sync group, so the verdict is taken anew"));
  }
  const bool first_time = c.contest_backoff <= kQuietAfterConfirm;
  if (!torn.empty() && first_time) c.no_contest_before = ctx.now;
}

void OnWritten(Context& ctx, Case& c, const std::string& error) {
  OpenIncident& incident = *c.incident;
  incident.ticket.reset();
  if (!error.empty()) {
    incident.record.note = absl::StrCat(kNotWritten, error);
    incident.write_again = ctx.now + kWriteAgainAfter;
    Tell(ctx, c, Note::Severity::kError, "store", incident.record.note);
    return;
  }
  if (absl::StartsWith(incident.record.note, kNotWritten)) incident.record.note.clear();
  const std::optional<Party> survivor = ctx.world.FreshParty(c, incident.record.survivor);
  if (!survivor.has_value() || !survivor->report->holds()) return;  // hold_end lets the others in
  WithdrawWhatTears(ctx, c);
  // A contest that is under way decides anew.
  const bool lasts = c.contest == nullptr && ctx.now - incident.affirmed <= kAffirmationLasts;
  for (auto& [node, hold] : incident.holds) {
    if (!MayOrder(ctx, c, hold)) {
      // Observe mode was set while it was being written: what shut for a while at first sight opens now.
      if (!hold.ordered()) SendTo(ctx, c, node, Release{"observe mode"});
      continue;
    }
    if (hold.ordered() || !ctx.world.FreshParty(c, node).has_value()) continue;
    if (lasts) {
      OrderHoldOn(ctx, c, hold);
    } else {
      hold.restate = true;
    }
  }
}

}  // namespace arbiter::core
