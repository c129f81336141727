// What the arbiter has been told, and what is new to it.
#ifndef PROBE_REPORT_CHANGE_LOG_H_
#define PROBE_REPORT_CHANGE_LOG_H_

#include <map>
#include <string>

#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/v1/report.pb.h"

namespace probe::report {

// Compares by all that a report says except ages, which grow by themselves. Not thread-safe.
class ChangeLog {
 public:
  // Whether the VIP's report is news; remembers it as told.
  bool TellVip(const arbiter::v1::VipReport& report);
  // Whether the VIP was told of; it is not any more.
  bool Forget(const std::string& vip);
  bool TellNode(const arbiter::v1::NodeReport& report);

  // A new stream knows nothing.
  void Clear();

 private:
  std::map<std::string, std::string> vips_;  // address -> what was told, without ages
  std::string node_;
};

}  // namespace probe::report

#endif  // PROBE_REPORT_CHANGE_LOG_H_
