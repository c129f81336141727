// What is kept of a node's words on VIPs, which grows message by message.
#ifndef ARBITER_SERVER_KEPT_REPORTS_H_
#define ARBITER_SERVER_KEPT_REPORTS_H_

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/v1/report.pb.h"
#include "google/protobuf/repeated_field.h"
#include "proto/value/ip_address.h"

namespace arbiter::server {

// Counts as the core keeps: each VIP's newest report, with its part of what the message had in common for several. Not
// thread-safe.
class KeptReports {
 public:
  using Messages = google::protobuf::RepeatedPtrField<v1::VipReport>;
  struct Limits {
    std::size_t vips = 20'000;
    std::size_t bytes = 64U * 1024 * 1024;  // as they were sent
  };

  explicit KeptReports(const Limits& limits) : limits_(limits) {}

  // Reports of one message, `reports` as they were read from `messages`. ResourceExhausted where more would be kept
  // than the limits allow: nothing that it says must reach the core then.
  [[nodiscard]] absl::Status Take(const std::vector<core::VipReport>& reports, const Messages& messages,
                                  const Messages& shared);
  void Forget(const std::vector<IpAddress>& vips);

  [[nodiscard]] std::size_t vips() const { return bytes_of_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const Limits limits_;
  absl::flat_hash_map<IpAddress, std::size_t> bytes_of_;
  std::size_t bytes_ = 0;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_KEPT_REPORTS_H_
