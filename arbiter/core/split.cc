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
#include "arbiter/core/joining.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/verdict.h"

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

// The VIPs that the contest makes a split of: judged, and still claimed by two who affirmed.
Cases SplitVips(const Context& ctx, const Contest& contest) {
  Cases result;
  for (Case* c : contest.vips) {
    const Parties claimants = ctx.world.Claimants(*c);
    const auto affirmed = std::count_if(claimants.begin(), claimants.end(), [&](const Party& party) {
      return HasAffirmed(contest, party.node->key.node, c->key.vip);
    });
    if (contest.judged.contains(c->key.vip) && affirmed >= 2) result.push_back(c);
  }
  return result;
}

// Who has to give up which of them.
std::map<std::string, Cases> LosersOf(const Context& ctx, const Matter& matter, const Cases& split) {
  const Contest& contest = *matter.contest;
  std::map<std::string, Cases> losers;
  for (Case* c : split) {
    for (const Party& party : ctx.world.Claimants(*c)) {
      const std::string& node = party.node->key.node;
      if (node != contest.survivor && HasAffirmed(contest, node, c->key.vip)) losers[node].push_back(c);
    }
  }
  if (ctx.world.ModeOf(matter.cluster) == Mode::kObserve && contest.ordered.has_value()) {
    std::erase_if(losers, [&](const auto& loser) { return loser.first != contest.ordered->node; });
  }
  return losers;
}

std::uint32_t FailedTrialsBefore(const Context& ctx, const Cases& vips, const std::string& node) {
  std::uint32_t failed = 0;
  for (const Case* c : vips) {
    const auto relapse = c->relapses.find(node);
    if (relapse == c->relapses.end()) continue;
    const bool lately = ctx.now - relapse->second.released < kRelapseWithinSettles * ctx.policy.settle_max;
    if (lately) failed = std::max(failed, relapse->second.failed_trials + 1);
  }
  return failed;
}

Hold NewHold(const Context& ctx, const Contest& contest, const std::string& node, const Cases& vips) {
  Hold hold;
  hold.vips = vips;
  hold.record.node = node;
  hold.record.survivor = contest.survivor;
  hold.record.reason = contest.reason;
  hold.record.since = ctx.now;
  hold.record.by_operator = contest.ordered.has_value() && contest.ordered->node == node;
  hold.record.failed_trials = FailedTrialsBefore(ctx, vips, node);
  hold.level = contest.level.contains(node);
  return hold;
}

// The order that follows is for these VIPs; for the others the hold stands as it is.
void Extend(Context& ctx, Hold& hold, const Contest& contest, const Cases& vips) {
  if (std::exchange(hold.trial, Trial{}).phase != TrialPhase::kNone) {
    SendTo(ctx, hold.vips, hold.record.node, EndTrial{});
  }
  for (Case* c : vips) {
    Add(hold.vips, c);
    hold.confirmed.erase(c->key.vip);
  }
  hold.record.survivor = contest.survivor;
  hold.level = contest.level.contains(hold.record.node);
  hold.order.reset();
  hold.in_force = false;
}

// Puts holds on the losers that can give the VIPs up without dropping another one. Says what hinders the others.
void PutHolds(Context& ctx, Matter& matter, const std::map<std::string, Cases>& losers) {
  OpenIncident& incident = *matter.incident;
  incident.record.note.clear();
  for (const auto& [node, vips] : losers) {
    const RungVerdict rungs = JudgeRungs(ctx, vips, node);
    if (rungs.allowed.empty()) {
      absl::StrAppend(&incident.record.note, incident.record.note.empty() ? "" : "; ", "no safe demotion of ", node,
                      ": ", rungs.why_none);
      continue;
    }
    const auto standing = incident.holds.find(node);
    if (standing == incident.holds.end()) {
      incident.holds.emplace(node, NewHold(ctx, *matter.contest, node, vips));
    } else {
      Extend(ctx, standing->second, *matter.contest, vips);
    }
    AddDemoted(incident.record, node);
  }
  if (!incident.record.note.empty()) {
    Tell(ctx, matter, Note::Severity::kError, "no safe demotion", incident.record.note);
  }
}

