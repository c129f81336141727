#include "arbiter/server/kept_reports.h"

#include "absl/strings/str_cat.h"

namespace arbiter::server {

absl::Status KeptReports::Take(const std::vector<core::VipReport>& reports, const Messages& messages,
                               const Messages& shared) {
  std::vector<std::size_t> users(static_cast<std::size_t>(shared.size()));
  for (const v1::VipReport& message : messages) {
    if (message.shared() != 0) ++users[message.shared() - 1];
  }
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const v1::VipReport& message = messages.Get(static_cast<int>(i));
    std::size_t bytes = message.ByteSizeLong();
    if (message.shared() != 0) {
      const v1::VipReport& common = shared.Get(static_cast<int>(message.shared()) - 1);
      bytes += common.ByteSizeLong() / users[message.shared() - 1] + 1;
    }
    std::size_t& kept = bytes_of_[reports[i].vip];
    bytes_ += bytes - kept;
    kept = bytes;
  }
  if (vips() > limits_.vips) {
    return absl::ResourceExhaustedError(
        absl::StrCat("it has told of ", vips(), " VIPs, of a node at most ", limits_.vips, " are kept"));
  }
  if (bytes() > limits_.bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("what it has told of its ", vips(), " VIPs comes to ", bytes(),
                                                     " bytes, of a node at most ", limits_.bytes, " are kept"));
  }
  return absl::OkStatus();
}

void KeptReports::Forget(const std::vector<IpAddress>& vips) {
  for (const IpAddress& vip : vips) {
    const auto found = bytes_of_.find(vip);
    if (found == bytes_of_.end()) continue;
    bytes_ -= found->second;
    bytes_of_.erase(found);
  }
}

}  // namespace arbiter::server
