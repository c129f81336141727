// What gRPC itself has to say (failed handshakes above all), as lines of our log.
#ifndef ARBITER_SERVER_GRPC_LOG_H_
#define ARBITER_SERVER_GRPC_LOG_H_

#include "arbiter/process/log.h"

namespace arbiter::server {

// While it lives, gRPC's errors go to `log`, rate-limited; before and after they are dropped. One at a time: gRPC's
// hook is one function for the whole process, and knows nothing of its caller.
class GrpcLog {
 public:
  explicit GrpcLog(const process::Log* log);
  ~GrpcLog();
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_GRPC_LOG_H_
