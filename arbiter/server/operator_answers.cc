#include "arbiter/server/operator_answers.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "arbiter/core/diff.h"
#include "arbiter/wire/operations.h"
#include "proto/codec/enums.h"
#include "proto/codec/report.h"
#include "proto/codec/time.h"
#include "proto/value/duration.h"
#include "proto/value/printable.h"

namespace arbiter::server {
namespace {

constexpr std::size_t kMostReason = 1024;  // bytes of it in the audit

// What the engine's thread copies for a question about clusters.
struct ViewAnswer {
  std::vector<core::ClusterView> clusters;
  std::vector<std::vector<std::string>> duplicates;  // one entry a cluster
  std::map<core::NodeKey, std::string> certificates;
  core::Instant now{};
};

absl::StatusOr<ViewAnswer> LookAt(EngineLoop* loop, const std::string& cluster) {
  absl::StatusOr<ViewAnswer> answer =
      loop->Look([cluster](const core::Engine& engine, const ProbeRegistry& registry, core::Instant now) {
        ViewAnswer view{engine.View(now, cluster), {}, {}, now};
        for (const core::ClusterView& one : view.clusters) {
          view.duplicates.push_back(registry.Warnings(one.name, now));
          for (const ProbeLink* link : registry.InCluster(one.name)) {
            view.certificates.emplace(link->node(), link->certificate());
          }
        }
        return view;
      });
  if (answer.ok() && answer->clusters.empty() && !cluster.empty()) {
    return absl::NotFoundError(absl::StrCat("no node of cluster \"", cluster, "\" has ever attached"));
  }
  return answer;
}

wire::IncidentTimes TimesOf(const store::StoredIncident& stored) {
  return {stored.opened, stored.confirmed, stored.healed, stored.closed, stored.timeline, stored.ended};
}

v1::Incident FromEngine(const core::IncidentRecord& record, wire::IncidentDetail detail) {
  return wire::ToProto(record, TimesOf(store::WithWallTimes(record, store::ReadClocks())), detail);
}

v1::AuditEntry EntryOf(const store::AuditEntry& entry) {
  v1::AuditEntry message;
  *message.mutable_at() = wire::ToProto(entry.at);
  message.set_who(entry.who);
  message.set_what(entry.what);
  message.set_cluster(entry.cluster);
  message.set_node(entry.node);
  message.set_vip(entry.vip);
  message.set_incident(entry.incident);
  message.set_term(entry.term);
  message.set_sequence(entry.sequence);
  return message;
}

absl::Status StatusOf(const core::OperatorAnswer& answer) {
  switch (answer.code) {
    case core::Code::kOk:
      return absl::OkStatus();
    case core::Code::kNotFound:
      return absl::NotFoundError(answer.message);
    case core::Code::kFailedPrecondition:
      return absl::FailedPreconditionError(answer.message);
    case core::Code::kInvalidArgument:
      return absl::InvalidArgumentError(answer.message);
  }
  return absl::InternalError(answer.message);
}

absl::StatusOr<IpAddress> VipOf(const std::string& text) {
  absl::StatusOr<IpAddress> vip = IpAddress::Parse(text);
  if (!vip.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("vip: ", vip.status().message()));
  }
  return vip;
}

std::vector<core::ConfigDifference> DifferencesIn(const core::ClusterView& cluster) {
  std::vector<core::NodeConfig> nodes;
  for (const core::NodeView& node : cluster.nodes) {
    nodes.push_back({node.node, &node.report});
  }
  return core::FindDifferences(nodes);
}

// "VI_1: virtual_ipaddress differs: a 192.168.1.212 (keepalived.conf:9), b 192.168.1.200 (keepalived.conf:9); write
// ..."
std::string WarningOf(const core::ConfigDifference& difference) {
  const auto value = [](std::string* out, const core::ValueOnNode& on) {
    absl::StrAppend(out, on.node, " ", on.value.empty() ? "(not set)" : on.value,
                    on.origin.empty() ? "" : absl::StrCat(" (", on.origin, ")"));
  };
  return absl::StrCat(difference.virtual_router, ": ", difference.key,
                      " differs: ", absl::StrJoin(difference.values, ", ", value),
                      difference.advice.empty() ? "" : "; ", difference.advice);
}

// What will split next, or has: said before it does.
void WarnOfDifferences(const core::ClusterView& view, v1::ClusterStatus* cluster) {
  constexpr int kMost = 5;
  int faults = 0;
  for (const core::ConfigDifference& difference : DifferencesIn(view)) {
    if (difference.fault && faults++ < kMost) {
      cluster->add_warnings(WarningOf(difference));
    }
  }
  if (faults > kMost) {
    cluster->add_warnings(absl::StrCat("and ", faults - kMost, " differences more that break VRRP: arbctl diff"));
  }
}

}  // namespace

