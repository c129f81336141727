// Values as the messages of proto/arbiter/v1/report.proto have them.
#ifndef PROBE_REPORT_TO_PROTO_H_
#define PROBE_REPORT_TO_PROTO_H_

#include "arbiter/v1/report.pb.h"
#include "probe/hold/hold_store.h"
#include "probe/report/facts.h"
#include "proto/codec/enums.h"
#include "proto/codec/report.h"
#include "proto/codec/time.h"
#include "proto/value/instant.h"

namespace probe::report {

using arbiter::codec::ToProto;

arbiter::v1::HeardRouter ToProto(const RouterAdverts& heard, const arbiter::IpAddress& vip);
arbiter::v1::LocalHold ToProto(const hold::HoldRecord& hold, hold::BootTime boot_now);
}  // namespace probe::report

#endif  // PROBE_REPORT_TO_PROTO_H_