// The new survivor must not be under a hold itself. True when it was.
bool FreeSurvivor(Context& ctx, Matter& matter) {
  const auto hold = matter.incident->holds.find(matter.incident->record.survivor);
  if (hold == matter.incident->holds.end()) return false;
  const std::string node = hold->first;
  const Cases vips = hold->second.vips;
  matter.incident->holds.erase(hold);
  SendTo(ctx, vips, node, Release{"it survives the contest"});
  return true;
}

void WriteBeforeOrders(Context& ctx, Matter& matter) {
  const std::uint64_t ticket = ctx.out.NextTicket();
  matter.incident->ticket = ticket;
  matter.incident->write_again.reset();
  Write(ctx, matter, ticket);
}

void AnswerDemotion(Context& ctx, Matter& matter) {
  if (!matter.contest->ordered.has_value()) return;
  OperatorAnswer answer;
  answer.request = matter.contest->ordered->request;
  answer.incident = matter.incident->record.id;
  answer.survivor = matter.contest->survivor;
  if (!matter.incident->holds.contains(matter.contest->ordered->node)) {
    answer.code = Code::kFailedPrecondition;
    answer.message = matter.incident->record.note;
  }
  ctx.out.Put(std::move(answer));
}

// The VIP by which the causes are named: one that the instances advertise rather than one that they only hold.
const Case& RepresentativeOf(const OpenIncident& incident) {
  for (const Case* c : incident.vips) {
    for (const Word& word : c->words) {
      const Addresses& advertised = word.report.advertised_addresses;
      if (std::find(advertised.begin(), advertised.end(), c->key.vip) != advertised.end()) return *c;
    }
  }
  return *incident.vips.front();
}

void TellSplit(Context& ctx, Matter& matter, const Cases& split, bool enforce) {
  std::set<std::string> claimants;
  for (const Standing& standing : ctx.world.StandingsIn(split)) {
    if (standing.claims > 0) claimants.insert(standing.name());
  }
  const CauseEvidence& cause = matter.incident->record.causes.front();
  Tell(ctx, matter, Note::Severity::kError, "split",
       absl::StrCat(NamesOf(split), split.size() == 1 ? " is on " : " are on ", absl::StrJoin(claimants, " and "), ": ",
                    std::string(CauseName(cause.cause)), ", ", cause.evidence));
  Tell(ctx, matter, Note::Severity::kInfo, "verdict",
       absl::StrCat(matter.contest->survivor, " survives: ", matter.contest->reason,
                    enforce ? "" : "; observe mode, nobody is demoted"));
}

// Of nodes that took no part what was known before stands.
void RememberReach(OpenIncident& incident, const Contest& contest) {
  for (const auto& [node, answer] : contest.answers) {
    incident.reaching.erase(node);
    incident.reaching_nobody.erase(node);
    if (!answer.reach.has_value() || answer.reach->asked == 0) continue;
    (answer.reach->answered > 0 ? incident.reaching : incident.reaching_nobody).insert(node);
  }
}

// The contest's VIPs are the incident's from now on, too.
void Join(Context& ctx, Matter& matter, const Cases& split) {
  OpenIncident& incident = *matter.incident;
  for (Case* c : split) {
    AddTo(incident, c);
    c->no_contest_before = ctx.now + std::max<Duration>(kQuietAfterConfirm, matter.quiet);
  }
  matter.quiet = std::min<Duration>(std::max<Duration>(matter.quiet * 2, kQuietAfterConfirm), kLongestQuiet);
  SetSurvivor(incident.record, matter.contest->survivor);
  incident.survivor_was_heard = false;
  incident.affirmed = matter.contest->affirmed;
  incident.affirmed_vips = VipsOf(split);
  incident.next_reach = matter.contest->affirmed + kReachEvery;
  RememberReach(incident, *matter.contest);
}

CauseParty CausePartyOf(const Matter& matter, const Party& party) {
  const std::string& name = party.node->key.node;
  const Contest* contest = matter.contest.get();
  CauseParty cause{name, &party.node->report, party.report};
  cause.fresh = party.node->fresh && !(contest != nullptr && contest->silent.contains(name));
  cause.listening_since = party.node->attached_at;
  if (contest != nullptr && contest->answers.contains(name)) cause.reach = contest->answers.at(name).reach;
  return cause;
}

}  // namespace

