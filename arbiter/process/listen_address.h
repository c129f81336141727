// Sockets that listen on an address, or why it cannot be listened on, said better than a server library does.
#ifndef ARBITER_PROCESS_LISTEN_ADDRESS_H_
#define ARBITER_PROCESS_LISTEN_ADDRESS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/process/descriptor.h"
#include "proto/value/endpoint.h"

namespace arbiter::process {

// At least one socket, each listening and none of them blocking: one for each address of the host, for port 0 the first
// one only. 0.0.0.0 is every address of both families where the machine has both. "listen on 127.0.0.1:7430: Address
// already in use" and the like. `backlog`: how many connections may wait on each socket until they are accepted.
absl::StatusOr<std::vector<Descriptor>> ListenOn(const Endpoint& endpoint, int backlog);

// Of a socket that listens.
int PortOf(const Descriptor& socket);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_LISTEN_ADDRESS_H_
