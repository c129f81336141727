#include "probe/report/change_log.h"

#include <utility>

namespace probe::report {
namespace {

using Common = std::shared_ptr<const arbiter::v1::VipReport>;

bool Same(const Common& a, const Common& b) {
  return a == b || (a != nullptr && b != nullptr && BytesOf(*a) == BytesOf(*b));
}

}  // namespace

bool ChangeLog::TellVip(const ReportParts& report) {
  arbiter::v1::VipReport ageless = report.own;
  ageless.clear_configured_for();
  ageless.clear_gate_shut_for();
  std::string own = BytesOf(ageless);
  Told& told = vips_[report.own.address()];
  if (told.own == own && Same(told.common, report.common)) return false;
  told = {std::move(own), report.common};
  return true;
}

bool ChangeLog::Forget(const std::string& vip) { return vips_.erase(vip) > 0; }

bool ChangeLog::TellNode(const arbiter::v1::NodeReport& report) {
  std::string bytes = BytesOf(report);
  if (bytes == node_) return false;
  node_ = std::move(bytes);
  return true;
}

void ChangeLog::Clear() {
  vips_.clear();
  node_.clear();
}

}  // namespace probe::report
