#include "arbiter/server/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/server/listen_address.h"

namespace arbiter::server {
namespace {

constexpr int kHandshakeMs = 10'000;
constexpr int kIdleConnectionMs = 300'000;
constexpr int kLeastPingIntervalMs = 1'000;
constexpr int kStreamsPerConnection = 100;
constexpr std::chrono::seconds kStopWithin{1};

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(const client::TlsFiles& files) {
  if (files.empty()) {
    return grpc::InsecureServerCredentials();
  }
  const absl::Status checked = client::CheckTlsFiles(files, absl::Now());
  if (!checked.ok()) {
    return checked;
  }
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(files.key, files.cert, files.ca,
                                                                           client::kTlsReloadSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

void SetArguments(const Limits& limits, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(static_cast<int>(limits.message_bytes));
  // Two arbiters on one port would each get half of the probes.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // A peer that opens a connection and says nothing, or ends its calls and stays.
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleConnectionMs);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingIntervalMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Messages are small: there is no bandwidth to be found out, and each probing costs a ping.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Open(const client::Endpoint& listen,
                                                             const client::TlsFiles& tls, const Limits& limits,
                                                             const std::vector<grpc::Service*>& services) {
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials = Credentials(tls);
  if (!credentials.ok()) {
    return credentials.status();
  }
  const absl::Status available = CheckAvailable(listen);
  if (!available.ok()) {
    return available;
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetArguments(limits, &builder);
  int port = 0;
  builder.AddListeningPort(listen.ToString(), *credentials, &port);
  for (grpc::Service* service : services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat("listen on ", listen.ToString(), ": gRPC could not start"));
  }
  server->GetHealthCheckService()->SetServingStatus(true);
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(server), port));
}

GrpcServer::~GrpcServer() { Stop(); }

void GrpcServer::Stop() {
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + kStopWithin);
    server_->Wait();
    server_.reset();
  }
}

}  // namespace arbiter::server
