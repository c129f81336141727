// What nodes say of themselves, both ways: from a probe into the core, and from the core to operators.
#ifndef PROTO_CODEC_REPORT_H_
#define PROTO_CODEC_REPORT_H_

#include <vector>

#include "arbiter/v1/report.pb.h"
#include "google/protobuf/repeated_field.h"
#include "proto/codec/field_reader.h"
#include "proto/model/report.h"
#include "proto/value/instant.h"

namespace arbiter::codec {

// Each reads one message; what is wrong with it stands in the reader afterwards, and the value is then of no use.
model::VipReport ReadVipReport(const v1::VipReport& message, FieldReader* reader);

// What the VIPs of one message have in common (VipReport.shared), read once: the lists in it stand in memory once.
class SharedReports {
 public:
  using Messages = google::protobuf::RepeatedPtrField<v1::VipReport>;

  SharedReports(const Messages& shared, FieldReader* reader);

  // The report with what it leaves out.
  model::VipReport Read(const v1::VipReport& message, FieldReader* reader) const;

 private:
  std::vector<model::VipReport> common_;
};

// Also refuses one VIP that stands twice, and more VIPs than the limit.
std::vector<model::VipReport> ReadVipReports(const SharedReports::Messages& messages,
                                             const SharedReports::Messages& shared, FieldReader* reader);
model::NodeReport ReadNodeReport(const v1::NodeReport& message, FieldReader* reader);
std::vector<model::LocalHold> ReadLocalHolds(const google::protobuf::RepeatedPtrField<v1::LocalHold>& messages,
                                             FieldReader* reader);

// Ages count back from `now`.
v1::VipReport ToProto(const model::VipReport& report, Instant now);
// Lists that are long stand in `shared` once, as in a Snapshot: what a node says of thousands of VIPs of one instance
// would grow as their square.
void AddVipReports(const std::vector<model::VipReport>& reports, Instant now,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* vips,
                   google::protobuf::RepeatedPtrField<v1::VipReport>* shared);
v1::NodeReport ToProto(const model::NodeReport& report);
v1::HeardRouter ToProto(const model::HeardRouter& heard);
v1::Hindrance ToProto(const model::Hindrance& hindrance);
v1::InstanceConfig ToProto(const model::InstanceConfig& instance);
v1::Rung ToProto(const model::Rung& rung);
v1::LocalHold ToProto(const model::LocalHold& hold, Instant now);

}  // namespace arbiter::codec

#endif  // PROTO_CODEC_REPORT_H_
