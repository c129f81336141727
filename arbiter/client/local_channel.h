// A plaintext connection to an arbiter on this machine, once it is known whose process that is.
#ifndef ARBITER_CLIENT_LOCAL_CHANNEL_H_
#define ARBITER_CLIENT_LOCAL_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "arbiter/client/local_peer.h"
#include "proto/value/endpoint.h"

namespace arbiter::client {

// Any user of a host may listen on a port of its loopback. So the connection is made here, the owner of its other end
// is looked up, and gRPC gets it only where that is one of `trusted`: nothing is said to anybody else. The channel is
// this one connection and makes no other. Waits 200 ms at most. The endpoint is a loopback one. Unavailable: nobody
// takes the connection; PermissionDenied: who does is not trusted, with the way out.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeLocalChannel(const Endpoint& endpoint, const Uids& trusted);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_LOCAL_CHANNEL_H_
