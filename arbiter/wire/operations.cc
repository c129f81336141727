#include "arbiter/wire/operations.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "proto/codec/enums.h"
#include "proto/codec/report.h"
#include "proto/codec/time.h"

namespace arbiter::wire {

using codec::AddVipReports;
using codec::AgeToProto;
using codec::ToProto;

namespace {

v1::NodeStatus NodeStatusOf(const core::NodeView& view, Instant now) {
  v1::NodeStatus message;
  message.set_id(view.node);
  message.set_state(ToProto(view.state));
  *message.mutable_last_report_age() = AgeToProto(view.last_heard, now);
  message.set_probe_version(view.probe_version);
  message.set_address(view.peer);
  return message;
}

v1::HolderStatus HolderOf(const core::HolderView& view, Instant now) {
  v1::HolderStatus message;
  message.set_node(view.node);
  message.set_interface(view.report.interface);
  message.set_vrid(view.report.vrid.value_or(0));
  message.set_priority(view.report.priority.value_or(0));
  message.set_advertising(view.report.advertises);
  *message.mutable_held_for() = AgeToProto(view.report.configured_since, now);
  message.set_daemon(ToProto(view.report.daemon));
  return message;
}

v1::HeldBackStatus HeldBackOf(const core::HeldBackView& view, Instant now) {
  v1::HeldBackStatus message;
  message.set_node(view.hold.node);
  *message.mutable_since() = AgeToProto(view.hold.since, now);
  message.set_reason(view.hold.reason);
  message.set_incident(view.incident);
  message.mutable_gate()->set_shut(view.gate_shut);
  message.mutable_gate()->set_reason(view.gate_reason);
  message.set_configured(view.configured);
  message.set_trial(view.trial);
  message.set_note(view.note);
  return message;
}

v1::VipStatus VipStatusOf(const core::VipView& view, Instant now) {
  v1::VipStatus message;
  message.set_address(view.vip.ToString());
  message.set_state(ToProto(view.state));
  for (const core::HolderView& holder : view.holders) {
    *message.add_holders() = HolderOf(holder, now);
  }
  for (const core::HeldBackView& held_back : view.held_back) {
    *message.add_held_back() = HeldBackOf(held_back, now);
  }
  message.set_incident(view.incident);
  *message.mutable_since() = AgeToProto(view.since, now);
  message.set_advice(view.advice);
  for (const core::Cause cause : view.causes) {
    message.add_causes(ToProto(cause));
  }
  for (const core::Obstacle& obstacle : view.obstacles) {
    v1::Obstacle* entry = message.add_obstacles();
    entry->set_node(obstacle.node);
    entry->set_evidence(obstacle.evidence);
    entry->set_repair(obstacle.repair);
  }
  message.set_no_standby(view.no_standby);
  message.set_note(view.note);
  return message;
}

void SetTimes(const IncidentTimes& times, v1::Incident* message) {
  *message->mutable_opened_at() = ToProto(times.opened);
  if (times.confirmed.has_value()) {
    *message->mutable_confirmed_at() = ToProto(*times.confirmed);
  }
  if (times.healed.has_value()) {
    *message->mutable_healed_at() = ToProto(*times.healed);
  }
  if (times.closed.has_value()) {
    *message->mutable_closed_at() = ToProto(*times.closed);
  }
}

// Each advice once, in the order of the causes; what has ended needs none.
void SetEvidence(const core::IncidentRecord& record, const IncidentTimes& times, v1::Incident* message) {
  for (std::size_t i = 0; i < record.causes.size(); ++i) {
    const core::CauseEvidence& evidence = record.causes[i];
    v1::CauseEvidence* entry = message->add_evidence();
    entry->set_cause(ToProto(evidence.cause));
    entry->set_evidence(evidence.evidence);
    entry->set_advice(evidence.advice);
    if (evidence.ended.has_value()) {
      if (i < times.ended.size() && times.ended[i].has_value()) *entry->mutable_ended_at() = ToProto(*times.ended[i]);
      continue;
    }
    const auto& known = message->advice();
    if (!evidence.advice.empty() && std::find(known.begin(), known.end(), evidence.advice) == known.end()) {
      message->add_advice(evidence.advice);
    }
  }
}

}  // namespace

v1::ClusterStatus ToProto(const core::ClusterView& view, Instant now) {
  v1::ClusterStatus message;
  message.set_name(view.name);
  message.set_mode(ToProto(view.mode));
  if (view.mode_until.has_value()) {
    *message.mutable_mode_for() = AgeToProto(now, *view.mode_until);
  }
  for (const core::NodeView& node : view.nodes) {
    *message.add_nodes() = NodeStatusOf(node, now);
  }
  for (const core::VipView& vip : view.vips) {
    *message.add_vips() = VipStatusOf(vip, now);
  }
  for (const std::string& warning : view.warnings) {
    message.add_warnings(warning);
  }
  message.set_healthy_contests(view.healthy_contests);
  return message;
}

v1::NodeDetail ToProto(const core::NodeView& view, const std::string& cluster, Instant now) {
  v1::NodeDetail message;
  message.set_cluster(cluster);
  *message.mutable_status() = NodeStatusOf(view, now);
  *message.mutable_report() = ToProto(view.report);
  AddVipReports(view.vips, now, message.mutable_vips(), message.mutable_shared());
  for (const core::LocalHold& hold : view.holds) {
    *message.add_holds() = ToProto(hold, now);
  }
  return message;
}

IncidentTimes TimesOf(const core::IncidentRecord& record, const ClockPair& clocks) {
  const auto wall_of = [&clocks](const std::optional<Instant>& instant) -> std::optional<absl::Time> {
    if (!instant.has_value()) {
      return std::nullopt;
    }
    return clocks.WallOf(*instant);
  };
  IncidentTimes times{.opened = clocks.WallOf(record.opened),
                      .confirmed = wall_of(record.confirmed),
                      .healed = wall_of(record.healed),
                      .closed = wall_of(record.closed),
                      .timeline = {}};
  times.timeline.reserve(record.timeline.size());
  for (const core::TimelineEntry& entry : record.timeline) {
    times.timeline.push_back(clocks.WallOf(entry.at));
  }
  for (const core::CauseEvidence& cause : record.causes) times.ended.push_back(wall_of(cause.ended));
  return times;
}

v1::Incident ToProto(const core::IncidentRecord& record, const IncidentTimes& times, IncidentDetail detail) {
  v1::Incident message;
  message.set_id(record.id);
  message.set_cluster(record.cluster);
  message.set_vip(record.vips.front().ToString());
  for (const IpAddress& vip : record.vips) {
    message.add_vips(vip.ToString());
  }
  message.set_state(ToProto(record.state));
  for (const core::CauseEvidence& evidence : record.causes) {
    message.add_causes(ToProto(evidence.cause));
  }
  message.set_survivor(record.survivor);
  for (const std::string& node : record.demoted) {
    message.add_demoted(node);
  }
  SetTimes(times, &message);
  *message.mutable_dual_hold() = ToProto(record.dual_hold);
  message.set_mode(record.enforced ? v1::MODE_ENFORCE : v1::MODE_OBSERVE);
  message.set_note(record.note);
  if (detail == IncidentDetail::kSummary) {
    return message;
  }
  SetEvidence(record, times, &message);
  for (std::size_t i = 0; i < record.timeline.size() && i < times.timeline.size(); ++i) {
    v1::TimelineEntry* entry = message.add_timeline();
    *entry->mutable_at() = ToProto(times.timeline[i]);
    entry->set_text(record.timeline[i].text);
  }
  return message;
}

v1::Event ToProto(const core::Note& note, absl::Time at) {
  v1::Event message;
  *message.mutable_at() = ToProto(at);
  message.set_cluster(note.cluster);
  message.set_vip(note.vip.has_value() ? note.vip->ToString() : std::string());
  message.set_node(note.node);
  message.set_incident(note.incident);
  message.set_kind(note.kind);
  message.set_text(note.text);
  return message;
}

v1::ConfigDifference ToProto(const core::ConfigDifference& difference, const std::string& cluster) {
  v1::ConfigDifference message;
  message.set_cluster(cluster);
  message.set_virtual_router(difference.virtual_router);
  message.set_key(difference.key);
  message.set_fault(difference.fault);
  for (const core::ValueOnNode& value : difference.values) {
    v1::NodeValue* entry = message.add_values();
    entry->set_node(value.node);
    entry->set_value(value.value);
    entry->set_origin(value.origin);
  }
  message.set_advice(difference.advice);
  return message;
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  const std::int64_t seconds = absl::ToUnixSeconds(time);  // rounds towards the infinite past
  google::protobuf::Timestamp message;
  message.set_seconds(seconds);
  message.set_nanos(static_cast<std::int32_t>(std::clamp<std::int64_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds)), 0, kNanosPerSecond - 1)));
  return message;
}

}  // namespace arbiter::wire
