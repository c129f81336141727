// The contract's values in words that people read.
#ifndef ARBITER_CTL_WORDS_H_
#define ARBITER_CTL_WORDS_H_

#include <string>

#include "absl/time/time.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// "8.1s". Empty for a duration that the message does not have (`has` false).
std::string Age(const google::protobuf::Duration& duration);

// "2025-10-09 08:53:20" in `zone`; "" for a time that is not set.
std::string Moment(const google::protobuf::Timestamp& time, absl::TimeZone zone);

// The name without its prefix. A number that this arbctl does not know is shown as a number, such as "STATE 9": the
// arbiter is newer.
std::string Word(v1::VipState state);
std::string Word(v1::NodeState state);
std::string Word(v1::IncidentState state);
std::string Word(v1::Mode mode);
std::string Word(v1::Cause cause);
std::string Word(v1::DaemonState state);
std::string Word(v1::RungKind kind);

// How serious it is for who reads it.
Paint PaintOf(v1::VipState state);
Paint PaintOf(v1::NodeState state);
Paint PaintOf(v1::IncidentState state);

// Why the other nodes could not serve it: "a and b: eth0 has no carrier: look at ...; c: ...", each thing said once;
// the repairs only where they are asked for.
std::string ObstaclesText(const v1::VipStatus& vip, bool with_repairs);

// "1 node", "3 nodes".
std::string Count(long number, absl::string_view one, absl::string_view many);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_WORDS_H_
