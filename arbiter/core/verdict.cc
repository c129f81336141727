#include "arbiter/core/verdict.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/link_back.h"
#include "arbiter/core/ranking.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/sight.h"
#include "arbiter/core/split.h"

namespace arbiter::core {
namespace {

constexpr Duration kMaxBackoff = std::chrono::seconds(10);
// A segment in parts may be whole again at any moment, and nobody tells.
constexpr Duration kLookForUnseenEvery = std::chrono::seconds(1);

bool AnyOf(const Cases& cases, const Vips& vips) {
  return std::any_of(cases.begin(), cases.end(), [&](const Case* c) { return vips.contains(c->key.vip); });
}

Candidate CandidateOf(const Context& ctx, const Cases& about, const Standing& standing, const Answer& answer) {
  const Contest& contest = *about.front()->matter->contest;
  Candidate candidate;
  candidate.node = standing.name();
  candidate.advertises = answer.advertises || FindsItsPlaceUntil(ctx, contest, *standing.report).has_value();
  candidate.live = standing.report->live();
  candidate.reach = answer.reach;
  candidate.held_back =
      std::any_of(about.begin(), about.end(), [&](const Case* c) { return c->HoldOf(candidate.node) != nullptr; });
  candidate.ordered_off = contest.ordered.has_value() && contest.ordered->node == candidate.node;
  candidate.priority = standing.report->priority;
  candidate.primary_address = standing.report->primary_address;
  return candidate;
}

// Of `about`: what the node affirmed that it holds, and has not lost since.
Cases StillHolds(const Context& ctx, const Cases& about, const std::string& node, const Answer& answer) {
  Cases kept;
  for (Case* c : Among(about, answer.holds)) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, node);
    if (party.has_value() && party->report->claims()) kept.push_back(c);
  }
  return kept;
}

std::vector<Candidate> Candidates(const Context& ctx, const Contest& contest, const Cases& about) {
  const std::vector<std::string> precedents = PrecedentsFor(ctx, about);
  std::vector<Candidate> result;
  for (const Standing& standing : ctx.world.StandingsIn(about)) {
    const auto answer = contest.answers.find(standing.name());
    if (answer == contest.answers.end()) continue;
    if (StillHolds(ctx, about, standing.name(), answer->second).empty()) continue;
    result.push_back(CandidateOf(ctx, about, standing, answer->second));
    result.back().unseen = IsUnseen(ctx, about, contest.answers, standing.name());
    result.back().precedent = WeightIn(precedents, result.back().node);
  }
  return result;
}

void TellSilent(Context& ctx, Matter& matter) {
  for (const std::string& node : matter.contest->silent) {
    Tell(ctx, matter, Note::Severity::kWarning, "silent",
         absl::StrCat(node, " does not answer whether it holds ", NamesOf(matter.contest->vips),
                      ": nobody is demoted for its sake; look at the probe and the host of ", node));
  }
}

// Of `about`: what the node affirmed that it has, and is not held back from already.
Cases ToGiveUp(const Context& ctx, const Cases& about, const std::string& node, const Answer& answer) {
  Cases result;
  for (Case* c : Among(about, answer.claims)) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, node);
    if (!party.has_value() || !IsHeldBack(*c, *party)) result.push_back(c);
  }
  return result;
}

// Everybody who affirmed that it has one of the VIPs, but for the survivor; in observe mode only whom an operator
// names.
void ShutLosers(Context& ctx, Matter& matter, const Cases& about) {
  Contest& contest = *matter.contest;
  const bool enforce = ctx.world.ModeOf(matter.cluster) == Mode::kEnforce;
  const Duration duration =
      std::max<Duration>(ctx.policy.shut_for_a_while, ctx.policy.confirm_after + std::chrono::seconds(1));
  for (const auto& [node, answer] : contest.answers) {
    if (node == contest.survivor || (!enforce && node != contest.ordered->node)) continue;
    const Cases vips = ToGiveUp(ctx, about, node, answer);
    if (vips.empty()) continue;
    const RungVerdict rungs = JudgeRungs(ctx, vips, node);
    if (std::find(rungs.allowed.begin(), rungs.allowed.end(), RungKind::kGate) == rungs.allowed.end()) continue;
    Shut& shut = contest.shut[node];
    shut.order = SendTo(ctx, vips, node, ShutForAWhile{duration});
    shut.vips.merge(VipsOf(vips));
  }
}

// No survivor came out of the question: whoever was shut out for the sake of the former one is let in again, and it is
// asked again, ever more seldom while nothing changes.
void AskLater(Context& ctx, Contest& contest) {
  for (const auto& [node, shut] : contest.shut) {
    LetIn(ctx, Among(contest.vips, shut.vips), node, shut, "nobody has affirmed that it keeps the VIP");
  }
  contest.shut.clear();
  contest.judged.clear();
  contest.survivor.clear();
  contest.backoff = std::clamp<Duration>(contest.backoff * 2, ctx.policy.ask_again_after, kMaxBackoff);
  contest.ask_again = ctx.now + contest.backoff;
}

