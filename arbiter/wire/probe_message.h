// What a probe sends, as events of the core. Every function either gives the whole event or a status that names node
// and field: InvalidArgument for what no probe may send, ResourceExhausted for too much of it.
#ifndef ARBITER_WIRE_PROBE_MESSAGE_H_
#define ARBITER_WIRE_PROBE_MESSAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/core/event.h"
#include "arbiter/v1/probe_service.pb.h"
#include "proto/codec/field_reader.h"
#include "proto/value/ip_address.h"

namespace arbiter::wire {

// Who sent a message, and when it came.
struct Sender {
  core::NodeKey node;
  Instant received{};
  codec::ReportLimits limits;
};

// The node that a Hello names. Names are 1 to 253 letters, digits and ._:@+- each.
absl::StatusOr<core::NodeKey> ReadNodeKey(const v1::Hello& hello);

// `hello` and `peer` complete what a snapshot says.
absl::StatusOr<core::NodeAttached> ReadSnapshot(const v1::Snapshot& snapshot, const v1::Hello& hello,
                                                const std::string& peer, const Sender& sender);
absl::StatusOr<core::NodeChanged> ReadChange(const v1::Change& change, const Sender& sender);
absl::StatusOr<core::Affirmed> ReadAffirmation(const v1::Affirmation& affirmation, const Sender& sender);

// `sent_for`, by address, are the VIPs that the directive was for, where that is still known; else the reports in the
// result name them. A report of another VIP is refused, and so is a result that does not tell its VIPs at all.
absl::StatusOr<core::DirectiveDone> ReadResult(const v1::DirectiveResult& result,
                                               const std::vector<IpAddress>& sent_for, const Sender& sender);

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_PROBE_MESSAGE_H_
