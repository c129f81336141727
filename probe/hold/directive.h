// Directives and what became of them, as the node's side speaks of them.
#ifndef PROBE_HOLD_DIRECTIVE_H_
#define PROBE_HOLD_DIRECTIVE_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "proto/model/directive.h"
#include "proto/model/fence.h"
#include "proto/model/rung.h"
#include "proto/model/states.h"
#include "proto/value/instant.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

using arbiter::BootTime;
using arbiter::Duration;
using arbiter::Instant;
using Vips = absl::Span<const arbiter::IpAddress>;

// The contract's values (proto/model) by their short names.
using arbiter::model::Action;
using arbiter::model::Announce;
using arbiter::model::DaemonState;
using arbiter::model::Directive;
using arbiter::model::DirectiveResult;
using arbiter::model::EndTrial;
using arbiter::model::Fence;
using arbiter::model::GateState;
using arbiter::model::IsShut;
using arbiter::model::NameOf;
using arbiter::model::OrderHold;
using arbiter::model::Outcome;
using arbiter::model::Release;
using arbiter::model::Rung;
using arbiter::model::RungKind;
using arbiter::model::RungResult;
using arbiter::model::ShutForAWhile;
using arbiter::model::StartTrial;
using arbiter::model::VipOutcome;

// One answer out of what became of each VIP, in their order: done where any is done, else failed where any failed; the
// others are its exceptions.
[[nodiscard]] DirectiveResult Fold(const Fence& fence, const std::vector<VipOutcome>& outcomes);

// The VIPs for a line of a log: "10.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1 ... 10.0.0.9 (9 VIPs)".
[[nodiscard]] std::string Listed(Vips vips);

}  // namespace probe::hold

#endif  // PROBE_HOLD_DIRECTIVE_H_
