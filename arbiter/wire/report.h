// What nodes say of themselves, both ways: from a probe into the core, and from the core to operators.
#ifndef ARBITER_WIRE_REPORT_H_
#define ARBITER_WIRE_REPORT_H_

#include <vector>

#include "arbiter/core/instant.h"
#include "arbiter/core/report.h"
#include "arbiter/v1/report.pb.h"
#include "arbiter/wire/field_reader.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_field.h"

namespace arbiter::wire {

// Each reads one message; what is wrong with it stands in the reader afterwards, and the value is then of no use.
core::VipReport ReadVipReport(const v1::VipReport& message, FieldReader* reader);

// What the VIPs of one message have in common (VipReport.shared), read once: the lists in it stand in memory once.
class SharedReports {
 public:
  using Messages = google::protobuf::RepeatedPtrField<v1::VipReport>;

  SharedReports(const Messages& shared, FieldReader* reader);

  // The report with what it leaves out.
  core::VipReport Read(const v1::VipReport& message, FieldReader* reader) const;

 private:
  std::vector<core::VipReport> common_;
};

// Also refuses one VIP that stands twice, and more VIPs than the limit.
std::vector<core::VipReport> ReadVipReports(const SharedReports::Messages& messages,
                                            const SharedReports::Messages& shared, FieldReader* reader);
core::NodeReport ReadNodeReport(const v1::NodeReport& message, FieldReader* reader);
std::vector<core::LocalHold> ReadLocalHolds(const google::protobuf::RepeatedPtrField<v1::LocalHold>& messages,
                                            FieldReader* reader);

// Ages count back from `now`.
v1::VipReport ToProto(const core::VipReport& report, core::Instant now);
// Lists that are long stand in `shared` once, as in a Snapshot: what a node says of thousands of VIPs of one instance
// would grow as their square.
void AddVipReports(const std::vector<core::VipReport>& reports, core::Instant now,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* vips,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* shared);
v1::NodeReport ToProto(const core::NodeReport& report);
v1::LocalHold ToProto(const core::LocalHold& hold, core::Instant now);

google::protobuf::Duration ToProto(core::Duration duration);
// How long ago `since` was; zero for what lies ahead.
google::protobuf::Duration AgeToProto(core::Instant since, core::Instant now);

}  // namespace arbiter::wire

#endif  // ARBITER_WIRE_REPORT_H_
