// Whether an address can be listened on, said better than a server library does.
#ifndef ARBITER_SERVER_LISTEN_ADDRESS_H_
#define ARBITER_SERVER_LISTEN_ADDRESS_H_

#include "absl/status/status.h"
#include "arbiter/client/endpoint.h"

namespace arbiter::server {

// Binds to it for a moment. "listen on 127.0.0.1:7430: Address already in use" and the like.
absl::Status CheckAvailable(const client::Endpoint& endpoint);

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_LISTEN_ADDRESS_H_
