// What the arbiter has been told, and what is new to it.
#ifndef PROBE_REPORT_CHANGE_LOG_H_
#define PROBE_REPORT_CHANGE_LOG_H_

#include <map>
#include <memory>
#include <string>

#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/v1/report.pb.h"
#include "probe/report/compact.h"

namespace probe::report {

// Compares by all that a report says except ages, which grow by themselves. Not thread-safe.
class ChangeLog {
 public:
  // Whether the VIP's report is news; remembers it as told.
  bool TellVip(const ReportParts& report);
  bool TellVip(const arbiter::v1::VipReport& whole) { return TellVip(ReportParts{whole, nullptr}); }
  // Whether the VIP was told of; it is not any more.
  bool Forget(const std::string& vip);
  bool TellNode(const arbiter::v1::NodeReport& report);

  // A new stream knows nothing.
  void Clear();

 private:
  struct Told {
    std::string own;  // without ages
    std::shared_ptr<const arbiter::v1::VipReport> common;
  };

  std::map<std::string, Told> vips_;  // by the address
  std::string node_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_CHANGE_LOG_H_
