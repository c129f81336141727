// The contract's values (proto/model) by their short names, as the core speaks of them.
#ifndef ARBITER_CORE_VOCABULARY_H_
#define ARBITER_CORE_VOCABULARY_H_

#include "proto/model/cause.h"
#include "proto/model/directive.h"
#include "proto/model/fence.h"
#include "proto/model/report.h"
#include "proto/model/rung.h"
#include "proto/model/states.h"
#include "proto/value/instant.h"

namespace arbiter::core {

using arbiter::Duration;
using arbiter::Instant;

using model::Action;
using model::AdvertFilter;
using model::Announce;
using model::Cause;
using model::CauseName;
using model::DaemonState;
using model::DirectiveResult;
using model::EndTrial;
using model::Fence;
using model::FilterKind;
using model::ForeignRouter;
using model::GateState;
using model::HeardRouter;
using model::Hindrance;
using model::HindranceKind;
using model::IncidentState;
using model::InstanceConfig;
using model::LocalHold;
using model::Mode;
using model::NodeReport;
using model::NodeState;
using model::OrderHold;
using model::Outcome;
using model::Reach;
using model::Release;
using model::Rung;
using model::RungKind;
using model::RungResult;
using model::ShutForAWhile;
using model::StartTrial;
using model::VipOutcome;
using model::VipReport;
using model::VipState;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_VOCABULARY_H_