absl::Status OperatorAnswers::GetStatus(const v1::GetStatusRequest& request, v1::GetStatusResponse* response) const {
  const absl::StatusOr<ViewAnswer> view = LookAt(loop_, request.cluster());
  if (!view.ok()) {
    return view.status();
  }
  v1::ArbiterStatus* arbiter = response->mutable_arbiter();
  arbiter->set_id(self_.id);
  arbiter->set_version(self_.version);
  arbiter->set_term(loop_->term());
  *arbiter->mutable_uptime() = codec::AgeToProto(self_.started, view->now);
  const absl::Status healthy = store_->Healthy();
  if (!healthy.ok()) {
    arbiter->add_warnings(absl::StrCat("the store cannot be written, so no hold can be ordered: ", healthy.message()));
  }
  for (std::size_t i = 0; i < view->clusters.size(); ++i) {
    v1::ClusterStatus* cluster = response->add_clusters();
    *cluster = wire::ToProto(view->clusters[i], view->now);
    for (const std::string& duplicate : view->duplicates[i]) {
      cluster->add_warnings(duplicate);
    }
    WarnOfDifferences(view->clusters[i], cluster);
  }
  return absl::OkStatus();
}

absl::Status OperatorAnswers::ListNodes(const v1::ListNodesRequest& request, v1::ListNodesResponse* response) const {
  const absl::StatusOr<ViewAnswer> view = LookAt(loop_, request.cluster());
  if (!view.ok()) {
    return view.status();
  }
  for (const core::ClusterView& cluster : view->clusters) {
    for (const core::NodeView& node : cluster.nodes) {
      v1::NodeDetail& detail = *response->add_nodes();
      detail = wire::ToProto(node, cluster.name, view->now);
      const auto certificate = view->certificates.find({cluster.name, node.node});
      if (certificate != view->certificates.end()) {
        detail.set_certificate(certificate->second);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status OperatorAnswers::ListIncidents(const v1::ListIncidentsRequest& request,
                                            v1::ListIncidentsResponse* response) const {
  absl::StatusOr<std::vector<core::IncidentRecord>> open = loop_->Look(
      [](const core::Engine& engine, const ProbeRegistry&, core::Instant) { return engine.OpenIncidents(); });
  if (!open.ok()) {
    return open.status();
  }
  const absl::StatusOr<store::IncidentPage> page =
      store_->ListIncidents({request.cluster(), request.open_only(), request.page_size(), request.page_token()});
  if (!page.ok()) {
    return page.status();
  }
  if (request.page_token().empty()) {
    AddUnstored(request, *open, response);
  }
  for (const store::StoredIncident& stored : page->incidents) {
    const auto live = std::find_if(open->begin(), open->end(),
                                   [&stored](const auto& record) { return record.id == stored.record.id; });
    *response->add_incidents() = live != open->end()
                                     ? FromEngine(*live, wire::IncidentDetail::kSummary)
                                     : wire::ToProto(stored.record, TimesOf(stored), wire::IncidentDetail::kSummary);
  }
  response->set_next_page_token(page->next_page_token);
  const bool none = response->incidents().empty() && request.page_token().empty();
  return none ? CheckCluster(request.cluster()) : absl::OkStatus();
}

absl::Status OperatorAnswers::CheckCluster(const std::string& cluster) const {
  if (cluster.empty()) {
    return absl::OkStatus();
  }
  const absl::StatusOr<bool> known =
      loop_->Look([cluster](const core::Engine& engine, const ProbeRegistry&, core::Instant now) {
        const std::vector<core::ModeRecord> modes = engine.Modes();
        return !engine.View(now, cluster).empty() ||
               std::any_of(modes.begin(), modes.end(), [&](const auto& mode) { return mode.cluster == cluster; });
      });
  if (!known.ok() || *known) {
    return known.status();
  }
  // Its nodes may all be away since the arbiter's start.
  const absl::StatusOr<store::IncidentPage> page = store_->ListIncidents({cluster, false, 1, ""});
  if (!page.ok() || !page->incidents.empty()) {
    return page.status();
  }
  return absl::NotFoundError(
      absl::StrCat("no node of cluster \"", cluster, "\" has ever attached, and no incident of it is known"));
}

void OperatorAnswers::AddUnstored(const v1::ListIncidentsRequest& request,
                                  const std::vector<core::IncidentRecord>& open,
                                  v1::ListIncidentsResponse* response) const {
  for (const core::IncidentRecord& record : open) {
    const bool wanted = request.cluster().empty() || request.cluster() == record.cluster;
    if (wanted && absl::IsNotFound(store_->FindIncident(record.id).status())) {
      *response->add_incidents() = FromEngine(record, wire::IncidentDetail::kSummary);
    }
  }
}

absl::Status OperatorAnswers::GetIncident(const v1::GetIncidentRequest& request, v1::Incident* response) const {
  const absl::StatusOr<std::optional<core::IncidentRecord>> live =
      loop_->Look([id = request.id()](const core::Engine& engine, const ProbeRegistry&, core::Instant) {
        return engine.FindIncident(id);
      });
  if (!live.ok()) {
    return live.status();
  }
  if (live->has_value()) {
    *response = FromEngine(**live, wire::IncidentDetail::kWhole);
    return absl::OkStatus();
  }
  const absl::StatusOr<store::StoredIncident> stored = store_->FindIncident(request.id());
  if (!stored.ok()) {
    return stored.status();
  }
  *response = wire::ToProto(stored->record, TimesOf(*stored), wire::IncidentDetail::kWhole);
  return absl::OkStatus();
}

absl::Status OperatorAnswers::ListAudit(const v1::ListAuditRequest& request, v1::ListAuditResponse* response) const {
  store::AuditQuery query{.cluster = request.cluster()};
  query.page_size = request.page_size();
  query.page_token = request.page_token();
  if (request.has_since()) {
    query.since = absl::FromUnixSeconds(request.since().seconds()) + absl::Nanoseconds(request.since().nanos());
  }
  const absl::StatusOr<store::AuditPage> page = store_->ListAudit(query);
  if (!page.ok()) {
    return page.status();
  }
  for (const store::AuditEntry& entry : page->entries) {
    *response->add_entries() = EntryOf(entry);
  }
  response->set_next_page_token(page->next_page_token);
  const bool none = response->entries().empty() && request.page_token().empty();
  return none ? CheckCluster(request.cluster()) : absl::OkStatus();
}

absl::Status OperatorAnswers::GetDiff(const v1::GetDiffRequest& request, v1::GetDiffResponse* response) const {
  const absl::StatusOr<ViewAnswer> view = LookAt(loop_, request.cluster());
  if (!view.ok()) {
    return view.status();
  }
  for (const core::ClusterView& cluster : view->clusters) {
    for (const core::ConfigDifference& difference : DifferencesIn(cluster)) {
      *response->add_differences() = wire::ToProto(difference, cluster.name);
    }
  }
  return absl::OkStatus();
}

absl::Status OperatorAnswers::Demote(const v1::DemoteRequest& request, const std::string& who,
                                     v1::DemoteResponse* response) {
  const absl::StatusOr<IpAddress> vip = VipOf(request.vip());
  if (!vip.ok()) {
    return vip.status();
  }
  core::OperatorDemote event;
  event.cluster = request.cluster();
  event.node = request.node();
  event.vip = *vip;
  event.who = who;
  event.reason = request.reason();
  const absl::StatusOr<core::OperatorAnswer> answer = loop_->Ask(event);
  if (answer.ok()) {
    response->set_incident(answer->incident);
    response->set_survivor(answer->survivor);
  }
  return Record({who, "demote", request.cluster(), request.node(), vip->ToString(), request.reason()}, answer);
}

absl::Status OperatorAnswers::Release(const v1::ReleaseRequest& request, const std::string& who,
                                      v1::ReleaseResponse* /*response*/) {
  const absl::StatusOr<IpAddress> vip = VipOf(request.vip());
  if (!vip.ok()) {
    return vip.status();
  }
  core::OperatorRelease event;
  event.cluster = request.cluster();
  event.node = request.node();
  event.vip = *vip;
  event.who = who;
  event.reason = request.reason();
  return Record({who, "release", request.cluster(), request.node(), vip->ToString(), request.reason()},
                loop_->Ask(event));
}

absl::Status OperatorAnswers::Forget(const v1::ForgetRequest& request, const std::string& who,
                                     v1::ForgetResponse* response) {
  if (request.node().empty()) {
    return absl::InvalidArgumentError("node: must be named");
  }
  core::OperatorForget event;
  event.cluster = request.cluster();
  event.node = request.node();
  event.who = who;
  event.reason = request.reason();
  const absl::StatusOr<core::OperatorAnswer> answer = loop_->Ask(event);
  if (answer.ok()) {
    response->set_known(answer->known);
  }
  return Record({who, "forget", request.cluster(), request.node(), "", request.reason()}, answer);
}

absl::Status OperatorAnswers::SetMode(const v1::SetModeRequest& request, const std::string& who,
                                      v1::SetModeResponse* response) {
  const auto mode = codec::FromProto(request.mode());
  if (!mode.has_value()) {
    return absl::InvalidArgumentError("mode: must be MODE_OBSERVE or MODE_ENFORCE");
  }
  core::OperatorSetMode event;
  event.cluster = request.cluster();
  event.mode = *mode;
  event.who = who;
  if (request.has_for_()) {
    codec::FieldReader reader("", {}, {});
    event.for_time = reader.Length("for", request.for_());
    if (!reader.ok() || *event.for_time == core::Duration::zero()) {
      return absl::InvalidArgumentError("for: must be longer than nothing and at most ten years");
    }
  }
  const absl::StatusOr<core::OperatorAnswer> answer = loop_->Ask(event);
  if (answer.ok()) {
    response->mutable_clusters()->Assign(answer->clusters.begin(), answer->clusters.end());
  }
  const absl::string_view name = *mode == core::Mode::kObserve ? "observe" : "enforce";
  const std::string until = event.for_time.has_value() ? absl::StrCat(" for ", FormatDuration(*event.for_time)) : "";
  return Record({who, absl::StrCat("set mode ", name, until), request.cluster(), "", "", ""}, answer);
}

absl::Status OperatorAnswers::Record(const Action& action, const absl::StatusOr<core::OperatorAnswer>& answer) {
  const absl::Status status = answer.ok() ? StatusOf(*answer) : answer.status();
  const std::string outcome = status.ok() ? "done" : absl::StrCat("refused: ", status.message());
  store::AuditEntry entry;
  entry.at = absl::Now();
  entry.who = action.who;
  entry.what = absl::StrCat(action.what, " (", outcome, ")", action.reason.empty() ? "" : ": ",
                            CutText(action.reason, kMostReason));
  entry.cluster = action.cluster;
  entry.node = action.node;
  entry.vip = action.vip;
  entry.incident = answer.ok() ? answer->incident : core::IncidentId();
  entry.term = loop_->term();
  loop_->Audit(std::move(entry));
  log_->Info("operator", {{"who", action.who},
                          {"does", action.what},
                          {"cluster", action.cluster},
                          {"node", action.node},
                          {"vip", action.vip},
                          {"reason", action.reason},
                          {"outcome", outcome}});
  return status;
}

}  // namespace arbiter::server
