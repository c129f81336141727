#include "arbiter/core/survivor.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/absent.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/scope.h"
#include "arbiter/core/split.h"

namespace arbiter::core {
namespace {

constexpr Duration kCheckAgain = std::chrono::seconds(1);
// A daemon that gives its instance up removes one address after the other: what is missing is lost alone when nothing
// more is missing after this time.
constexpr Duration kWaveLasts = std::chrono::milliseconds(50);

// From then on nothing has been heard of the survivor itself for the silence limit.
Instant PatienceWith(const Context& ctx, const Node* node) {
  return (node == nullptr ? ctx.started : std::max(node->last_heard, ctx.started)) + ctx.policy.silence_limit;
}

bool MayStillCome(const Node* node) { return node == nullptr || node->retired || node->probe_version.empty(); }

// The survivor's silence is more than one missed answer: nobody hears its adverts either.
SurvivorState Unheard(Context& ctx, Matter& matter, const Node* node) {
  OpenIncident& incident = *matter.incident;
  if (ctx.world.HeardOnWire(incident.vips, incident.record.survivor)) {
    incident.next_check = ctx.now + kCheckAgain;
    return SurvivorState::kNotKnownYet;
  }
  const bool may_still_come = MayStillCome(node);
  const bool doubt = ctx.world.DoubtsItself(matter.cluster, ctx.now);
  const Instant patience = PatienceWith(ctx, node);
  if ((may_still_come || doubt) && ctx.now < patience) {
    incident.next_check = patience;
    return SurvivorState::kNotKnownYet;
  }
  if (!SomebodyListens(ctx, matter)) {
    incident.next_check = ctx.now + kCheckAgain;
    return SurvivorState::kNotKnownYet;
  }
  if (may_still_come) return AskForAbsent(ctx, matter);
  return SurvivorState::kGone;
}

// Reasons to ask the survivor although its stream stands.
bool LooksSilent(Context& ctx, const Matter& matter, const Standing& survivor) {
  const OpenIncident& incident = *matter.incident;
  if (ctx.now - survivor.node->last_heard >= Overdue(ctx.policy)) return true;
  const bool heard = ctx.world.HeardOnWire(incident.vips, incident.record.survivor);
  const bool fell_silent = incident.survivor_was_heard && !heard;
  const bool stopped = incident.survivor_advertised && !survivor.report->advertises;
  return fell_silent || stopped;
}

void RememberSigns(Context& ctx, OpenIncident& incident, const Standing& survivor) {
  incident.survivor_was_heard = ctx.world.HeardOnWire(incident.vips, incident.record.survivor);
  incident.survivor_advertised = survivor.report->advertises;
}

// The survivor reaches nobody, and a node that is held back reaches somebody.
bool IsCutOff(const OpenIncident& incident, const Answer& survivor) {
  const bool nobody = survivor.reach.has_value() && survivor.reach->asked > 0 && survivor.reach->answered == 0;
  return nobody && std::any_of(incident.holds.begin(), incident.holds.end(),
                               [&](const auto& entry) { return incident.reaching.contains(entry.first); });
}

// What the survivor has is a dead daemon's leftover, and a node that is held back has a live instance and reaches the
// segment as well: the leftover would never be moved by its daemon again.
bool IsOutlived(const Context& ctx, const OpenIncident& incident, const Standing& survivor) {
  if (survivor.report->live() || survivor.report->advertises) return false;
  return std::any_of(incident.holds.begin(), incident.holds.end(), [&](const auto& entry) {
    const std::optional<Standing> held = ctx.world.StandingOf(entry.second.vips, entry.first);
    const bool reaches_less = incident.reaching.contains(survivor.name()) && !incident.reaching.contains(entry.first);
    return held.has_value() && held->claims > 0 && held->report->live() && !reaches_less &&
           !entry.second.record.by_operator;
  });
}

// VIPs that the survivor no longer holds, by its newest word: what it answered may have been true for a moment only.
Cases Lost(const Context& ctx, const OpenIncident& incident) {
  Cases lost;
  for (Case* c : incident.vips) {
    const std::optional<Party> party = ctx.world.FreshParty(*c, incident.record.survivor);
    if (!party.has_value() || !party->report->holds()) lost.push_back(c);
  }
  return lost;
}

// Whoever is held back from them is let in; should there be several, a contest among them follows.
void Shed(Context& ctx, Matter& matter, const Cases& lost) {
  OpenIncident& incident = *matter.incident;
  std::vector<std::string> held;
  for (const auto& [node, hold] : incident.holds) held.push_back(node);
  for (const std::string& node : held) {
    Cases vips;
    for (Case* c : lost) {
      if (c->HoldOf(node) != nullptr) vips.push_back(c);
    }
    if (!vips.empty()) {
      ReleaseVips(ctx, matter, node, vips, absl::StrCat(incident.record.survivor, " no longer serves them"));
    }
  }
  for (Case* c : lost) Remove(incident.vips, c);
  World::Leave(matter, lost);
}

// The nodes that are held back are asked whether another host answers on their segments.
Round AskSegment(Context& ctx, const Matter& matter) {
  std::set<std::string> nodes;
  for (const auto& [node, hold] : matter.incident->holds) {
    if (ctx.world.StandingOf(hold.vips, node).has_value()) nodes.insert(node);
  }
  return Ask(ctx, matter.incident->vips, nodes, true);
}

// Of the incident's VIPs those that nobody answers for, by the word of the nodes that are held back from them.
Vips UnansweredIn(const Round& round) {
  Vips unanswered;
  for (const Case* c : round.about) {
    bool asked = false;
    bool answered = false;
    for (const auto& [node, answer] : round.answers) {
      if (c->HoldOf(node) == nullptr) continue;  // it may be the one that answers
      asked = asked || answer.unanswered.contains(c->key.vip);
      answered = answered || answer.answered.contains(c->key.vip);
    }
    if (asked && !answered) unanswered.insert(c->key.vip);
  }
  return unanswered;
}

// Nobody who was asked can say whether the segment answers: a probe of 0.1.0, or a node that reaches nobody.
bool CannotTell(const Round& round) {
  return std::all_of(round.answers.begin(), round.answers.end(), [](const auto& entry) {
    return entry.second.answered.empty() && entry.second.unanswered.empty();
  });
}

std::string WhyLost(const OpenIncident& incident, bool heard, const Cases& lost) {
  const std::string& survivor = incident.record.survivor;
  return heard ? absl::StrCat("adverts come from ", survivor, ", whose probe is silent, and nobody answers for ",
                              NamesOf(lost), ": it has lost them, or somebody else speaks in its name")
               : absl::StrCat("the probe of ", survivor,
                              " is silent, nobody hears its adverts, and nobody answers for ", NamesOf(lost));
}

// The survivor's probe says nothing, and its adverts are no proof: they may be forged, they do not name what is
// excluded, a reload may have taken a VIP from its instance; and where a switch drops them it may serve unheard. Who
// tells is the segment. What nobody answers for, asked about twice in a row, is lost.
SurvivorState OfSegment(Context& ctx, Matter& matter, const Node* node, bool heard) {
  OpenIncident& incident = *matter.incident;
  if (!IsOver(ctx, *incident.check)) return SurvivorState::kNotKnownYet;
  const Round round = std::exchange(incident.check, std::nullopt).value();
  const Instant patience = PatienceWith(ctx, node);
  if (!heard && CannotTell(round)) {
    const bool may_tell = std::any_of(round.answers.begin(), round.answers.end(),
                                      [](const auto& entry) { return entry.second.cannot_tell; });
    if (!may_tell || ctx.now >= patience) return SurvivorState::kGone;
    incident.next_segment = patience;
    return SurvivorState::kNotKnownYet;
  }
  const Vips unanswered = UnansweredIn(round);
  const Vips before = std::exchange(incident.unanswered, unanswered);
  const bool twice = std::includes(before.begin(), before.end(), unanswered.begin(), unanswered.end());
  if (!twice) {
    incident.check = AskSegment(ctx, matter);
    return SurvivorState::kNotKnownYet;
  }
  incident.unanswered.clear();
  incident.next_segment = ctx.now + ctx.policy.silence_limit;
  const Cases lost = Among(incident.vips, unanswered);
  if (lost.empty()) return SurvivorState::kNotKnownYet;
  Tell(ctx, matter, Note::Severity::kWarning, "survivor", WhyLost(incident, heard, lost));
  if (lost.size() == incident.vips.size()) return SurvivorState::kGone;
  Shed(ctx, matter, lost);
  return SurvivorState::kNotKnownYet;
}

// The survivor's probe is silent or away.
SurvivorState Unseen(Context& ctx, Matter& matter, const Node* node) {
  OpenIncident& incident = *matter.incident;
  if (incident.check.has_value() && !incident.check->of_segment) incident.check.reset();
  const bool heard = ctx.world.HeardOnWire(incident.vips, incident.record.survivor);
  if (!heard) {
    const SurvivorState state = Unheard(ctx, matter, node);
    if (state != SurvivorState::kGone || MayStillCome(node)) return state;
  }
  incident.unanswered_once = false;
  incident.next_check = ctx.now + kCheckAgain;
  if (heard && ctx.now < PatienceWith(ctx, node)) {
    incident.check.reset();
    return SurvivorState::kNotKnownYet;
  }
  if (incident.check.has_value()) return OfSegment(ctx, matter, node, heard);
  if (ctx.now >= incident.next_segment) incident.check = AskSegment(ctx, matter);
  return SurvivorState::kNotKnownYet;
}

// A trial lets adverts of a held node out.
bool IsTried(const OpenIncident& incident) {
  return std::any_of(incident.holds.begin(), incident.holds.end(),
                     [](const auto& entry) { return entry.second.trial.phase == TrialPhase::kAdverts; });
}

// The survivor has lost some of the VIPs. Those alone, or are they the first of all? One that loses any to a trial's
// adverts has yielded to them: what stays there is a copy that its daemon does not move.
SurvivorState OnLost(Context& ctx, Matter& matter, const Cases& lost) {
  OpenIncident& incident = *matter.incident;
  if (lost.size() == incident.vips.size() || (!lost.empty() && IsTried(incident))) return SurvivorState::kGone;
  Vips vips = VipsOf(lost);
  if (lost.empty() || vips == incident.losing) {
    incident.losing.clear();
    if (!lost.empty()) Shed(ctx, matter, lost);
    return SurvivorState::kServes;
  }
  incident.losing = std::move(vips);
  incident.losing_until = ctx.now + kWaveLasts;
  return SurvivorState::kNotKnownYet;
}

// A new survivor may still be opening its gate: that it does not hold the VIPs yet says nothing.
bool IsOpening(const Context& ctx, const OpenIncident& incident) {
  return incident.survivor_grace.has_value() && ctx.now < *incident.survivor_grace;
}

SurvivorState OfCheck(Context& ctx, Matter& matter, const Standing& survivor) {
  OpenIncident& incident = *matter.incident;
  if (!IsOver(ctx, *incident.check)) return SurvivorState::kAskIt;
  const Round round = std::exchange(incident.check, std::nullopt).value();
  RememberSigns(ctx, incident, survivor);
  incident.next_check = ctx.now + kCheckAgain;
  incident.next_reach = ctx.now + kReachEvery;
  incident.reaching.clear();
  incident.reaching_nobody.clear();
  for (const auto& [node, answer] : round.answers) {
    if (!answer.reach.has_value() || answer.reach->asked == 0) continue;
    (answer.reach->answered > 0 ? incident.reaching : incident.reaching_nobody).insert(node);
  }
  const auto answer = round.answers.find(incident.record.survivor);
  if (answer == round.answers.end()) {
    incident.cut_off = false;
    const SurvivorState silent = Unheard(ctx, matter, survivor.node);
    if (silent == SurvivorState::kGone || IsOpening(ctx, incident)) return silent;
    // It is heard, so the rest stays; what it said itself to have lost does not wait for an answer.
    const Cases lost = Lost(ctx, incident);
    return lost.empty() ? silent : OnLost(ctx, matter, lost);
  }
  incident.affirmed = ctx.now;
  if (answer->second.holds.empty() || IsOutlived(ctx, incident, survivor)) return SurvivorState::kGone;
  const bool was_cut_off = std::exchange(incident.cut_off, IsCutOff(incident, answer->second));
  if (incident.cut_off) {
    if (was_cut_off) return SurvivorState::kGone;
    incident.check = AskSurvivor(ctx, matter);  // once more: a packet may have been lost
    return SurvivorState::kAskIt;
  }
  return OnLost(ctx, matter, Lost(ctx, incident));
}

// The best held node to let in first: where the survivor is cut off one that is not; one that answers as soon as its
// gate opens, and reaches somebody; one whose adverts a trial lets out, for the survivor may have yielded to them; then
// one that keeps what has to stay together with the VIPs, then priority, then name.
std::vector<Standing> HeldBest(const Context& ctx, const Matter& matter) {
  const OpenIncident& incident = *matter.incident;
  std::vector<Standing> held;
  for (const auto& [node, hold] : incident.holds) {
    const std::optional<Standing> standing = ctx.world.StandingOf(hold.vips, node);
    if (standing.has_value()) held.push_back(*standing);
  }
  const std::vector<std::string> precedents = PrecedentsFor(ctx, incident.vips);
  const auto key = [&](const Standing& s) {
    const bool outreaches = !incident.cut_off || incident.reaching.contains(s.name());
    const bool tried = incident.holds.at(s.name()).trial.phase == TrialPhase::kAdverts;
    return std::make_tuple(outreaches, s.claims > 0, !incident.reaching_nobody.contains(s.name()), tried,
                           s.report->advertises, WeightIn(precedents, s.name()), s.report->priority.value_or(0));
  };
  std::stable_sort(held.begin(), held.end(), [&key](const Standing& a, const Standing& b) { return key(a) > key(b); });
  return held;
}

void SucceedSurvivor(Context& ctx, OpenIncident& incident, const std::string& node) {
  SetSurvivor(incident.record, node);
  incident.survivor_grace = ctx.now + ctx.policy.resend_after;
  incident.check.reset();
  incident.losing.clear();
  incident.affirmed = Instant{};  // that was the former one
  incident.cut_off = false;
  incident.survivor_was_heard = false;
  incident.survivor_advertised = false;
  incident.next_check = Instant{};
  incident.next_reach = ctx.now + kReachEvery;
  incident.next_segment = Instant{};
  incident.unanswered.clear();
  incident.unanswered_once = false;
}

// Another holder that is not held back serves the VIPs already. True when there was one.
bool SucceedByHolder(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  const std::string gone = incident.record.survivor;
  for (const Standing& standing : ctx.world.StandingsIn(incident.vips)) {
    const std::string& node = standing.name();
    if (standing.holds == 0 || node == gone || incident.holds.contains(node)) continue;
    // What only its own word says is no reason to keep others held: they are let in, and a contest looks who is there.
    if (!ctx.world.HeardOnWire(incident.vips, node)) continue;
    Tell(ctx, matter, Note::Severity::kInfo, "survivor",
         absl::StrCat(node, " serves ", NamesOf(incident.vips), " now, ", gone, " no longer does"));
    SucceedSurvivor(ctx, incident, node);
    for (auto& [name, hold] : incident.holds) hold.record.survivor = node;
    Write(ctx, matter);
    return true;
  }
  return false;
}

}  // namespace

Duration Overdue(const Policy& policy) { return policy.heartbeat_interval + policy.heartbeat_interval / 2; }

Round AskSurvivor(Context& ctx, const Matter& matter) {
  const OpenIncident& incident = *matter.incident;
  std::set<std::string> nodes = {incident.record.survivor};
  for (const auto& [node, hold] : incident.holds) {
    if (ctx.world.StandingOf(hold.vips, node).has_value()) nodes.insert(node);
  }
  return Ask(ctx, incident.vips, nodes);
}

bool WantsRestating(const Context& ctx, const Matter& matter) {
  return matter.contest == nullptr &&
         std::any_of(matter.incident->holds.begin(), matter.incident->holds.end(),
                     [&](const auto& entry) { return entry.second.restate && MayOrder(ctx, matter, entry.second); });
}

SurvivorState LookAtSurvivor(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  const std::string& name = incident.record.survivor;
  const std::optional<Standing> survivor = ctx.world.StandingOf(incident.vips, name);
  if (!survivor.has_value()) {
    const Node* node = ctx.world.FindNode(matter.cluster, name);
    if (node == nullptr || !node->fresh) return Unseen(ctx, matter, node);
    incident.check.reset();
    return SurvivorState::kGone;  // it is there and knows nothing of the VIPs
  }
  if (incident.check.has_value() && incident.check->of_segment) incident.check.reset();  // it tells itself now
  incident.unanswered.clear();
  const bool opening = IsOpening(ctx, incident);
  if (survivor->claims == 0 || (survivor->holds == 0 && !opening)) {
    incident.check.reset();
    return SurvivorState::kGone;
  }
  if (incident.check.has_value()) return OfCheck(ctx, matter, *survivor);
  const bool lost_some = survivor->holds < incident.vips.size() && !opening;
  const bool stopped = incident.survivor_advertised && !survivor->report->advertises;
  if (lost_some && stopped) return SurvivorState::kGone;  // its instance is giving all of them up
  if (!incident.losing.empty() && ctx.now < incident.losing_until) return SurvivorState::kNotKnownYet;
  if (lost_some || !incident.losing.empty() || WantsRestating(ctx, matter) || ctx.now >= incident.next_reach ||
      (ctx.now >= incident.next_check && LooksSilent(ctx, matter, *survivor))) {
    incident.check = AskSurvivor(ctx, matter);
    return SurvivorState::kAskIt;
  }
  RememberSigns(ctx, incident, *survivor);
  return SurvivorState::kServes;
}

void OnSurvivorGone(Context& ctx, Matter& matter) {
  OpenIncident& incident = *matter.incident;
  if (SucceedByHolder(ctx, matter)) return;
  const std::vector<Standing> held = HeldBest(ctx, matter);
  const std::string& gone = incident.record.survivor;
  const std::string why =
      absl::StrCat(gone, incident.cut_off ? " reaches nobody on the segment any more" : " no longer serves the VIP");
  if (held.empty()) {
    // Nobody can be told anything. Probes that are cut off release by themselves once the survivor is silent.
    incident.next_check = ctx.now + kCheckAgain;
    return;
  }
  if (held.front().claims > 0) {
    const std::string node = held.front().name();
    SucceedSurvivor(ctx, incident, node);
    ReleaseHold(ctx, matter, node, why);
    return;
  }
  for (const Standing& standing : held) ReleaseHold(ctx, matter, standing.name(), why);
}

}  // namespace arbiter::core
