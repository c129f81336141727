#include "arbiter/core/contest.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/joining.h"
#include "arbiter/core/link_back.h"
#include "arbiter/core/split.h"
#include "arbiter/core/verdict.h"
#include "proto/value/duration.h"

namespace arbiter::core {
namespace {

// Between two questions while a node gives its addresses up.
constexpr Duration kWaveLasts = std::chrono::milliseconds(10);

Nodes NodesIn(const Parties& parties) {
  Nodes nodes;
  for (const Party& party : parties) nodes.push_back(party.node);
  return nodes;
}

// Who claims one of the VIPs and is not held back from it.
std::set<std::string> Claiming(const Context& ctx, const Cases& cases) {
  std::set<std::string> result;
  for (const Case* c : cases) {
    for (const Party& party : ctx.world.Claimants(*c)) {
      if (!IsHeldBack(*c, party)) result.insert(party.node->key.node);
    }
  }
  return result;
}

std::size_t AffirmedClaimants(const Context& ctx, const Case& c) {
  const Contest& contest = *c.matter->contest;
  const Parties claimants = ctx.world.Claimants(c);
  return static_cast<std::size_t>(std::count_if(claimants.begin(), claimants.end(), [&](const Party& party) {
    return !IsHeldBack(c, party) && HasAffirmed(contest, party.node->key.node, c.key.vip);
  }));
}

// Those of the contest's VIPs that two nodes still claim who took part: a node that never affirmed makes no split.
Cases StillContested(const Context& ctx, const Contest& contest) {
  Cases result;
  std::copy_if(contest.vips.begin(), contest.vips.end(), std::back_inserter(result),
               [&](const Case* c) { return AffirmedClaimants(ctx, *c) >= 2; });
  return result;
}

bool SurvivorHolds(const Context& ctx, const Case& c) {
  const std::optional<Party> party = ctx.world.FreshParty(c, c.matter->contest->survivor);
  return party.has_value() && party->report->holds();
}

// It has to stand for all that others were told to give up for its sake.
bool SurvivorStands(const Context& ctx, const Contest& contest) {
  return std::all_of(contest.vips.begin(), contest.vips.end(), [&](const Case* c) {
    return !contest.judged.contains(c->key.vip) || SurvivorHolds(ctx, *c) || ctx.world.Claimants(*c).empty();
  });
}

// Answers for the VIP and has not been asked about it, and neither is that going on.
bool IsNewcomer(const Case& c, const Party& party) {
  const Contest& contest = *c.matter->contest;
  const std::string& node = party.node->key.node;
  const auto shut = contest.shut.find(node);
  const bool is_shut = shut != contest.shut.end() && shut->second.vips.contains(c.key.vip);
  return party.report->holds() && !HasAffirmed(contest, node, c.key.vip) && !contest.silent.contains(node) && !is_shut;
}

// The VIPs with such a holder.
Cases WithNewcomers(const Context& ctx, const Contest& contest) {
  Cases result;
  for (Case* c : contest.vips) {
    const Parties parties = ctx.world.FreshParties(*c);
    const bool any = std::any_of(parties.begin(), parties.end(), [&](const Party& p) { return IsNewcomer(*c, p); });
    if (any) result.push_back(c);
  }
  return result;
}

// With all that it answered in this contest, and in the round that is over.
std::optional<Reach> ReachOf(const Contest& contest, const std::string& node) {
  const auto before = contest.answers.find(node);
  const auto now = contest.round->answers.find(node);
  return Lesser(before == contest.answers.end() ? std::nullopt : before->second.reach,
                now == contest.round->answers.end() ? std::nullopt : now->second.reach);
}

// VIPs that joined are on a segment where the survivor reaches nobody and another node reaches somebody.
bool IsOutreached(const Contest& contest) {
  if (contest.survivor.empty()) return false;
  const std::optional<Reach> survivors = ReachOf(contest, contest.survivor);
  if (!survivors.has_value() || survivors->asked == 0 || survivors->answered > 0) return false;
  return std::any_of(contest.round->answers.begin(), contest.round->answers.end(), [&](const auto& answer) {
    const std::optional<Reach> others = ReachOf(contest, answer.first);
    return !answer.second.claims.empty() && others.has_value() && others->answered > 0;
  });
}

// The survivor, which serves in the matter's incident as well, was asked there since: it reaches nobody any more, and
// another one that took part does.
bool LostItsReach(const Matter& matter) {
  const OpenIncident* incident = matter.incident.get();
  const Contest& contest = *matter.contest;
  const bool lost = incident != nullptr && incident->record.survivor == contest.survivor &&
                    incident->affirmed > contest.affirmed && incident->reaching_nobody.contains(contest.survivor);
  return lost && std::any_of(contest.answers.begin(), contest.answers.end(), [&](const auto& entry) {
           const auto& [node, answer] = entry;
           return node != contest.survivor && answer.reach.has_value() && answer.reach->answered > 0;
         });
}

// A node that affirmed has lost some of the VIPs since and has others still: it is giving its instance up, one address
// after the other, and what it affirmed says nothing of those that are left.
bool IsInFlux(const Context& ctx, const Round& round) {
  return std::any_of(round.answers.begin(), round.answers.end(), [&](const auto& answer) {
    const Cases affirmed = Among(round.about, answer.second.claims);
    const auto still = std::count_if(affirmed.begin(), affirmed.end(), [&](const Case* c) {
      const std::optional<Party> party = ctx.world.FreshParty(*c, answer.first);
      return party.has_value() && party->report->claims();
    });
    return still > 0 && static_cast<std::size_t>(still) < affirmed.size();
  });
}

// The survivor is not what it was: whoever was shut out for its sake is let in again, and the question is put anew.
void Restart(Context& ctx, Matter& matter, const std::string& why) {
  Contest& contest = *matter.contest;
  for (const auto& [node, shut] : contest.shut) {
    LetIn(ctx, Among(contest.vips, shut.vips), node, shut, why);
  }
  contest.shut.clear();
  contest.judged.clear();
  contest.survivor.clear();
  contest.former_survivor.clear();
  contest.answers.clear();
  contest.round.reset();
  contest.ask_again = ctx.now;
}

void AskAll(Context& ctx, Contest& contest) {
  const std::set<std::string> names = Claiming(ctx, contest.vips);
  if (!names.empty()) contest.round = AskInContest(ctx, contest.vips, names);
}

void TellOpen(Context& ctx, Matter& matter) {
  if (std::exchange(matter.contest->told, true) || matter.incident != nullptr) return;
  Tell(ctx, matter, Note::Severity::kInfo, "contest",
       absl::StrCat(absl::StrJoin(PartiesOf(matter), " and "), " both answer for ", NamesOf(matter.contest->vips)));
}

bool SurvivorAdvertises(const Context& ctx, const Contest& contest) {
  return std::any_of(contest.vips.begin(), contest.vips.end(), [&](const Case* c) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, contest.survivor);
    return party.has_value() && party->report->advertises;
  });
}

