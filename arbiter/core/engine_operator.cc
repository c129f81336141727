// What operators ask for.
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/contest.h"
#include "arbiter/core/engine_state.h"
#include "arbiter/core/hold_end.h"
#include "proto/value/duration.h"

namespace arbiter::core {
namespace {

OperatorAnswer Refusal(std::uint64_t request, Code code, std::string message) {
  OperatorAnswer answer;
  answer.request = request;
  answer.code = code;
  answer.message = std::move(message);
  return answer;
}

std::string NotFoundText(const std::string& node, const IpAddress& vip) {
  return absl::StrCat("no cluster, or more than one, has node '", node, "' with VIP ", vip.ToString(),
                      ": see `arbctl status`, and name the cluster with --cluster");
}

std::string_view ModeName(Mode mode) { return mode == Mode::kObserve ? "observe" : "enforce"; }

}  // namespace

std::string Engine::State::ResolveCluster(const std::string& given, const std::string& node,
                                          const IpAddress& vip) const {
  std::string result;
  for (const auto& [name, cluster] : world_.clusters()) {
    if (!given.empty() && name != given) continue;
    const auto c = cluster.cases.find(vip);
    if (c == cluster.cases.end()) continue;
    if (c->second.HoldOf(node) == nullptr && !world_.LastWord(c->second, node).has_value()) continue;
    if (!result.empty()) return "";
    result = name;
  }
  return result;
}

void Engine::State::On(const OperatorDemote& event, Instant now) {
  const std::string cluster = ResolveCluster(event.cluster, event.node, event.vip);
  Case* c = cluster.empty() ? nullptr : world_.FindCase({cluster, event.vip});
  if (c == nullptr) {
    out_.Put(Refusal(event.request, Code::kNotFound, NotFoundText(event.node, event.vip)));
    return;
  }
  const std::optional<Party> party = world_.FreshParty(*c, event.node);
  if (!party.has_value() || !party->report->holds()) {
    out_.Put(Refusal(event.request, Code::kFailedPrecondition,
                     absl::StrCat(event.node, " does not answer for ", event.vip.ToString(), " now")));
    return;
  }
  if (world_.Holders(*c).size() < 2) {
    out_.Put(Refusal(event.request, Code::kFailedPrecondition,
                     absl::StrCat("no other node holds ", event.vip.ToString(), ": demoting ", event.node,
                                  " would leave nobody; to move a healthy VIP, change keepalived's priorities")));
    return;
  }
  Contest* contest = c->contest();
  if (contest != nullptr && contest->ordered.has_value()) {
    out_.Put(Refusal(event.request, Code::kFailedPrecondition, "another demotion of this VIP is under way"));
    return;
  }
  Context ctx = ContextAt(now);
  if (contest == nullptr) contest = &ForceContest(ctx, *c);
  contest->ordered = event;
  contest->survivor.clear();
  std::set<std::string> holders;
  for (const Standing& standing : world_.StandingsIn(contest->vips)) {
    if (standing.holds > 0) holders.insert(standing.name());
  }
  contest->round = AskInContest(ctx, contest->vips, holders);
  Tell(ctx, *c->matter, Note::Severity::kWarning, "operator",
       absl::StrCat(event.who, " asks ", event.node, " to give ", NamesOf(contest->vips), " up: ", event.reason));
  for (const Case* of : contest->vips) Reconsider(world_.EnsureCase(of->key));
}

void Engine::State::On(const OperatorRelease& event, Instant now) {
  const std::string cluster = ResolveCluster(event.cluster, event.node, event.vip);
  Case* c = cluster.empty() ? nullptr : world_.FindCase({cluster, event.vip});
  if (c == nullptr) {
    out_.Put(Refusal(event.request, Code::kNotFound, NotFoundText(event.node, event.vip)));
    return;
  }
  if (c->HoldOf(event.node) == nullptr) {
    out_.Put(Refusal(event.request, Code::kNotFound,
                     absl::StrCat(event.node, " is not held back from ", event.vip.ToString())));
    return;
  }
  Context ctx = ContextAt(now);
  OperatorAnswer answer;
  answer.request = event.request;
  answer.incident = c->incident()->record.id;
  ReleaseHold(ctx, *c->matter, event.node,
              absl::StrCat("released by ", event.who, event.reason.empty() ? "" : ": ", event.reason));
  out_.Put(std::move(answer));
  Reconsider(*c);
}

void Engine::State::Retire(Node& node, const std::string& why, Instant now) {
  Cluster& cluster = world_.EnsureCluster(node.key.cluster);
  const std::string& name = node.key.node;
  std::set<IpAddress> touched = node.vips;
  touched.insert(cluster.attention.begin(), cluster.attention.end());
  for (const IpAddress& vip : std::set<IpAddress>(node.vips)) Forget(node, vip, now);
  node.holds.clear();
  node.report = {};
  node.own_addresses.clear();
  node.retired = true;
  Context ctx = ContextAt(now);
  for (auto& [id, matter] : cluster.matters) {
    if (matter->incident == nullptr || matter->incident->holds.erase(name) == 0) continue;
    Tell(ctx, *matter, Note::Severity::kWarning, "released", absl::StrCat("the hold on ", name, " is over: ", why));
    Write(ctx, *matter);
  }
  for (const IpAddress& vip : touched) {
    Case* c = world_.FindCase({node.key.cluster, vip});
    if (c == nullptr) continue;
    c->releases.erase(name);
    c->relapses.erase(name);
    Reconsider(*c);
  }
}

void Engine::State::On(const OperatorForget& event, Instant now) {
  std::vector<std::string> in;
  for (const auto& [name, cluster] : world_.clusters()) {
    const auto node = cluster.nodes.find(event.node);
    const bool there = node != cluster.nodes.end() && !node->second.retired;
    if (there && (event.cluster.empty() || event.cluster == name)) in.push_back(name);
  }
  if (in.size() > 1) {
    out_.Put(Refusal(event.request, Code::kNotFound,
                     absl::StrCat("more than one cluster has a node '", event.node, "': name it with --cluster")));
    return;
  }
  OperatorAnswer answer;
  answer.request = event.request;
  answer.known = !in.empty();
  Note note;
  note.severity = Note::Severity::kWarning;
  note.cluster = answer.known ? in.front() : event.cluster;
  note.node = event.node;
  note.kind = "forgotten";
  const std::string by = absl::StrCat(event.who, event.reason.empty() ? "" : ": ", event.reason);
  note.text = absl::StrCat(event.node, " is forgotten by ", by);
  if (answer.known) {
    Node& node = *world_.FindNode({in.front(), event.node});
    if (node.attached) {
      out_.Put(Refusal(event.request, Code::kFailedPrecondition,
                       absl::StrCat(event.node,
                                    "'s probe is connected: stop it there first (`systemctl disable --now "
                                    "arbiter-probe`), or it would be back at once")));
      return;
    }
    Retire(node, absl::StrCat("the node is forgotten by ", by), now);
  }
  out_.Put(std::move(note));
  out_.Put(std::move(answer));
}

void Engine::State::On(const OperatorSetMode& event, Instant now) {
  if (!event.cluster.empty() && world_.FindCluster(event.cluster) == nullptr) {
    out_.Put(
        Refusal(event.request, Code::kNotFound,
                absl::StrCat("no cluster '", event.cluster, "' is known (see `arbctl status`); without a cluster the ",
                             "mode is set for all, also for those that are still to come")));
    return;
  }
  OperatorAnswer answer;
  answer.request = event.request;
  std::vector<Cluster*> clusters;
  if (event.cluster.empty()) clusters.push_back(nullptr);  // the others
  for (auto& [name, cluster] : world_.clusters()) {
    if (!event.cluster.empty() && event.cluster != name) continue;
    clusters.push_back(&cluster);
    answer.clusters.push_back(name);
  }
  for (Cluster* cluster : clusters) {
    ModeRecord record{cluster == nullptr ? "" : cluster->name, event.mode, {}, event.mode};
    if (event.for_time.has_value()) {
      record.until = now + *event.for_time;
      // Set for a while upon for a while: what comes afterwards is what came before both.
      const ModeRecord* set = world_.ModeSetFor(record.cluster);
      record.after = set != nullptr && set->until.has_value() ? set->after : world_.ModeOf(record.cluster);
    }
    SetMode(cluster, std::move(record), event.who, now);
  }
  out_.Put(std::move(answer));
}

void Engine::State::SetMode(Cluster* cluster, ModeRecord record, const std::string& who, Instant now) {
  out_.Put(PersistMode{record});
  TellMode(record, who, now);
  if (record.until.has_value()) deadlines_.push({*record.until, cluster});
  if (cluster != nullptr) {
    cluster->mode = std::move(record);
    ReconsiderCluster(*cluster);
    return;
  }
  world_.mode_of_others() = std::move(record);
  for (auto& [name, other] : world_.clusters()) {
    if (!other.mode.has_value()) ReconsiderCluster(other);
  }
}

void Engine::State::RestoreMode(Cluster* cluster, Instant now) {
  const std::optional<ModeRecord>& set = cluster == nullptr ? world_.mode_of_others() : cluster->mode;
  if (!set.has_value() || !set->until.has_value() || now < *set->until) return;
  SetMode(cluster, ModeRecord{set->cluster, set->after, {}, set->after}, "the end of the time that was set", now);
}

void Engine::State::TellMode(const ModeRecord& record, const std::string& who, Instant now) {
  Note note;
  note.severity = Note::Severity::kWarning;
  note.cluster = record.cluster;
  note.kind = "mode";
  note.text = absl::StrCat(who, " set mode ", std::string(ModeName(record.mode)), " on ",
                           record.cluster.empty() ? "clusters that are still to come" : record.cluster,
                           record.until.has_value() ? absl::StrCat(" for ", FormatDuration(*record.until - now)) : "");
  out_.Put(std::move(note));
}

void Engine::State::ReconsiderCluster(Cluster& cluster) {
  std::set<IpAddress> vips;
  for (const auto& [vip, c] : cluster.cases) vips.insert(vip);
  for (const IpAddress& vip : vips) {
    Case& c = *world_.FindCase({cluster.name, vip});
    c.no_contest_before = Instant{};
    Reconsider(c);
  }
}

}  // namespace arbiter::core