OpenIncident& OpenIncidentFor(Context& ctx, Matter& matter, const Cases& vips, Instant opened) {
  matter.incident = std::make_unique<OpenIncident>();
  matter.incident->vips = vips;
  IncidentRecord& record = matter.incident->record;
  record.id = ctx.out.NextIncident();
  record.cluster = matter.cluster;
  record.vips = ListOf(vips);
  record.opened = opened;
  record.confirmed = ctx.now;
  return *matter.incident;
}

void RefineCauses(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  const Case& c = RepresentativeOf(incident);
  CauseInput input;
  input.vip = c.key.vip;
  input.cluster_addresses = ctx.world.NodeAddresses(c);
  input.cluster_macs = ctx.world.NodeMacs(c);
  std::set<std::string>& names = incident.parties;
  for (const Party& party : ctx.world.Claimants(c)) names.insert(party.node->key.node);
  for (const std::string& node : incident.record.demoted) names.insert(node);
  if (!incident.record.survivor.empty()) names.insert(incident.record.survivor);
  for (const std::string& name : names) {
    const std::optional<Party> party = ctx.world.LastWord(c, name);
    if (party.has_value()) input.claimants.push_back(CausePartyOf(matter, *party));
  }
  if (input.claimants.size() < 2) return;
  input.all_reach = std::all_of(input.claimants.begin(), input.claimants.end(), [&](const CauseParty& party) {
    return incident.reaching.contains(party.node) && !incident.reaching_nobody.contains(party.node);
  });
  input.now = ctx.now;
  input.previous = incident.record.causes;
  incident.record.causes = FindCauses(input);
}

void Confirm(Context& ctx, Matter& matter) {
  const Cases split = SplitVips(ctx, *matter.contest);
  if (split.empty()) return;
  const bool first = matter.incident == nullptr;
  if (first && JoinsIncident(ctx, matter)) return;
  if (first) {
    OpenIncident& opened = OpenIncidentFor(ctx, matter, split, matter.contest->opened);
    AddToTimeline(opened.record, matter.contest->opened, absl::StrCat("a second node answered for ", NamesOf(split)));
  }
  OpenIncident& incident = *matter.incident;
  const bool enforce = ctx.world.ModeOf(matter.cluster) == Mode::kEnforce || matter.contest->ordered.has_value();
  incident.record.enforced = enforce;
  const std::size_t known = incident.record.vips.size();
  Join(ctx, matter, split);
  const bool grew = incident.record.vips.size() > known;
  const bool again = incident.record.healed.has_value();  // a hold ended, by hand perhaps, and two answer once more
  incident.record.healed.reset();
  RefineCauses(ctx, matter);
  if (first || again) TellSplit(ctx, matter, split, enforce);
  if (!enforce) {
    const bool freed = FreeSurvivor(ctx, matter);
    EndContest(ctx, matter, "observe mode");
    const bool noted = !std::exchange(incident.record.note, "").empty();  // why there was no verdict
    if (first || again || freed || grew || noted) Write(ctx, matter);
    return;
  }
  PutHolds(ctx, matter, LosersOf(ctx, matter, split));
  FreeSurvivor(ctx, matter);
  AnswerDemotion(ctx, matter);
  EndContest(ctx, matter, "the contest was decided otherwise");
  WriteBeforeOrders(ctx, matter);
}

bool MayOrder(const Context& ctx, const Matter& matter, const Hold& hold) {
  if (hold.record.node == matter.incident->record.survivor) return false;  // nobody is held back for its own sake
  return hold.record.by_operator || ctx.world.ModeOf(matter.cluster) == Mode::kEnforce;
}