// What lasts is a split; but where the survivor was trusted to advertise and did not, all is judged anew.
void ConfirmOrDoubt(Context& ctx, Matter& matter) {
  if (!matter.contest->on_trust || SurvivorAdvertises(ctx, *matter.contest)) return Confirm(ctx, matter);
  Restart(ctx, matter, "the survivor does not advertise");
  AskAll(ctx, *matter.contest);
}

void Advance(Context& ctx, Matter& matter) {
  Contest& contest = *matter.contest;
  if (contest.round.has_value()) {
    if (!IsOver(ctx, *contest.round)) return;
    if (IsOutreached(contest)) {
      Restart(ctx, matter, "the survivor does not reach all segments");
      AskAll(ctx, contest);
      return;
    }
    if (IsInFlux(ctx, *contest.round) || AnyReachesNobodyYet(ctx, contest, *contest.round)) {
      contest.round.reset();
      contest.ask_again = ctx.now + kWaveLasts;
    } else {
      Judge(ctx, matter);
    }
    if (matter.contest == nullptr) return;
  }
  if (contest.survivor.empty()) {
    if (!contest.round.has_value() && ctx.now >= contest.ask_again) AskAll(ctx, contest);
    return;
  }
  if (!SurvivorStands(ctx, contest)) {
    Restart(ctx, matter, "the survivor gave the VIP up");
    AskAll(ctx, contest);
    return;
  }
  if (LostItsReach(matter)) {
    Restart(ctx, matter, "the survivor reaches nobody any more");
    AskAll(ctx, contest);
    return;
  }
  const Cases newcomers = WithNewcomers(ctx, contest);
  const bool asked_about = std::any_of(newcomers.begin(), newcomers.end(),
                                       [&](const Case* c) { return contest.judged.contains(c->key.vip); });
  if (asked_about) {  // another node, on what was judged: the question is put to all anew
    contest.former_survivor = std::exchange(contest.survivor, "");
    AskAll(ctx, contest);
    return;
  }
  if (ctx.now >= ConfirmAt(ctx, contest) && !StillContested(ctx, contest).empty()) {
    ConfirmOrDoubt(ctx, matter);
    return;
  }
  if (!newcomers.empty()) contest.round = AskInContest(ctx, newcomers, Claiming(ctx, newcomers));
}

