// gRPC's status as ours.
#ifndef ARBITER_CLIENT_STATUS_H_
#define ARBITER_CLIENT_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace arbiter::client {

// The same code and text: both count their codes alike.
absl::Status FromGrpc(const grpc::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_STATUS_H_
