// Reports of VIPs in two parts: what is the VIP's alone, and what it has in common with others of its instance, which a
// message says once (VipReport.shared). What a node with thousands of VIPs says then grows as their number does, and
// not as its square.
#ifndef PROBE_REPORT_COMPACT_H_
#define PROBE_REPORT_COMPACT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "arbiter/v1/report.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace probe::report {

// The first value of Hello.protocol and Welcome.protocol that knows VipReport.shared.
inline constexpr std::uint32_t kSharedReportsSince = 2;

struct ReportParts {
  // Every field up to `gate_shut_for`, `in_daemon_config`, and of `heard` those who claim the VIP itself.
  arbiter::v1::VipReport own;
  // The fields that `own` leaves out, and what was heard before: the whole is `common` with `own` merged into it. Rungs
  // leave out a scope that is the VIP alone. Never null in a VIP's view. Equal contents are one object where
  // SharedReports made them.
  std::shared_ptr<const arbiter::v1::VipReport> common;

  [[nodiscard]] bool advertises() const { return common != nullptr && common->advertises(); }

  // The report as one that says everything.
  [[nodiscard]] arbiter::v1::VipReport Whole() const;
};

// Keeps what VIPs have in common for as long as somebody refers to it, equal contents once. Not thread-safe.
class SharedReports {
 public:
  std::shared_ptr<const arbiter::v1::VipReport> Keep(arbiter::v1::VipReport common);

 private:
  void DropUnused();

  std::map<std::string, std::weak_ptr<const arbiter::v1::VipReport>> kept_;  // by its bytes
  std::size_t look_again_at_ = 64;
};

// Appends reports to the two lists of one message: in parts for who understands that, else whole.
class ReportWriter {
 public:
  using Reports = google::protobuf::RepeatedPtrField<arbiter::v1::VipReport>;

  // `protocol` is what the receiver said. Both lists must outlive it.
  ReportWriter(std::uint32_t protocol, Reports* vips, Reports* shared);

  void Add(const ReportParts& report) { *vips_->Add() = Form(report); }
  // As Add, for the one report of a message that is in no list.
  [[nodiscard]] arbiter::v1::VipReport Form(const ReportParts& report);

 private:
  const bool in_parts_;
  Reports* const vips_;
  Reports* const shared_;
  // Each is kept, lest another take its address.
  std::map<std::shared_ptr<const arbiter::v1::VipReport>, std::uint32_t> written_;
  std::map<std::string, std::uint32_t> written_bytes_;
};

// The reverse of what ReportWriter wrote: the report with what its entry in `shared` adds. An entry that is not there
// adds nothing.
arbiter::v1::VipReport Expand(const arbiter::v1::VipReport& report, const ReportWriter::Reports& shared);

// Equal messages have equal bytes.
std::string BytesOf(const google::protobuf::Message& message);

}  // namespace probe::report

#endif  // PROBE_REPORT_COMPACT_H_
