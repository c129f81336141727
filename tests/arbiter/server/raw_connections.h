// TCP connections to loopback that speak no gRPC, for tests of peers that do not keep to it.
#ifndef TESTS_ARBITER_SERVER_RAW_CONNECTIONS_H_
#define TESTS_ARBITER_SERVER_RAW_CONNECTIONS_H_

#include <string>
#include <vector>

#include "arbiter/process/descriptor.h"

namespace arbiter::server {

// Owns no descriptor when there is none left, or nobody listens.
process::Descriptor ConnectTo(int port);

// Connections on each of which these bytes were sent.
std::vector<process::Descriptor> ConnectMany(int port, int count, const std::string& bytes);

// The other end has closed it; waits for that for ten seconds.
bool IsClosed(const process::Descriptor& connection);

}  // namespace arbiter::server

#endif  // TESTS_ARBITER_SERVER_RAW_CONNECTIONS_H_