void TakeAnswers(Contest& contest, Round round, bool anew) {
  if (anew) {
    contest.answers.clear();
    contest.judged.clear();
    contest.silent.clear();
  }
  for (const std::string& node : round.asked) {
    const auto answer = round.answers.find(node);
    if (answer == round.answers.end()) {
      contest.silent.insert(node);
      continue;
    }
    contest.silent.erase(node);
    Answer& kept = contest.answers[node];
    kept.claims.merge(answer->second.claims);
    kept.holds.merge(answer->second.holds);
    kept.advertises = answer->second.advertises;
    kept.answered.merge(answer->second.answered);
    kept.unanswered.merge(answer->second.unanswered);
    kept.reach = Lesser(kept.reach, answer->second.reach);
  }
}

// Whoever was asked and says nothing is asked again as soon as it says anything.
void RememberSilent(Context& ctx, const Matter& matter) {
  for (const std::string& name : matter.contest->silent) {
    if (Node* node = ctx.world.FindNode(NodeKey{matter.cluster, name}); node != nullptr) node->owes_an_answer = true;
  }
}

// A part of the contest's VIPs becomes a matter of its own, with what is known of them. An incident that is about them
// alone goes with them; out of another one they take along neither record nor holds: nodes under a hold stay shut as
// losers of the contest.
Matter& MoveOut(Context& ctx, Matter& matter, const Cases& vips) {
  Matter& own = ctx.world.NewMatter(matter.cluster);
  own.contest = std::make_unique<Contest>(*matter.contest);
  own.contest->vips = vips;
  own.contest->round.reset();
  own.contest->ordered.reset();
  const Vips moved = VipsOf(vips);
  std::erase_if(own.contest->judged, [&](const IpAddress& vip) { return !moved.contains(vip); });
  own.contest->shut.clear();
  for (auto& [node, shut] : matter.contest->shut) {
    Shut part{shut.order, {}, {}};
    for (const IpAddress& vip : moved) {
      if (shut.vips.erase(vip) > 0) part.vips.insert(vip);
      if (shut.held.erase(vip) > 0) part.held.insert(vip);
    }
    if (!part.vips.empty()) own.contest->shut.emplace(node, std::move(part));
  }
  std::erase_if(matter.contest->shut, [](const auto& entry) { return entry.second.vips.empty(); });
  matter.contest->vips = NotAmong(matter.contest->vips, moved);
  std::erase_if(matter.contest->judged, [&](const IpAddress& vip) { return moved.contains(vip); });
  if (matter.incident != nullptr && NotAmong(matter.incident->vips, moved).empty()) {
    own.incident = std::move(matter.incident);
  } else if (matter.incident != nullptr) {
    LeaveIncident(ctx, matter, vips, *own.contest);
  }
  for (Case* c : vips) World::Enter(own, *c);
  if (matter.contest->vips.empty()) matter.contest.reset();
  return own;
}

// The verdict is another one than that of the incident, which is about VIPs that are not contested, too.
bool DiffersFromIncident(const Matter& matter) {
  const OpenIncident* incident = matter.incident.get();
  const Cases& contested = matter.contest->vips;
  if (incident == nullptr || incident->holds.empty() || incident->record.survivor == matter.contest->survivor) {
    return false;
  }
  return !std::includes(contested.begin(), contested.end(), incident->vips.begin(), incident->vips.end(),
                        [](const Case* a, const Case* b) { return a->key.vip < b->key.vip; });
}

void CarryOut(Context& ctx, Matter& matter, const Cases& about) {
  const Contest& contest = *matter.contest;
  const bool operators_wish = contest.ordered.has_value();
  if (ctx.world.ModeOf(matter.cluster) == Mode::kEnforce || operators_wish) {
    // A hold that did not take effect on it, and must not do so now.
    if (matter.incident != nullptr) ReleaseHold(ctx, matter, contest.survivor, "it survives the contest");
    ShutLosers(ctx, matter, about);
  }
  if (operators_wish) Confirm(ctx, matter);
}

void JudgeVips(Context& ctx, Matter& matter, const Cases& about);

// What the survivor has not affirmed is judged among the others.
void JudgeTheRest(Context& ctx, Matter& matter, const Cases& rest) {
  Matter& own = MoveOut(ctx, matter, rest);
  own.contest->survivor.clear();
  own.contest->judged.clear();
  JudgeVips(ctx, own, rest);
}

