// What operators ask for.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
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
    const bool held = c->second.incident != nullptr && c->second.incident->holds.contains(node);
    if (!held && !world_.LastWord(c->second, node).has_value()) continue;
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
  if (c->contest != nullptr && c->contest->ordered.has_value()) {
    out_.Put(Refusal(event.request, Code::kFailedPrecondition, "another demotion of this VIP is under way"));
    return;
  }
  Context ctx = ContextAt(now);
  if (c->contest == nullptr) {
    c->contest = std::make_unique<Contest>();
    c->contest->opened = c->dual_since.value_or(now);
  }
  c->contest->ordered = event;
  c->contest->survivor.clear();
  std::set<std::string> holders;
  for (const Party& holder : world_.Holders(*c)) holders.insert(holder.node->key.node);
  c->contest->round = Ask(ctx, *c, holders);
  Tell(ctx, *c, Note::Severity::kWarning, "operator",
       absl::StrCat(event.who, " asks ", event.node, " to give ", event.vip.ToString(), " up: ", event.reason));
  Reconsider(*c, now);
}

void Engine::State::On(const OperatorRelease& event, Instant now) {
  const std::string cluster = ResolveCluster(event.cluster, event.node, event.vip);
  Case* c = cluster.empty() ? nullptr : world_.FindCase({cluster, event.vip});
  if (c == nullptr) {
    out_.Put(Refusal(event.request, Code::kNotFound, NotFoundText(event.node, event.vip)));
    return;
  }
  if (c->incident == nullptr || !c->incident->holds.contains(event.node)) {
    out_.Put(Refusal(event.request, Code::kNotFound,
                     absl::StrCat(event.node, " is not held back from ", event.vip.ToString())));
    return;
  }
  Context ctx = ContextAt(now);
  OperatorAnswer answer;
  answer.request = event.request;
  answer.incident = c->incident->record.id;
  ReleaseHold(ctx, *c, event.node,
              absl::StrCat("released by ", event.who, event.reason.empty() ? "" : ": ", event.reason));
  out_.Put(std::move(answer));
  Reconsider(*c, now);
}

void Engine::State::On(const OperatorSetMode& event, Instant now) {
  OperatorAnswer answer;
  answer.request = event.request;
  for (auto& [name, cluster] : world_.clusters()) {
    if (event.cluster.empty() || event.cluster == name) answer.clusters.push_back(name);
  }
  if (answer.clusters.empty()) {
    out_.Put(Refusal(event.request, Code::kNotFound,
                     absl::StrCat("no cluster '", event.cluster, "' is known: see `arbctl status`")));
    return;
  }
  for (const std::string& name : answer.clusters) {
    Cluster& cluster = world_.EnsureCluster(name);
    cluster.mode_until.reset();
    if (event.for_time.has_value()) {
      cluster.mode_after = world_.ModeOf(name);
      cluster.mode_until = now + *event.for_time;
      deadlines_.push({*cluster.mode_until, &cluster, nullptr, {}});
    } else {
      out_.Put(PersistMode{name, event.mode});
    }
    cluster.mode = event.mode;
    Note note;
    note.severity = Note::Severity::kWarning;
    note.cluster = name;
    note.kind = "mode";
    note.text = absl::StrCat(event.who, " set mode ", std::string(ModeName(event.mode)), " on ", name,
                             event.for_time.has_value() ? absl::StrCat(" for ", FormatDuration(*event.for_time)) : "");
    out_.Put(std::move(note));
    std::set<IpAddress> vips;
    for (const auto& [vip, c] : cluster.cases) vips.insert(vip);
    for (const IpAddress& vip : vips) {
      Case& c = *world_.FindCase({name, vip});
      c.no_contest_before = Instant{};
      Reconsider(c, now);
    }
  }
  out_.Put(std::move(answer));
}

void Engine::State::RestoreMode(Cluster& cluster, Instant now) {
  if (!cluster.mode_until.has_value() || now < *cluster.mode_until) return;
  OperatorSetMode back;
  back.cluster = cluster.name;
  back.mode = cluster.mode_after;
  back.who = "the time that was set";
  On(back, now);
}

}  // namespace arbiter::core
