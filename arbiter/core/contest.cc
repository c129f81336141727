#include "arbiter/core/contest.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/ranking.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"
#include "proto/value/duration.h"

namespace arbiter::core {
namespace {

constexpr Duration kMaxBackoff = std::chrono::seconds(10);

// It answered the last question, and has the VIP.
bool Affirmed(const Contest& contest, const std::string& node) {
  const auto found = contest.answers.find(node);
  return found != contest.answers.end() && found->second.claims;
}

void Open(Context& ctx, Case& c, const Nodes& free) {
  std::set<std::string> names;
  for (const Node* node : free) names.insert(node->key.node);
  c.contest = std::make_unique<Contest>();
  c.contest->opened = c.dual_since.value_or(ctx.now);
  c.contest->round = Ask(ctx, c, names);
  c.last_free = free;
  if (c.incident != nullptr) return;
  Tell(ctx, c, Note::Severity::kInfo, "contest",
       absl::StrCat(absl::StrJoin(names, " and "), " both answer for ", c.key.vip.ToString()));
}

Candidate CandidateOf(const Case& c, const Party& party, const Answer& answer) {
  Candidate candidate;
  candidate.node = party.node->key.node;
  candidate.advertises = answer.advertises;
  candidate.reach = answer.reach;
  candidate.held_back = c.incident != nullptr && c.incident->holds.contains(candidate.node);
  candidate.ordered_off = c.contest->ordered.has_value() && c.contest->ordered->node == candidate.node;
  candidate.priority = party.report->priority.value_or(0);
  candidate.primary_address = party.report->primary_address;
  return candidate;
}

std::vector<Candidate> Candidates(Context& ctx, const Case& c) {
  const std::vector<std::string> precedents = PrecedentsFor(ctx, c);
  std::vector<Candidate> result;
  for (const Party& party : ctx.world.Claimants(c)) {
    const auto answer = c.contest->answers.find(party.node->key.node);
    if (answer == c.contest->answers.end() || !answer->second.holds) continue;
    result.push_back(CandidateOf(c, party, answer->second));
    result.back().precedent = WeightIn(precedents, result.back().node);
  }
  return result;
}

void TellSilent(Context& ctx, Case& c) {
  for (const std::string& node : c.contest->silent) {
    Tell(ctx, c, Note::Severity::kWarning, "silent",
         absl::StrCat(node, " does not answer whether it holds ", c.key.vip.ToString(),
                      ": nobody is demoted for its sake; look at the probe and the host of ", node));
  }
}

// Everybody who affirmed that it has the VIP, but for the survivor; in observe mode only whom an operator names.
void ShutLosers(Context& ctx, Case& c) {
  const bool enforce = ctx.world.ModeOf(c.key.cluster) == Mode::kEnforce;
  const Duration duration =
      std::max<Duration>(ctx.policy.shut_for_a_while, ctx.policy.confirm_after + std::chrono::seconds(1));
  for (const auto& [node, answer] : c.contest->answers) {
    if (!answer.claims || node == c.contest->survivor) continue;
    if (!enforce && node != c.contest->ordered->node) continue;
    const RungVerdict rungs = JudgeRungs(ctx, c, node);
    if (std::find(rungs.allowed.begin(), rungs.allowed.end(), RungKind::kGate) == rungs.allowed.end()) continue;
    c.contest->shut[node] = SendTo(ctx, c, node, ShutForAWhile{duration});
  }
}

// No survivor came out of the question: it is asked again, ever more seldom while nothing changes.
void AskLater(Context& ctx, Case& c) {
  c.contest_backoff = std::clamp<Duration>(c.contest_backoff * 2, ctx.policy.ask_again_after, kMaxBackoff);
  c.contest->ask_again = ctx.now + c.contest_backoff;
}

void AnswerOperator(Context& ctx, Case& c, Code code, const std::string& message) {
  if (!c.contest->ordered.has_value()) return;
  OperatorAnswer answer;
  answer.request = c.contest->ordered->request;
  answer.code = code;
  answer.message = message;
  answer.survivor = c.contest->survivor;
  if (c.incident != nullptr) answer.incident = c.incident->record.id;
  ctx.out.Put(std::move(answer));
  c.contest->ordered.reset();
}

void RefuseOperator(Context& ctx, Case& c) {
  AnswerOperator(ctx, c, Code::kFailedPrecondition,
                 absl::StrCat("no other node has affirmed that it holds ", c.key.vip.ToString(),
                              " and reaches its segment: demoting this one would leave the clients with nobody"));
}

void Judge(Context& ctx, Case& c) {
  Contest& contest = *c.contest;
  Round round = std::exchange(contest.round, std::nullopt).value();
  contest.affirmed = ctx.now;
  contest.answers = std::move(round.answers);
  const std::set<std::string> silent_before = std::exchange(contest.silent, {});
  for (const std::string& node : round.asked) {
    if (!contest.answers.contains(node)) contest.silent.insert(node);
  }
  if (contest.silent != silent_before) TellSilent(ctx, c);

  const Ranked ranked = Rank(Candidates(ctx, c));
  const bool operators_wish = contest.ordered.has_value();
  const auto affirmed = std::count_if(contest.answers.begin(), contest.answers.end(),
                                      [](const auto& answer) { return answer.second.claims; });
  const bool nobody_to_keep_it = ranked.order.empty() || affirmed < 2;
  if (nobody_to_keep_it || (operators_wish && ranked.order.front().node == contest.ordered->node)) {
    RefuseOperator(ctx, c);
    AskLater(ctx, c);
    return;
  }
  contest.survivor = ranked.order.front().node;
  contest.reason = ranked.reason;
  contest.level = LevelWithFirst(ranked.order);
  if (ctx.world.ModeOf(c.key.cluster) == Mode::kEnforce || operators_wish) {
    // A hold that did not take effect on it, and must not do so now.
    if (c.incident != nullptr) ReleaseHold(ctx, c, contest.survivor, "it survives the contest");
    ShutLosers(ctx, c);
  }
  if (operators_wish) Confirm(ctx, c);
}

// The survivor is not what it was: whoever was shut out for its sake is let in again, and the question is put anew.
void Restart(Context& ctx, Case& c) {
  Contest& contest = *c.contest;
  for (const auto& [node, order] : contest.shut) SendTo(ctx, c, node, Release{"the survivor gave the VIP up"});
  contest.shut.clear();
  contest.survivor.clear();
  contest.former_survivor.clear();
  contest.answers.clear();
  contest.round.reset();
  contest.ask_again = ctx.now;
}

bool SurvivorStands(const Context& ctx, const Case& c) {
  const std::optional<Party> party = ctx.world.FreshParty(c, c.contest->survivor);
  return party.has_value() && party->report->holds();
}

// A holder that has come since the question was put.
bool NewcomerIn(const Context& ctx, const Case& c) {
  const Parties holders = ctx.world.Holders(c);
  return std::any_of(holders.begin(), holders.end(), [&](const Party& party) {
    const std::string& node = party.node->key.node;
    return !Affirmed(*c.contest, node) && !c.contest->silent.contains(node) && !c.contest->shut.contains(node);
  });
}

std::set<std::string> Claiming(const Context& ctx, const Case& c) {
  std::set<std::string> result;
  for (const Party& party : ctx.world.Claimants(c)) {
    const std::string& node = party.node->key.node;
    const bool held = c.incident != nullptr && c.incident->holds.contains(node) && party.report->gated();
    if (!held) result.insert(node);
  }
  return result;
}

// The claimants that took part: a node that never affirmed makes no split.
std::size_t AffirmedClaimants(const Context& ctx, const Case& c) {
  const std::set<std::string> claiming = Claiming(ctx, c);
  return static_cast<std::size_t>(std::count_if(claiming.begin(), claiming.end(),
                                                [&](const std::string& node) { return Affirmed(*c.contest, node); }));
}

// Of those that took part: whoever else has the VIP has not answered, or its gate is shut for another reason.
bool OneIsLeft(const Context& ctx, const Case& c) {
  const bool judged = !c.contest->survivor.empty() && !c.contest->round.has_value();
  return judged && AffirmedClaimants(ctx, c) < 2 && SurvivorStands(ctx, c) && !NewcomerIn(ctx, c);
}

void Advance(Context& ctx, Case& c) {
  Contest& contest = *c.contest;
  if (contest.round.has_value()) {
    if (!IsOver(ctx, c, *contest.round)) return;
    Judge(ctx, c);
    if (c.contest == nullptr) return;
  }
  if (contest.survivor.empty()) {
    if (!contest.round.has_value() && ctx.now >= contest.ask_again) contest.round = Ask(ctx, c, Claiming(ctx, c));
    return;
  }
  if (!SurvivorStands(ctx, c)) {
    Restart(ctx, c);
    contest.round = Ask(ctx, c, Claiming(ctx, c));
    return;
  }
  if (NewcomerIn(ctx, c)) {
    contest.former_survivor = std::exchange(contest.survivor, "");
    contest.round = Ask(ctx, c, Claiming(ctx, c));
    return;
  }
  if (ctx.now >= contest.opened + ctx.policy.confirm_after && AffirmedClaimants(ctx, c) >= 2) Confirm(ctx, c);
}

}  // namespace

Nodes FreeHolders(const Context& ctx, const Case& c) {
  Nodes result;
  for (const Party& party : ctx.world.Holders(c)) {
    if (c.incident != nullptr) {
      const auto hold = c.incident->holds.find(party.node->key.node);
      const bool under_way =
          hold != c.incident->holds.end() &&
          (c.incident->ticket.has_value() ||
           (hold->second.order.has_value() && ctx.now < hold->second.order->sent + ctx.policy.resend_after));
      if (under_way) continue;
    }
    result.push_back(party.node);
  }
  return result;
}

void TakeAnswer(Case& c, const std::string& node, std::uint64_t nonce, const Answer& answer) {
  for (Round* round : {c.contest != nullptr && c.contest->round.has_value() ? &*c.contest->round : nullptr,
                       c.incident != nullptr && c.incident->check.has_value() ? &*c.incident->check : nullptr}) {
    if (round != nullptr && round->nonce == nonce && round->asked.contains(node)) round->answers[node] = answer;
  }
}

void EndContest(Context& ctx, Case& c, const std::string& why) {
  const std::unique_ptr<Contest> contest = std::move(c.contest);
  for (const auto& [node, order] : contest->shut) {
    if (c.incident != nullptr && c.incident->holds.contains(node)) continue;
    SendTo(ctx, c, node, Release{why});
  }
}

void StepContest(Context& ctx, Case& c) {
  if (c.contest == nullptr) {
    const Nodes free = FreeHolders(ctx, c);
    if (free != c.last_free) {
      c.no_contest_before = Instant{};
      c.contest_backoff = Duration{};
      c.last_free = free;
    }
    if (free.size() < 2 || ctx.now < c.no_contest_before) return;
    Open(ctx, c, free);
    return;
  }
  if (Claiming(ctx, c).size() >= 2 && !OneIsLeft(ctx, c)) {
    Advance(ctx, c);
    return;
  }
  RefuseOperator(ctx, c);
  for (const auto& [node, order] : c.contest->shut) {
    // The hold on it has not taken effect, and the gate is shut for a while only.
    if (c.incident == nullptr || !c.incident->holds.contains(node)) continue;
    Hold& hold = c.incident->holds.at(node);
    hold.restate = !hold.in_force;
  }
  const Duration lasted = ctx.now - c.contest->opened;
  EndContest(ctx, c, "the contest ended by itself");
  if (c.incident != nullptr) return;
  ++ctx.world.EnsureCluster(c.key.cluster).healthy_contests;
  c.dual = Duration{};
  Tell(ctx, c, Note::Severity::kInfo, "contest over",
       absl::StrCat("one node is left for ", c.key.vip.ToString(), " after ", FormatDuration(lasted)));
}

std::optional<Instant> ContestDue(const Context& ctx, const Case& c) {
  if (c.contest == nullptr) {
    const bool contested = ctx.world.Holders(c).size() >= 2 && FreeHolders(ctx, c).size() >= 2;
    return contested ? std::optional(std::max(c.no_contest_before, ctx.now)) : std::nullopt;
  }
  const Contest& contest = *c.contest;
  if (contest.round.has_value()) return contest.round->deadline;
  if (contest.survivor.empty()) return contest.ask_again;
  const Instant confirm = contest.opened + ctx.policy.confirm_after;
  return AffirmedClaimants(ctx, c) >= 2 ? std::optional(confirm) : std::nullopt;
}

}  // namespace arbiter::core
