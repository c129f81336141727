// The gRPC server: its port, its credentials, and what it lets peers do to it.
#ifndef ARBITER_SERVER_GRPC_SERVER_H_
#define ARBITER_SERVER_GRPC_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/client/endpoint.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/server/limits.h"

namespace arbiter::server {

// Listens from Open to Stop. Health (grpc.health.v1) and reflection are on.
class GrpcServer {
 public:
  // The services outlive the server. Port 0: one that is free. With TLS files: TLS 1.2 or newer, and every client must
  // show a certificate of the authority. The status says which address or file is at fault.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Open(const client::Endpoint& listen, const client::TlsFiles& tls,
                                                          const Limits& limits,
                                                          const std::vector<grpc::Service*>& services);
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

  // Takes no new calls, and ends those that are open within a second.
  void Stop();

 private:
  GrpcServer(std::unique_ptr<grpc::Server> server, int port) : server_(std::move(server)), port_(port) {}

  std::unique_ptr<grpc::Server> server_;
  int port_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_GRPC_SERVER_H_
