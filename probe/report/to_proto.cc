#include "probe/report/to_proto.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace probe::report {

google::protobuf::Duration ToProto(Duration duration) {
  google::protobuf::Duration message;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  message.set_seconds(seconds.count());
  message.set_nanos(static_cast<std::int32_t>((duration - seconds).count()));
  return message;
}

Duration FromProto(const google::protobuf::Duration& duration) {
  constexpr std::chrono::seconds kMost = std::chrono::hours(24 * 3660);
  const std::chrono::seconds seconds(std::clamp<std::int64_t>(duration.seconds(), -1, kMost.count()));
  return std::clamp<Duration>(seconds + std::chrono::nanoseconds(duration.nanos()), Duration::zero(), kMost);
}

arbiter::v1::GateState ToProto(hold::GateState state) {
  switch (state) {
    case hold::GateState::kOpen:
      return arbiter::v1::GATE_STATE_OPEN;
    case hold::GateState::kShut:
      return arbiter::v1::GATE_STATE_SHUT;
    case hold::GateState::kShutForAWhile:
      return arbiter::v1::GATE_STATE_SHUT_FOR_A_WHILE;
    case hold::GateState::kAdvertsOnly:
      return arbiter::v1::GATE_STATE_ADVERTS_ONLY;
    case hold::GateState::kUnavailable:
      return arbiter::v1::GATE_STATE_UNAVAILABLE;
  }
  return arbiter::v1::GATE_STATE_UNSPECIFIED;
}

arbiter::v1::DaemonState ToProto(hold::DaemonState state) {
  switch (state) {
    case hold::DaemonState::kRunning:
      return arbiter::v1::DAEMON_STATE_RUNNING;
    case hold::DaemonState::kFrozen:
      return arbiter::v1::DAEMON_STATE_FROZEN;
    case hold::DaemonState::kGone:
      return arbiter::v1::DAEMON_STATE_GONE;
    case hold::DaemonState::kUnknown:
      return arbiter::v1::DAEMON_STATE_UNKNOWN;
  }
  return arbiter::v1::DAEMON_STATE_UNSPECIFIED;
}

arbiter::v1::RungKind ToProto(hold::RungKind kind) {
  switch (kind) {
    case hold::RungKind::kGate:
      return arbiter::v1::RUNG_KIND_GATE;
    case hold::RungKind::kTrackFile:
      return arbiter::v1::RUNG_KIND_TRACK_FILE;
    case hold::RungKind::kRemoveAddress:
      return arbiter::v1::RUNG_KIND_REMOVE_ADDRESS;
    case hold::RungKind::kStopDaemon:
      return arbiter::v1::RUNG_KIND_STOP_DAEMON;
    case hold::RungKind::kExec:
      return arbiter::v1::RUNG_KIND_EXEC;
  }
  return arbiter::v1::RUNG_KIND_UNSPECIFIED;
}

std::optional<hold::RungKind> FromProto(arbiter::v1::RungKind kind) {
  for (const hold::RungKind known : {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress,
                                     hold::RungKind::kStopDaemon, hold::RungKind::kExec}) {
    if (ToProto(known) == kind) return known;
  }
  return std::nullopt;
}

arbiter::v1::HeardRouter ToProto(const RouterAdverts& heard, const arbiter::IpAddress& vip) {
  arbiter::v1::HeardRouter message;
  message.set_source(heard.source.ToString());
  message.set_vrid(heard.router.vrid);
  message.set_priority(heard.priority);
  message.set_version(heard.version);
  message.set_on_wire(heard.on_wire);
  message.set_delivered(heard.delivered);
  message.set_names_vip(std::find(heard.addresses.begin(), heard.addresses.end(), vip) != heard.addresses.end());
  for (const arbiter::IpAddress& address : heard.addresses) message.add_addresses(address.ToString());
  for (const std::string& defect : heard.defects) message.add_defects(defect);
  if (heard.checksum_not_taken) {
    message.add_defects(absl::StrCat("checksum ", heard.checksum_habit,
                                     ", and keepalived there has adapted itself to `old_unicast_checksum`"));
    message.set_drop_repair("start keepalived again");
  }
  message.set_auth_type(heard.auth_type);
  *message.mutable_advert_interval() = ToProto(heard.interval);
  message.set_destination(heard.destination.ToString());
  message.set_checksum_habit(heard.checksum_habit);
  return message;
}

arbiter::v1::LocalHold ToProto(const hold::HoldRecord& hold, hold::BootTime boot_now) {
  arbiter::v1::LocalHold message;
  message.set_vip(hold.vip.ToString());
  message.set_incident(hold.incident);
  message.set_survivor(hold.survivor);
  message.set_reason(hold.reason);
  *message.mutable_held_for() = ToProto(std::max(boot_now - hold.since, hold::BootTime(0)));
  message.set_term(hold.fence.term);
  for (const arbiter::IpAddress& address : hold.survivor_addresses) {
    message.add_survivor_addresses(address.ToString());
  }
  message.set_survivor_vrid(hold.survivor_vrid);
  return message;
}

arbiter::v1::DirectiveOutcome ToProto(hold::Outcome outcome) {
  switch (outcome) {
    case hold::Outcome::kDone:
      return arbiter::v1::DIRECTIVE_OUTCOME_DONE;
    case hold::Outcome::kRefused:
      return arbiter::v1::DIRECTIVE_OUTCOME_REFUSED;
    case hold::Outcome::kFailed:
      return arbiter::v1::DIRECTIVE_OUTCOME_FAILED;
  }
  return arbiter::v1::DIRECTIVE_OUTCOME_UNSPECIFIED;
}

arbiter::v1::DirectiveResult ToProto(const hold::DirectiveResult& result) {
  arbiter::v1::DirectiveResult message;
  message.set_term(result.fence.term);
  message.set_sequence(result.fence.sequence);
  message.set_outcome(ToProto(result.outcome));
  message.set_detail(result.detail);
  for (const hold::RungResult& rung : result.rungs) {
    arbiter::v1::RungResult* into = message.add_rungs();
    into->set_kind(ToProto(rung.kind));
    into->set_worked(rung.worked);
    into->set_detail(rung.detail);
    *into->mutable_took() = ToProto(rung.took);
  }
  for (const hold::VipOutcome& exception : result.exceptions) {
    arbiter::v1::VipOutcome* into = message.add_exceptions();
    into->set_vip(exception.vip.ToString());
    into->set_outcome(ToProto(exception.outcome));
    into->set_detail(exception.detail);
  }
  return message;
}

}  // namespace probe::report
