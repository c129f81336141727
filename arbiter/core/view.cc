// The cluster view as operators see it, with what to do next in words.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/absent.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/engine_state.h"
#include "arbiter/core/standby.h"
#include "arbiter/core/trial.h"

namespace arbiter::core {
namespace {

NodeState StateOfNode(const Node& node) {
  if (node.fresh) return NodeState::kConnected;
  return node.attached ? NodeState::kStale : NodeState::kDisconnected;
}

NodeView ViewOfNode(const World& world, const Cluster& cluster, const Node& node) {
  NodeView view;
  view.node = node.key.node;
  view.state = StateOfNode(node);
  view.last_heard = node.last_heard;
  view.probe_version = node.probe_version;
  view.peer = node.peer;
  view.report = node.report;
  for (const IpAddress& vip : node.vips) {
    view.vips.push_back(*world.LastWord(cluster.cases.at(vip), node.key.node)->report);
  }
  view.holds = node.holds;
  return view;
}

HeldBackView ViewOfHold(const World& world, const Case& c, const Hold& hold) {
  HeldBackView view;
  view.hold = hold.record;
  view.incident = c.incident()->record.id;
  view.trial = TrialText(hold);
  const std::optional<Party> word = world.LastWord(c, hold.record.node);
  if (word.has_value()) {
    view.gate_shut = word->report->gated();
    view.gate_reason = word->report->gate_reason;
    view.configured = word->report->configured;
  }
  if (!hold.failure.empty()) view.note = hold.failure;
  const Node* node = world.FindNode(c.key.cluster, hold.record.node);
  if (node == nullptr || !node->fresh) {
    view.note = "the node is not connected: whether the hold is in force cannot be told";
  } else if (!hold.in_force && view.note.empty()) {
    view.note = "the node has not confirmed it yet";
  }
  return view;
}

// Of the first cause that still holds; empty where none does, or it has none.
std::string RepairOf(const IncidentRecord& record) {
  const auto current = std::find_if(record.causes.begin(), record.causes.end(),
                                    [](const CauseEvidence& cause) { return !cause.ended.has_value(); });
  return current == record.causes.end() ? "" : current->advice;
}

bool AllHaveEnded(const IncidentRecord& record) {
  return !record.causes.empty() && std::all_of(record.causes.begin(), record.causes.end(),
                                               [](const CauseEvidence& cause) { return cause.ended.has_value(); });
}

std::string AdviceForIncident(const Case& c) {
  const IncidentRecord& record = c.incident()->record;
  if (!record.note.empty()) return record.note;
  const std::string more = absl::StrCat("arbctl incident ", record.id);
  const std::string repair = RepairOf(record);
  const bool nobody_judged = record.survivor.empty();  // who has it as well is nobody that could be told anything
  if (record.state == IncidentState::kSplit && nobody_judged && !repair.empty()) {
    return absl::StrCat(repair, ". ", more);
  }
  if (!record.enforced) return absl::StrCat("observe mode: nobody was demoted; ", more);
  if (record.state != IncidentState::kGuarded) return more;
  if (AllHaveEnded(record))
    return absl::StrCat("nothing: what was wrong has been mended, and the hold ends by itself. ", more);
  return absl::StrCat(repair.empty() ? "repair the cause" : repair,
                      "; the hold ends by itself once the cause has gone. ", more);
}

std::string AdviceForVoice(const Voice& voice) {
  if (voice.node.empty()) {
    return absl::StrCat(voice.text,
                        ", and is no node that the arbiter knows: whether clients reach it alone cannot be "
                        "told. Run arbiter-probe there, or take the VIP away from it");
  }
  return absl::StrCat(voice.text,
                      ", and its probe is away: whether clients reach it alone cannot be told. Start "
                      "arbiter-probe on ",
                      voice.node, " (`systemctl status arbiter-probe`)");
}

std::string Advice(const World& world, const Case& c, const VipView& view) {
  if (c.incident() != nullptr) return AdviceForIncident(c);
  if (const Contest* contest = c.contest(); contest != nullptr && !contest->silent.empty()) {
    return absl::StrCat(absl::StrJoin(contest->silent, ", "),
                        " does not answer the arbiter; nobody is demoted for its sake. Look at arbiter-probe there");
  }
  if (view.state == VipState::kUnknown) {
    const std::vector<Voice> voices = VoicesOf(world, c);
    if (!voices.empty()) return AdviceForVoice(voices.front());
    return absl::StrCat(absl::StrJoin(world.SilentClaimants(c), ", "),
                        " held it and is silent: it may still answer for it. Look at that host");
  }
  if (view.state != VipState::kUnheld) return "";
  if (view.obstacles.empty()) return "nobody answers for it, and no node has an instance for it";
  return absl::StrCat("nobody answers for it; ", InWords(view.obstacles));
}

// Who could serve it besides, or instead.
void PutObstacles(const World& world, const Case& c, Instant now, VipView* view) {
  if (view->state == VipState::kUnheld) view->obstacles = WhyUnheld(c, now);
  if (view->state == VipState::kForeign) {
    const std::vector<Voice> voices = VoicesOf(world, c);
    if (!voices.empty()) view->note = absl::StrCat(voices.front().text, "; no node of this cluster has it");
  }
  if (view->state != VipState::kHeld) return;
  Standby standby = StandbyOf(world, c);
  view->no_standby = standby.missing;
  view->obstacles = std::move(standby.obstacles);
}

VipView ViewOfVip(const World& world, const Case& c, Instant now) {
  VipView view;
  view.vip = c.key.vip;
  view.state = StateOf(world, c);
  view.since = c.state_since;
  Parties holders = world.Answering(c);
  std::stable_sort(holders.begin(), holders.end(), [](const Party& a, const Party& b) {
    return a.report->priority.value_or(0) > b.report->priority.value_or(0);
  });
  for (const Party& party : holders) view.holders.push_back({party.node->key.node, *party.report});
  if (const OpenIncident* incident = c.incident(); incident != nullptr) {
    view.incident = incident->record.id;
    for (const CauseEvidence& cause : incident->record.causes) {
      if (!cause.ended.has_value()) view.causes.push_back(cause.cause);
    }
    for (const auto& [node, hold] : incident->holds) {
      if (Has(hold.vips, &c)) view.held_back.push_back(ViewOfHold(world, c, hold));
    }
  }
  PutObstacles(world, c, now, &view);
  view.advice = Advice(world, c, view);
  return view;
}

}  // namespace

VipState StateOf(const World& world, const Case& c) {
  if (const OpenIncident* incident = c.incident(); incident != nullptr) {
    switch (incident->record.state) {
      case IncidentState::kSplit:
        break;
      case IncidentState::kHealing:
        return VipState::kHealing;
      case IncidentState::kGuarded:
        return VipState::kGuarded;
      case IncidentState::kClosed:
        break;
    }
    return VipState::kSplit;
  }
  if (c.contest() != nullptr) return VipState::kContested;
  if (!world.SilentClaimants(c).empty()) return VipState::kUnknown;
  if (!world.Answering(c).empty()) return VipState::kHeld;
  if (IsForeign(c)) return VipState::kForeign;
  return VoicesOf(world, c).empty() ? VipState::kUnheld : VipState::kUnknown;
}

ClusterView MakeView(const World& world, const Cluster& cluster, Instant now) {
  ClusterView view;
  view.name = cluster.name;
  view.mode = world.ModeOf(cluster.name);
  if (const ModeRecord* set = world.ModeSetFor(cluster.name); set != nullptr) view.mode_until = set->until;
  view.healthy_contests = cluster.healthy_contests;
  for (const auto& [name, node] : cluster.nodes) {
    if (!node.retired) view.nodes.push_back(ViewOfNode(world, cluster, node));
  }
  std::sort(view.nodes.begin(), view.nodes.end(), [](const NodeView& a, const NodeView& b) { return a.node < b.node; });
  for (const auto& [vip, c] : cluster.cases) view.vips.push_back(ViewOfVip(world, c, now));
  std::sort(view.vips.begin(), view.vips.end(), [](const VipView& a, const VipView& b) { return a.vip < b.vip; });
  if (world.DoubtsItself(cluster.name, now)) {
    view.warnings.emplace_back(
        "many probes fell silent at once: the arbiter suspects its own network and concludes nothing from silence");
  }
  for (std::string& warning : WarningsOfAbsent(world, cluster, now)) view.warnings.push_back(std::move(warning));
  return view;
}

}  // namespace arbiter::core
