#include "arbiter/core/trial.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::core {
namespace {

constexpr Duration kDebounce = std::chrono::milliseconds(100);
constexpr Duration kDefaultInterval = std::chrono::seconds(1);
constexpr Duration kDefaultMasterDown = std::chrono::milliseconds(3610);
constexpr Duration kMargin = std::chrono::milliseconds(200);

Duration IntervalOf(const VipReport& report) {
  return report.advert_interval > Duration{} ? report.advert_interval : kDefaultInterval;
}

Duration MasterDownOf(const VipReport& report) {
  return report.master_down_interval > Duration{} ? report.master_down_interval : kDefaultMasterDown;
}

Duration Settle(const Context& ctx, const Hold& hold) {
  Duration settle = ctx.policy.settle_min;
  for (std::uint32_t i = 0; i < hold.record.failed_trials && settle < ctx.policy.settle_max; ++i) settle *= 2;
  return std::min<Duration>(settle, ctx.policy.settle_max);
}

// The survivor's adverts as the held node has them; of several virtual routers (its VRID was changed, say) the one that
// is there now.
const HeardRouter* SurvivorHeardBy(const Standing& held, const Standing& survivor) {
  const std::vector<IpAddress>& own = survivor.node->report.addresses;
  const HeardRouter* best = nullptr;
  for (const HeardRouter& heard : held.report->heard) {
    const bool its = heard.source == survivor.report->primary_address ||
                     std::find(own.begin(), own.end(), heard.source) != own.end();
    if (!its) continue;
    const auto rank = [](const HeardRouter& h) { return std::make_pair(h.delivered, h.on_wire); };
    if (best == nullptr || rank(heard) > rank(*best)) best = &heard;
  }
  return best;
}

// A digest of what would have to change for a trial to end otherwise than the one before. Must not change with what our
// own trials do to the node, or each would call for the next.
std::uint64_t EvidenceOf(const Standing& held, const Standing& survivor) {
  const HeardRouter* heard = SurvivorHeardBy(held, survivor);
  std::string text = absl::StrCat(static_cast<int>(held.report->daemon), "/", static_cast<int>(survivor.report->daemon),
                                  "/", held.report->link_down);
  if (heard != nullptr) {
    absl::StrAppend(&text, "/", heard->vrid, "/", heard->version, "/", heard->delivered, "/", heard->auth_type, "/",
                    heard->defects.size(), "/", heard->advert_interval.count());
    for (const IpAddress& address : heard->addresses) absl::StrAppend(&text, ",", address.ToString());
  }
  for (const Standing* party : {&held, &survivor}) {
    for (const InstanceConfig& i : party->node->report.instances) {
      absl::StrAppend(&text, "/", i.name, ",", i.interface, ",", i.vrid, ",", i.version, ",", i.auth_type, ",",
                      i.auth_fingerprint, ",", i.advert_interval.count(), ",", i.unicast_peers.size());
      for (const IpAddress& address : i.addresses) absl::StrAppend(&text, ",", address.ToString());
    }
  }
  // absl::Hash is seeded by the process; a history must be the same every time.
  std::uint64_t digest = 14695981039346656037ULL;
  for (const char byte : text) digest = (digest ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return digest;
}

bool Agrees(const Standing& held, const Standing& survivor) {
  const HeardRouter* heard = SurvivorHeardBy(held, survivor);
  if (heard == nullptr || !heard->delivered || !heard->defects.empty()) return false;
  if (held.report->vrid.has_value() && heard->vrid != *held.report->vrid) return false;
  if (held.report->version.has_value() && heard->version != *held.report->version) return false;
  const std::vector<InstanceConfig>& own = held.node->report.instances;
  const auto mine =
      std::find_if(own.begin(), own.end(), [&](const InstanceConfig& i) { return i.vrid == heard->vrid; });
  if (mine == own.end()) return own.empty();
  std::vector<IpAddress> a = mine->addresses;
  std::vector<IpAddress> b(heard->addresses.begin(), heard->addresses.end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  if (a != b) return false;
  const std::vector<InstanceConfig>& theirs = survivor.node->report.instances;
  const auto other =
      std::find_if(theirs.begin(), theirs.end(), [&](const InstanceConfig& i) { return i.vrid == heard->vrid; });
  return other == theirs.end() ||
         (other->auth_type == mine->auth_type && other->auth_fingerprint == mine->auth_fingerprint &&
          other->version == mine->version);
}

void Fail(Context& ctx, Matter& matter, Hold& hold) {
  hold.trial = Trial{};
  ++hold.record.failed_trials;
  hold.next_trial = ctx.now + Settle(ctx, hold);
  hold.no_trial_before = ctx.now + ctx.policy.settle_min;
  SendTo(ctx, hold.vips, hold.record.node, EndTrial{});
  Tell(
      ctx, matter, Note::Severity::kInfo, "trial",
      absl::StrCat(hold.record.node, " would split again: the cause persists (trial ", hold.record.failed_trials, ")"));
  Write(ctx, matter);
}

void LetAdvertsOut(Context& ctx, Hold& hold, const VipReport& report) {
  const Duration span = IntervalOf(report) * ctx.policy.trial_adverts + kMargin;
  hold.trial = Trial{TrialPhase::kAdverts, ctx.now + span + kMargin};
  SendTo(ctx, hold.vips, hold.record.node, StartTrial{true, span});
}

void Listen(Context& ctx, Hold& hold, const VipReport& report) {
  hold.trial = Trial{TrialPhase::kListen, ctx.now + MasterDownOf(report) + IntervalOf(report) / 2 + kMargin};
  SendTo(ctx, hold.vips, hold.record.node, StartTrial{false, Duration{}});
}

void Begin(Context& ctx, Hold& hold, const Standing& held) {
  if (held.configured > 0) {
    LetAdvertsOut(ctx, hold, *held.report);
  } else {
    Listen(ctx, hold, *held.report);
  }
}

// The node reaches nobody on the VIPs' segment, and the survivor does. Its adverts may have another way: a survivor
// that yielded to them would leave the clients with nobody, trial by trial.
bool IsCutOff(const OpenIncident& incident, const std::string& node) {
  return incident.reaching_nobody.contains(node) && !incident.reaching_nobody.contains(incident.record.survivor);
}

// VIPs whose daemon is let go together are tried together: some of them alone would look cured while the others hold
// the daemon.
void BeginTogether(Context& ctx, Matter& matter, Hold& hold, const Standing& held) {
  Begin(ctx, hold, held);
  std::set<const Matter*> seen = {&matter};
  for (const IpAddress& vip : held.report->bound_together) {
    const Case* other = ctx.world.FindCase({matter.cluster, vip});
    Hold* sibling = other == nullptr ? nullptr : other->HoldOf(hold.record.node);
    if (sibling == nullptr || !seen.insert(other->matter).second) continue;
    const std::optional<Standing> standing = ctx.world.StandingOf(sibling->vips, hold.record.node);
    const bool can = !IsCutOff(*other->incident(), hold.record.node) && sibling->in_force && standing.has_value() &&
                     sibling->trial.phase == TrialPhase::kNone && !sibling->record.by_operator;
    if (can) Begin(ctx, *sibling, *standing);
  }
}

// Without a gate nothing can be tried unseen: the node has to hear the survivor and agree with it for a settling time.
TrialOutcome WatchAgreement(Context& ctx, Hold& hold, const Standing& held, const Standing& survivor) {
  const bool good = held.report->daemon == DaemonState::kRunning && Agrees(held, survivor);
  if (!good) {
    hold.agreeing.reset();
    return TrialOutcome::kGoesOn;
  }
  if (!hold.agreeing.has_value()) {
    hold.agreeing = ctx.now;
    hold.next_trial = ctx.now + Settle(ctx, hold);
  }
  return ctx.now - *hold.agreeing >= Settle(ctx, hold) ? TrialOutcome::kCured : TrialOutcome::kGoesOn;
}

TrialOutcome Continue(Context& ctx, Matter& matter, Hold& hold, const Standing& held) {
  const VipReport& report = *held.report;
  if (report.link_down) {
    // Its daemon is in its fault state for the link's sake and would stay backup whatever it hears: that proves
    // nothing.
    hold.trial = Trial{};
    hold.next_trial = ctx.now + Settle(ctx, hold);
    SendTo(ctx, hold.vips, hold.record.node, EndTrial{});
    return TrialOutcome::kGoesOn;
  }
  if (hold.trial.phase == TrialPhase::kListen) {
    if (held.configured > 0) {
      LetAdvertsOut(ctx, hold, report);
    } else if (ctx.now >= hold.trial.until) {
      hold.trial = Trial{};
      return TrialOutcome::kCured;
    }
    return TrialOutcome::kGoesOn;
  }
  if (held.configured == 0) {
    Listen(ctx, hold, report);  // it stepped back: it heard the survivor
  } else if (ctx.now >= hold.trial.until) {
    Fail(ctx, matter, hold);
  }
  return TrialOutcome::kGoesOn;
}

// What could make a trial end otherwise brings it forward. The first look at it is no news.
void LookForEvidence(const Context& ctx, Hold& hold, const Standing& held, const Standing& survivor) {
  const std::uint64_t evidence = EvidenceOf(held, survivor);
  if (evidence == hold.evidence) return;
  const bool first = std::exchange(hold.evidence, evidence) == 0;
  if (first) {
    hold.no_trial_before = ctx.now + ctx.policy.settle_min;
    hold.next_trial = ctx.now + Settle(ctx, hold);
    return;
  }
  hold.record.failed_trials = 0;
  hold.next_trial = std::min(std::max<Instant>(ctx.now + kDebounce, hold.no_trial_before), hold.next_trial);
}

// Behind the shut gate: the node has the VIPs there, or its daemon has given them up.
bool IsBehindGate(const Hold& hold, const Standing& held) {
  if (held.claims > 0) return held.holds == 0;
  return std::all_of(hold.vips.begin(), hold.vips.end(), [&](const Case* c) {
    const auto word =
        std::find_if(c->words.begin(), c->words.end(), [&](const Word& w) { return w.node == held.node; });
    return word != c->words.end() && word->report.gated();
  });
}

}  // namespace

TrialOutcome StepTrial(Context& ctx, Matter& matter, Hold& hold) {
  const std::optional<Standing> held = ctx.world.StandingOf(hold.vips, hold.record.node);
  const std::optional<Standing> survivor = ctx.world.StandingOf(hold.vips, matter.incident->record.survivor);
  const bool can = hold.in_force && !hold.record.by_operator && held.has_value() && survivor.has_value() &&
                   ctx.world.ModeOf(matter.cluster) == Mode::kEnforce;
  if (!can) {
    hold.trial = Trial{};
    return TrialOutcome::kGoesOn;
  }
  if (!IsBehindGate(hold, *held)) return WatchAgreement(ctx, hold, *held, *survivor);
  if (hold.trial.phase != TrialPhase::kNone) return Continue(ctx, matter, hold, *held);
  LookForEvidence(ctx, hold, *held, *survivor);
  if (ctx.now < hold.next_trial || matter.contest != nullptr) return TrialOutcome::kGoesOn;
  const DaemonState daemon = held->report->daemon;
  if (daemon == DaemonState::kGone && held->configured == 0) return TrialOutcome::kCured;
  if (daemon != DaemonState::kRunning || held->report->link_down) {
    hold.next_trial = ctx.now + Settle(ctx, hold);  // nothing can be learned while it does not run, or hears nothing
    return TrialOutcome::kGoesOn;
  }
  if (IsCutOff(*matter.incident, hold.record.node)) {
    hold.next_trial = ctx.now + ctx.policy.settle_min;
    return TrialOutcome::kGoesOn;
  }
  BeginTogether(ctx, matter, hold, *held);
  return TrialOutcome::kGoesOn;
}

std::optional<Instant> TrialDue(const Context& ctx, const Hold& hold) {
  const Instant due = hold.trial.phase == TrialPhase::kNone ? hold.next_trial : hold.trial.until;
  return due > ctx.now ? std::optional(due) : std::nullopt;  // one in the past waits for something else to happen
}

std::string TrialText(const Hold& hold) {
  switch (hold.trial.phase) {
    case TrialPhase::kNone:
      return "";
    case TrialPhase::kListen:
      return "the daemon is let go behind the shut gate, to see whether it stays backup";
    case TrialPhase::kAdverts:
      return "only its adverts are let out, to see whether the survivor yields";
  }
  return "";
}

}  // namespace arbiter::core
