// TCP connections to loopback that speak no gRPC, for tests of peers that do not keep to it.
#ifndef TESTS_ARBITER_PROCESS_RAW_CONNECTIONS_H_
#define TESTS_ARBITER_PROCESS_RAW_CONNECTIONS_H_

#include <string>
#include <vector>

#include "arbiter/process/descriptor.h"

namespace arbiter::process {

// Owns no descriptor when there is none left, or nobody listens.
Descriptor ConnectTo(int port);

// Connections on each of which these bytes were sent.
std::vector<Descriptor> ConnectMany(int port, int count, const std::string& bytes);

// The other end has closed it; waits for that for ten seconds.
bool IsClosed(const Descriptor& connection);

}  // namespace arbiter::process

#endif  // TESTS_ARBITER_PROCESS_RAW_CONNECTIONS_H_
