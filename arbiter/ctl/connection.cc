#include "arbiter/ctl/connection.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/client/channel.h"
#include "arbiter/client/connect_failure.h"
#include "arbiter/client/status.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/ctl/version.h"
#include "arbiter/v1/operations_service.grpc.pb.h"
#include "proto/value/duration.h"
#include "proto/value/endpoint.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {

// All that needs gRPC's headers, which cost seconds in whatever includes them.
class Connection::Channel {
 public:
  using Stub = v1::OperationsService::Stub;

  Channel(std::unique_ptr<Stub> stub, const Options& options)
      : stub_(std::move(stub)),
        server_(options.server),
        timeout_(std::chrono::duration_cast<std::chrono::system_clock::duration>(options.timeout)),
        tls_(!options.tls.empty()) {}

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout_);
    Response response;
    const grpc::Status status = ((*stub_).*rpc)(&context, request, &response);
    if (!status.ok()) return Explain(status);
    return response;
  }

  absl::Status Watch(const v1::WatchEventsRequest& request, const std::function<bool(const v1::Event&)>& take) const {
    grpc::ClientContext context;
    if (!request.follow()) context.set_deadline(std::chrono::system_clock::now() + timeout_);
    const auto reader = stub_->WatchEvents(&context, request);
    v1::Event event;
    bool more = true;
    while (more && reader->Read(&event)) more = take(event);
    if (!more) context.TryCancel();
    const grpc::Status status = reader->Finish();
    return status.ok() || !more ? absl::OkStatus() : Explain(status);
  }

 private:
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const;

  std::unique_ptr<Stub> stub_;
  std::string server_;
  std::chrono::system_clock::duration timeout_;
  bool tls_;
};

absl::Status Connection::Channel::Explain(const grpc::Status& status) const {
  const absl::Status said = client::FromGrpc(status);
  const std::string text = Printable(said.message());
  switch (said.code()) {
    case absl::StatusCode::kUnavailable: {
      client::ConnectFailure failure = client::ReadConnectFailure(text, tls_);
      if (failure.hint.empty()) failure.hint = "is it running (systemctl status arbiter), and is --server right?";
      return absl::UnavailableError(absl::StrCat("arbiter ", server_, " cannot be reached: ", failure.ToString()));
    }
    case absl::StatusCode::kDeadlineExceeded:
      return absl::UnavailableError(
          absl::StrCat("arbiter ", server_, " did not answer within ", FormatDuration(timeout_),
                       ": look at its log (journalctl -u arbiter), or give it more --timeout"));
    case absl::StatusCode::kUnimplemented:
      return absl::UnimplementedError(
          absl::StrCat(server_, " does not know this request: that arbiter is of another version than this arbctl (",
                       kVersion, "), or no arbiter at all"));
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return absl::PermissionDeniedError(absl::StrCat("not permitted by arbiter ", server_, ": ", text));
    default:
      return {said.code(), text};
  }
}

Connection::Connection(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

absl::StatusOr<Connection> Connection::Open(const Options& options) {
  const absl::StatusOr<Endpoint> endpoint = ParseEndpoint(options.server);
  if (!endpoint.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--server (or $ARBCTL_SERVER): ", endpoint.status().message()));
  }
  const auto credentials = client::MakeCredentials(options.tls);
  if (!credentials.ok()) {
    return credentials.status().code() == absl::StatusCode::kInvalidArgument
               ? absl::FailedPreconditionError(credentials.status().message())
               : credentials.status();
  }
  auto stub = v1::OperationsService::NewStub(client::MakeChannel(*endpoint, *credentials));
  return Connection(std::make_unique<Channel>(std::move(stub), options));
}

absl::StatusOr<v1::GetStatusResponse> Connection::Ask(const v1::GetStatusRequest& request) const {
  return channel_->Ask(&Channel::Stub::GetStatus, request);
}
absl::StatusOr<v1::ListNodesResponse> Connection::Ask(const v1::ListNodesRequest& request) const {
  return channel_->Ask(&Channel::Stub::ListNodes, request);
}
absl::StatusOr<v1::ListIncidentsResponse> Connection::Ask(const v1::ListIncidentsRequest& request) const {
  return channel_->Ask(&Channel::Stub::ListIncidents, request);
}
absl::StatusOr<v1::Incident> Connection::Ask(const v1::GetIncidentRequest& request) const {
  return channel_->Ask(&Channel::Stub::GetIncident, request);
}
absl::StatusOr<v1::ListAuditResponse> Connection::Ask(const v1::ListAuditRequest& request) const {
  return channel_->Ask(&Channel::Stub::ListAudit, request);
}
absl::StatusOr<v1::GetDiffResponse> Connection::Ask(const v1::GetDiffRequest& request) const {
  return channel_->Ask(&Channel::Stub::GetDiff, request);
}
absl::StatusOr<v1::DemoteResponse> Connection::Ask(const v1::DemoteRequest& request) const {
  return channel_->Ask(&Channel::Stub::Demote, request);
}
absl::StatusOr<v1::ReleaseResponse> Connection::Ask(const v1::ReleaseRequest& request) const {
  return channel_->Ask(&Channel::Stub::Release, request);
}
absl::StatusOr<v1::ForgetResponse> Connection::Ask(const v1::ForgetRequest& request) const {
  return channel_->Ask(&Channel::Stub::Forget, request);
}
absl::StatusOr<v1::SetModeResponse> Connection::Ask(const v1::SetModeRequest& request) const {
  return channel_->Ask(&Channel::Stub::SetMode, request);
}
absl::Status Connection::Watch(const v1::WatchEventsRequest& request,
                               const std::function<bool(const v1::Event&)>& take) const {
  return channel_->Watch(request, take);
}

}  // namespace arbiter::ctl
