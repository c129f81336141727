// The way to the arbiter: one channel, a deadline for each question, and errors that say how to mend them.
#ifndef ARBITER_CTL_CONNECTION_H_
#define ARBITER_CTL_CONNECTION_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/ctl/options.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

class Connection {
 public:
  // Connects when the first question is asked. InvalidArgument for a server that cannot be one; FailedPrecondition and
  // the like for what is wrong with the TLS files.
  static absl::StatusOr<Connection> Open(const Options& options);

  Connection(Connection&&) noexcept;
  ~Connection();

  // Each asks one question. The status says what happened, where, and how to mend it.
  absl::StatusOr<v1::GetStatusResponse> Ask(const v1::GetStatusRequest& request) const;
  absl::StatusOr<v1::ListNodesResponse> Ask(const v1::ListNodesRequest& request) const;
  absl::StatusOr<v1::ListIncidentsResponse> Ask(const v1::ListIncidentsRequest& request) const;
  absl::StatusOr<v1::Incident> Ask(const v1::GetIncidentRequest& request) const;
  absl::StatusOr<v1::ListAuditResponse> Ask(const v1::ListAuditRequest& request) const;
  absl::StatusOr<v1::GetDiffResponse> Ask(const v1::GetDiffRequest& request) const;
  absl::StatusOr<v1::DemoteResponse> Ask(const v1::DemoteRequest& request) const;
  absl::StatusOr<v1::ReleaseResponse> Ask(const v1::ReleaseRequest& request) const;
  absl::StatusOr<v1::ForgetResponse> Ask(const v1::ForgetRequest& request) const;
  absl::StatusOr<v1::SetModeResponse> Ask(const v1::SetModeRequest& request) const;

  // Gives one event after the other to `take`, until that says false or there are no more. Without `follow` in the
  // request there is a deadline as for a question.
  absl::Status Watch(const v1::WatchEventsRequest& request, const std::function<bool(const v1::Event&)>& take) const;

 private:
  class Channel;
  explicit Connection(std::unique_ptr<Channel> channel);

  std::unique_ptr<Channel> channel_;
};

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_CONNECTION_H_