namespace {

// Where the survivor's adverts come from, and as which virtual router.
void PutVoiceOf(const Context& ctx, const Cases& vips, const std::string& survivor, OrderHold* order) {
  std::set<IpAddress> sources;
  std::set<std::uint8_t> vrids;
  for (const Case* c : vips) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, survivor);
    if (!party.has_value()) continue;
    sources.insert(party->node->report.addresses.begin(), party->node->report.addresses.end());
    if (party->report->primary_address.has_value()) sources.insert(*party->report->primary_address);
    vrids.insert(party->report->vrid.value_or(0));
  }
  order->survivor_addresses = {sources.begin(), sources.end()};
  if (vrids.size() == 1) order->survivor_vrid = *vrids.begin();
}

}  // namespace

void OrderHoldOn(Context& ctx, Matter& matter, Hold& hold) {
  const std::optional<Standing> survivor = ctx.world.StandingOf(hold.vips, matter.incident->record.survivor);
  if (!survivor.has_value()) return;
  hold.record.survivor = matter.incident->record.survivor;
  OrderHold order;
  order.reason = hold.record.reason;
  order.survivor = hold.record.survivor;
  PutVoiceOf(ctx, hold.vips, order.survivor, &order);
  order.silence_limit = std::max<Duration>(ctx.policy.silence_limit, survivor->report->master_down_interval);
  order.forbidden_rungs = JudgeRungs(ctx, hold.vips, hold.record.node).forbidden;
  const Cases vips = NotAmong(hold.vips, hold.confirmed);
  hold.restate = false;
  hold.in_force = vips.empty();
  if (vips.empty()) return;
  hold.order = SendTo(ctx, vips, hold.record.node, std::move(order));
  for (Case* c : vips) c->releases.erase(hold.record.node);
  Tell(ctx, matter, Note::Severity::kWarning, "hold",
       absl::StrCat(hold.record.node, " has to give ", NamesOf(vips), " up: ", hold.record.reason));
}

void WithdrawWhatTears(Context& ctx, Matter& matter) {
  std::vector<std::pair<std::string, IpAddress>> torn;
  Cases vips;
  for (const auto& [node, hold] : matter.incident->holds) {
    const bool to_order = hold.restate || !hold.ordered();
    if (!to_order || !hold.level || hold.record.by_operator) continue;
    const IpAddress* kept = KeptInstead(ctx, matter, node);
    if (kept == nullptr) continue;
    torn.emplace_back(node, *kept);
    for (Case* c : hold.vips) Add(vips, c);
  }
  for (const auto& [node, kept] : torn) {
    ReleaseHold(ctx, matter, node,
                absl::StrCat("it keeps ", kept.ToString(), " of the same group, so the verdict is taken anew"));
  }
  if (matter.quiet > kQuietAfterConfirm) return;
  for (Case* c : vips) c->no_contest_before = ctx.now;
}

void OnWritten(Context& ctx, Matter& matter, const std::string& error) {
  OpenIncident& incident = *matter.incident;
  incident.ticket.reset();
  if (!error.empty()) {
    incident.record.note = absl::StrCat(kNotWritten, error);
    incident.write_again = ctx.now + kWriteAgainAfter;
    Tell(ctx, matter, Note::Severity::kError, "store", incident.record.note);
    return;
  }
  if (absl::StartsWith(incident.record.note, kNotWritten)) incident.record.note.clear();
  const std::optional<Standing> survivor = ctx.world.StandingOf(incident.vips, incident.record.survivor);
  if (!survivor.has_value() || survivor->holds < incident.vips.size()) return;  // hold_end lets the others in
  WithdrawWhatTears(ctx, matter);
  // A contest that is under way decides anew.
  const bool lasts = matter.contest == nullptr && ctx.now - incident.affirmed <= kAffirmationLasts;
  for (auto& [node, hold] : incident.holds) {
    if (!MayOrder(ctx, matter, hold)) {
      // Observe mode was set while it was being written: what shut for a while at first sight opens now.
      if (!hold.ordered()) SendTo(ctx, hold.vips, node, Release{"observe mode"});
      continue;
    }
    if (hold.ordered() || !ctx.world.StandingOf(hold.vips, node).has_value()) continue;
    const bool affirmed = NotAmong(NotAmong(hold.vips, hold.confirmed), incident.affirmed_vips).empty();
    if (lasts && affirmed) {
      OrderHoldOn(ctx, matter, hold);
    } else {
      hold.restate = true;
    }
  }
}

}  // namespace arbiter::core
