// The gRPC server: its port, its credentials, and what it lets peers do to it.
#ifndef ARBITER_SERVER_GRPC_SERVER_H_
#define ARBITER_SERVER_GRPC_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/client/local_peer.h"
#include "arbiter/client/tls_files.h"
#include "arbiter/process/log.h"
#include "arbiter/server/limits.h"
#include "arbiter/server/listener.h"
#include "arbiter/server/rate_limit.h"
#include "proto/value/endpoint.h"

namespace arbiter::server {

// Where peers come in, and whose.
struct Door {
  Endpoint listen;       // port 0: one that is free
  client::TlsFiles tls;  // none: plaintext
  // Whose processes on this machine may connect; nullopt: anybody's.
  std::optional<client::Uids> only;
};

// Listens from Open to Stop, by a listener of our own. Health (grpc.health.v1) and reflection are on.
class GrpcServer {
 public:
  // The services and the log outlive the server. With TLS files: TLS 1.2 or newer, and every client must show a
  // certificate of the authority. The status says which address or file is at fault.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Open(const Door& door, const Limits& limits,
                                                          const std::vector<grpc::Service*>& services,
                                                          const process::Log* log);
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  [[nodiscard]] int port() const { return listener_->port(); }

  // Takes no new calls, and ends those that are open within a second.
  void Stop();

 private:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  GrpcServer(std::unique_ptr<Listener> listener, std::unique_ptr<Acceptor> acceptor,
             std::unique_ptr<grpc::Server> server, std::optional<client::Uids> only, const process::Log* log);

  // On the listener's thread.
  void Take(process::Descriptor connection);
  void TellTurnedAway();
  void TellRefused(const absl::Status& why);

  const process::Log* const log_;
  const std::optional<client::Uids> only_;
  RateLimit turned_away_limit_{1, std::chrono::seconds(10)};
  RateLimit refused_limit_{1, std::chrono::seconds(10)};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;  // gives the server its connections
  std::unique_ptr<Listener> listener_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_GRPC_SERVER_H_
