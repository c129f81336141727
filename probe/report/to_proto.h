// Values as the messages of proto/arbiter/v1/report.proto have them.
#ifndef PROBE_REPORT_TO_PROTO_H_
#define PROBE_REPORT_TO_PROTO_H_

#include <optional>

#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/v1/report.pb.h"
#include "google/protobuf/duration.pb.h"
#include "probe/hold/directive.h"
#include "probe/hold/hold_store.h"
#include "probe/hold/vip_state.h"
#include "probe/report/facts.h"

namespace probe::report {

google::protobuf::Duration ToProto(Duration duration);
// Of what no sender of ours means: nothing for less than nothing, and ten years for more, so that sums with it are
// times.
Duration FromProto(const google::protobuf::Duration& duration);
arbiter::v1::GateState ToProto(hold::GateState state);
arbiter::v1::DaemonState ToProto(hold::DaemonState state);
arbiter::v1::RungKind ToProto(hold::RungKind kind);
// nullopt for one that this probe does not know.
std::optional<hold::RungKind> FromProto(arbiter::v1::RungKind kind);
arbiter::v1::HeardRouter ToProto(const RouterAdverts& heard, const arbiter::IpAddress& vip);
arbiter::v1::LocalHold ToProto(const hold::HoldRecord& hold, hold::BootTime boot_now);
arbiter::v1::DirectiveOutcome ToProto(hold::Outcome outcome);
// Without the VIPs' reports, which the caller has.
arbiter::v1::DirectiveResult ToProto(const hold::DirectiveResult& result);

// InvalidArgument names the field that is missing or cannot be read.
absl::StatusOr<hold::Directive> ReadDirective(const arbiter::v1::Directive& message);

}  // namespace probe::report

#endif  // PROBE_REPORT_TO_PROTO_H_
