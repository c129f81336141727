#include "arbiter/ctl/connection.h"

#include "absl/strings/str_cat.h"
#include "arbiter/client/channel.h"
#include "arbiter/client/connect_failure.h"
#include "arbiter/client/status.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/ctl/version.h"
#include "proto/value/duration.h"
#include "proto/value/endpoint.h"
#include "proto/value/printable.h"

namespace arbiter::ctl {
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
  return Connection(v1::OperationsService::NewStub(client::MakeChannel(*endpoint, *credentials)), options);
}

absl::Status Connection::Explain(const grpc::Status& status) const {
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

}  // namespace arbiter::ctl