// A claimant that the others do not see is looked for once more, for a frame may have been lost. Where the best is one,
// nobody is demoted for its sake. True when there is no survivor yet.
bool WaitForSight(Context& ctx, Matter& matter, const Cases& about, const std::vector<Candidate>& order) {
  Contest& contest = *matter.contest;
  if (std::none_of(order.begin(), order.end(), [](const Candidate& c) { return c.unseen; })) {
    contest.unseen = 0;
    return false;
  }
  if (++contest.unseen == 1) {
    contest.ask_again = ctx.now;
    return true;
  }
  if (!order.front().unseen) return false;
  RefuseOperator(ctx, matter);
  AskLater(ctx, contest);
  contest.ask_again = std::min(contest.ask_again, ctx.now + kLookForUnseenEvery);
  if (ctx.now >= contest.opened + ctx.policy.confirm_after) RecordUnseen(ctx, matter, about, order);
  return true;
}

bool ChooseSurvivor(Context& ctx, Matter& matter, const Cases& about) {
  Contest& contest = *matter.contest;
  const Ranked ranked = Rank(Candidates(ctx, contest, about));
  const auto affirmed = std::count_if(contest.answers.begin(), contest.answers.end(),
                                      [&](const auto& answer) { return AnyOf(about, answer.second.claims); });
  const bool nobody_to_keep_it = ranked.order.empty() || affirmed < 2;
  if (nobody_to_keep_it || (contest.ordered.has_value() && ranked.order.front().node == contest.ordered->node)) {
    RefuseOperator(ctx, matter);
    AskLater(ctx, contest);
    return false;
  }
  if (WaitForSight(ctx, matter, about, ranked.order)) return false;
  contest.survivor = ranked.order.front().node;
  contest.reason = ranked.reason;
  contest.on_trust = !contest.answers.at(contest.survivor).advertises && ranked.order.front().advertises;
  contest.level = LevelWithFirst(ranked.order);
  return true;
}

void JudgeVips(Context& ctx, Matter& matter, const Cases& about) {
  Contest& contest = *matter.contest;
  if (contest.survivor.empty() && !ChooseSurvivor(ctx, matter, about)) return;
  const auto answer = contest.answers.find(contest.survivor);
  if (answer == contest.answers.end()) return AskLater(ctx, contest);
  const Cases kept = StillHolds(ctx, about, contest.survivor, answer->second);
  const Cases rest = NotAmong(about, VipsOf(kept));
  contest.judged.merge(VipsOf(kept));
  if (DiffersFromIncident(matter)) {
    // All of the contest, also what is still to be asked about: it is one split.
    const Cases contested = contest.vips;
    Matter& own = MoveOut(ctx, matter, contested);
    if (!rest.empty()) JudgeTheRest(ctx, own, rest);
    if (own.contest != nullptr && !kept.empty()) CarryOut(ctx, own, kept);
    return;
  }
  if (!rest.empty()) JudgeTheRest(ctx, matter, rest);
  if (matter.contest != nullptr && !kept.empty()) CarryOut(ctx, matter, kept);
}

}  // namespace

void AnswerOperator(Context& ctx, Matter& matter, Code code, const std::string& message) {
  if (!matter.contest->ordered.has_value()) return;
  OperatorAnswer answer;
  answer.request = matter.contest->ordered->request;
  answer.code = code;
  answer.message = message;
  answer.survivor = matter.contest->survivor;
  if (matter.incident != nullptr) answer.incident = matter.incident->record.id;
  ctx.out.Put(std::move(answer));
  matter.contest->ordered.reset();
}

void RefuseOperator(Context& ctx, Matter& matter) {
  AnswerOperator(ctx, matter, Code::kFailedPrecondition,
                 absl::StrCat("no other node has affirmed that it holds ", NamesOf(matter.contest->vips),
                              " and reaches its segment: demoting this one would leave the clients with nobody"));
}

void Judge(Context& ctx, Matter& matter) {
  Contest& contest = *matter.contest;
  Round round = std::exchange(contest.round, std::nullopt).value();
  contest.affirmed = ctx.now;
  const bool anew = contest.survivor.empty();
  const Cases about = Among(contest.vips, VipsOf(round.about));  // some may have become another matter
  const std::set<std::string> silent_before = contest.silent;
  TakeAnswers(contest, std::move(round), anew);
  if (contest.silent != silent_before) TellSilent(ctx, matter);
  RememberSilent(ctx, matter);
  if (about.empty()) return;
  if (!anew && contest.silent.contains(contest.survivor)) {
    // Asked about more VIPs the survivor said nothing: that tells neither that it has them nor that it has not. All is
    // asked anew.
    contest.former_survivor = std::exchange(contest.survivor, "");
    contest.silent.erase(contest.former_survivor);
    contest.ask_again = ctx.now;
    return;
  }
  JudgeVips(ctx, matter, about);
}

}  // namespace arbiter::core