// Of those that took part: whoever else has one of the VIPs has not answered, or its gate is shut for another reason.
bool OneIsLeft(const Context& ctx, const Contest& contest) {
  const bool judged = !contest.survivor.empty() && !contest.round.has_value();
  return judged && StillContested(ctx, contest).empty() && SurvivorStands(ctx, contest) &&
         WithNewcomers(ctx, contest).empty();
}

bool IsContestedStill(const Context& ctx, const Contest& contest) {
  return std::any_of(contest.vips.begin(), contest.vips.end(), [&](const Case* c) {
    const Parties claimants = ctx.world.Claimants(*c);
    return std::count_if(claimants.begin(), claimants.end(), [&](const Party& p) { return !IsHeldBack(*c, p); }) >= 2;
  });
}

std::string WhyDisowned(const VipReport& report) {
  if (!report.not_ours.empty()) return report.not_ours;
  return report.own_address ? "it reports it as its own address" : "nothing of its own names it as a VIP";
}

// Others may say what they like of an address: where its own node does not vouch for it nothing is done about it there.
void TellDisowned(Context& ctx, Case& c) {
  Nodes disowned;
  const Parties answering = ctx.world.Answering(c);
  for (const Party& party : answering) {
    if (answering.size() > 1 && !party.report->vouches()) disowned.push_back(party.node);
  }
  if (disowned == c.disowned) return;
  c.disowned = disowned;
  for (const Party& party : answering) {
    if (std::find(disowned.begin(), disowned.end(), party.node) == disowned.end()) continue;
    Note note;
    note.severity = Note::Severity::kWarning;
    note.cluster = c.key.cluster;
    note.vip = c.key.vip;
    note.node = party.node->key.node;
    note.kind = "not ours";
    note.text = absl::StrCat(party.node->key.node, " answers for ", c.key.vip.ToString(),
                             " as well, and is left alone: ", WhyDisowned(*party.report));
    ctx.out.Put(std::move(note));
  }
}

void OpenContest(Context& ctx, Matter& matter) {
  matter.contest = std::make_unique<Contest>();
  matter.contest->opened = ctx.now;
  matter.contest->ask_again = ctx.now;
}

}  // namespace

bool IsHeldBack(const Case& c, const Party& party) {
  return party.report->gated() && c.HoldOf(party.node->key.node) != nullptr;
}

bool HasAffirmed(const Contest& contest, const std::string& node, const IpAddress& vip) {
  const auto found = contest.answers.find(node);
  return found != contest.answers.end() && found->second.claims.contains(vip);
}

Nodes FreeHolders(const Context& ctx, const Case& c) {
  Nodes result;
  for (const Party& party : ctx.world.Holders(c)) {
    const Hold* hold = c.HoldOf(party.node->key.node);
    const bool under_way =
        hold != nullptr && (c.matter->incident->ticket.has_value() ||
                            (hold->order.has_value() && ctx.now < hold->order->sent + ctx.policy.resend_after));
    if (!under_way) result.push_back(party.node);
  }
  return result;
}

void TakeAnswer(Case& c, const std::string& node, std::uint64_t nonce, const Told& told) {
  if (c.matter == nullptr) return;
  Contest* contest = c.matter->contest.get();
  OpenIncident* incident = c.matter->incident.get();
  // Who gets no answer from anybody there cannot tell whether this one is missing.
  const bool reaches_nobody = told.reach.has_value() && told.reach->asked > 0 && told.reach->answered == 0;
  for (Round* round : {contest != nullptr && contest->round.has_value() ? &*contest->round : nullptr,
                       incident != nullptr && incident->check.has_value() ? &*incident->check : nullptr}) {
    if (round == nullptr || round->nonce != nonce || !round->asked.contains(node) || !Has(round->about, &c)) continue;
    Answer& answer = round->answers[node];
    if (told.report.claims()) answer.claims.insert(answer.claims.end(), c.key.vip);
    if (told.report.holds()) answer.holds.insert(answer.holds.end(), c.key.vip);
    answer.advertises = answer.advertises || told.report.advertises;
    answer.reach = Lesser(answer.reach, told.reach);
    if (told.answered == true) answer.answered.insert(c.key.vip);
    if (told.answered == false && !reaches_nobody) answer.unanswered.insert(c.key.vip);
    answer.cannot_tell = answer.cannot_tell || (told.answered == false && reaches_nobody);
  }
}

