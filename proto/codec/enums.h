// The closed sets of the contract, both ways. Each switch has no default, so that the compiler lists what a new member
// breaks.
#ifndef PROTO_CODEC_ENUMS_H_
#define PROTO_CODEC_ENUMS_H_

#include <optional>

#include "arbiter/v1/operations_service.pb.h"
#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/v1/report.pb.h"
#include "proto/model/cause.h"
#include "proto/model/directive.h"
#include "proto/model/report.h"
#include "proto/model/rung.h"
#include "proto/model/states.h"

namespace arbiter::codec {

[[nodiscard]] v1::GateState ToProto(model::GateState value);
[[nodiscard]] v1::DaemonState ToProto(model::DaemonState value);
[[nodiscard]] v1::RungKind ToProto(model::RungKind value);
[[nodiscard]] v1::FilterKind ToProto(model::FilterKind value);
[[nodiscard]] v1::HindranceKind ToProto(model::HindranceKind value);
[[nodiscard]] v1::DirectiveOutcome ToProto(model::Outcome value);
[[nodiscard]] v1::Mode ToProto(model::Mode value);
[[nodiscard]] v1::NodeState ToProto(model::NodeState value);
[[nodiscard]] v1::VipState ToProto(model::VipState value);
[[nodiscard]] v1::IncidentState ToProto(model::IncidentState value);
[[nodiscard]] v1::Cause ToProto(model::Cause value);

// nullopt for a value that is unspecified, or newer than we are.
[[nodiscard]] std::optional<model::GateState> FromProto(v1::GateState value);
[[nodiscard]] std::optional<model::DaemonState> FromProto(v1::DaemonState value);
[[nodiscard]] std::optional<model::RungKind> FromProto(v1::RungKind value);
[[nodiscard]] std::optional<model::FilterKind> FromProto(v1::FilterKind value);
[[nodiscard]] std::optional<model::HindranceKind> FromProto(v1::HindranceKind value);
[[nodiscard]] std::optional<model::Outcome> FromProto(v1::DirectiveOutcome value);
[[nodiscard]] std::optional<model::Mode> FromProto(v1::Mode value);
[[nodiscard]] std::optional<model::NodeState> FromProto(v1::NodeState value);
[[nodiscard]] std::optional<model::VipState> FromProto(v1::VipState value);
[[nodiscard]] std::optional<model::IncidentState> FromProto(v1::IncidentState value);
[[nodiscard]] std::optional<model::Cause> FromProto(v1::Cause value);

}  // namespace arbiter::codec

#endif  // PROTO_CODEC_ENUMS_H_
