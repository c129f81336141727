// What gRPC itself has to say, which else goes to stderr as it is.
#ifndef ARBITER_CLIENT_GRPC_ERRORS_H_
#define ARBITER_CLIENT_GRPC_ERRORS_H_

#include <functional>

#include "absl/strings/string_view.h"

namespace arbiter::client {

// While it lives, gRPC's errors go to `sink`, on gRPC's threads, one after the other; from then on, and with no sink at
// once, they are dropped. One at a time: gRPC's hook is one function for the whole process.
class GrpcErrors {
 public:
  using Sink = std::function<void(absl::string_view text)>;

  explicit GrpcErrors(Sink sink);
  ~GrpcErrors();
  GrpcErrors(const GrpcErrors&) = delete;
  GrpcErrors& operator=(const GrpcErrors&) = delete;
};

// For who calls others: `sink` without failed handshakes, which the status of the call has, and without what was the
// last text already.
GrpcErrors::Sink OfCaller(GrpcErrors::Sink sink);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_GRPC_ERRORS_H_