void EnterContest(Context& ctx, Case& c) {
  if (c.words.size() > 1) TellDisowned(ctx, c);
  if (c.contest() != nullptr) return;
  const Nodes free = FreeHolders(ctx, c);
  if (free != c.last_free) {
    c.no_contest_before = Instant{};
    if (c.matter != nullptr) c.matter->quiet = Duration{};
    c.last_free = free;
  }
  if (free.size() < 2 || ctx.now < c.no_contest_before) return;
  if (c.matter == nullptr) {
    Matter* matter = MatterFor(ctx, c, NamesIn(free));
    World::Enter(matter != nullptr ? *matter : ctx.world.NewMatter(c.key.cluster), c);
  }
  Matter& matter = *c.matter;
  if (matter.contest == nullptr) OpenContest(ctx, matter);
  matter.contest->opened = std::min(matter.contest->opened, c.dual_since.value_or(ctx.now));
  Add(matter.contest->vips, &c);
}

Contest& ForceContest(Context& ctx, Case& c) {
  if (c.matter == nullptr) World::Enter(ctx.world.NewMatter(c.key.cluster), c);
  Matter& matter = *c.matter;
  if (matter.contest == nullptr) OpenContest(ctx, matter);
  Contest& contest = *matter.contest;
  contest.told = true;
  Add(contest.vips, &c);
  const Nodes holders = NodesIn(ctx.world.Holders(c));
  for (const Word& word : c.words) {
    for (const IpAddress& vip : word.report.bound_together) {
      Case* other = ctx.world.FindCase({c.key.cluster, vip});
      const bool joins = other != nullptr && (other->matter == nullptr || other->matter == &matter) &&
                         NodesIn(ctx.world.Holders(*other)) == holders;
      if (!joins) continue;
      World::Enter(matter, *other);
      Add(contest.vips, other);
    }
  }
  for (const Case* of : contest.vips) contest.opened = std::min(contest.opened, of->dual_since.value_or(ctx.now));
  return contest;
}

void EndContest(Context& ctx, Matter& matter, const std::string& why) {
  const std::unique_ptr<Contest> contest = std::move(matter.contest);
  for (const auto& [node, shut] : contest->shut) {
    Cases open;
    for (Case* c : Among(contest->vips, shut.vips)) {
      if (c->HoldOf(node) == nullptr) open.push_back(c);
    }
    LetIn(ctx, open, node, shut, why);
  }
  World::Leave(matter, contest->vips);
}

void StepContest(Context& ctx, Matter& matter) {
  if (matter.contest == nullptr) return;
  TellOpen(ctx, matter);
  Contest& contest = *matter.contest;
  if (IsContestedStill(ctx, contest) && !OneIsLeft(ctx, contest)) {
    Advance(ctx, matter);
    return;
  }
  RefuseOperator(ctx, matter);
  for (const auto& [node, shut] : contest.shut) {
    // The hold on it has not taken effect, and the gate is shut for a while only.
    if (matter.incident == nullptr || !matter.incident->holds.contains(node)) continue;
    Hold& hold = matter.incident->holds.at(node);
    hold.restate = hold.restate || !hold.in_force;
  }
  const Duration lasted = ctx.now - contest.opened;
  const std::string names = NamesOf(contest.vips);
  const Cases vips = contest.vips;
  if (matter.incident == nullptr) {
    ++ctx.world.EnsureCluster(matter.cluster).healthy_contests;
    Tell(ctx, matter, Note::Severity::kInfo, "contest over",
         absl::StrCat("one node is left for ", names, " after ", FormatDuration(lasted)));
  }
  EndContest(ctx, matter, "the contest ended by itself");
  for (Case* c : vips) {
    if (c->incident() == nullptr) c->dual = Duration{};
  }
}

std::optional<Instant> EnterDue(const Context& ctx, const Case& c) {
  if (c.contest() != nullptr || ctx.world.Holders(c).size() < 2 || FreeHolders(ctx, c).size() < 2) return std::nullopt;
  return std::max(c.no_contest_before, ctx.now);
}

std::optional<Instant> ContestDue(const Context& ctx, const Matter& matter) {
  if (matter.contest == nullptr) return std::nullopt;
  const Contest& contest = *matter.contest;
  if (contest.round.has_value()) return contest.round->deadline;
  if (contest.survivor.empty()) return contest.ask_again;
  return StillContested(ctx, contest).empty() ? std::nullopt : std::optional(ConfirmAt(ctx, contest));
}

}  // namespace arbiter::core
