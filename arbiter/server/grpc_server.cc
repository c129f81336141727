#include "arbiter/server/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace arbiter::server {
namespace {

constexpr int kIdleConnectionMs = 300'000;
constexpr int kLeastPingIntervalMs = 1'000;
constexpr int kStreamsPerConnection = 100;
// Each connection with TLS keeps a buffer of this size for what it sends (gRPC's default is 16 KiB, which is also the
// most). What goes to a probe fits, but for the news of thousands of VIPs; that leaves as some more TLS records.
constexpr int kTlsFrameBytes = 4'096;
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
  // A peer that opens a connection and says nothing, or ends its calls and stays.
  const auto handshake = std::chrono::duration_cast<std::chrono::milliseconds>(limits.handshake_within);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, static_cast<int>(handshake.count()));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleConnectionMs);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingIntervalMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Messages are small: there is no bandwidth to be found out, and each probing costs a ping.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_TSI_MAX_FRAME_SIZE, kTlsFrameBytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Open(const Door& door, const Limits& limits,
                                                             const std::vector<grpc::Service*>& services,
                                                             const process::Log* log) {
  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials = Credentials(door.tls);
  if (!credentials.ok()) {
    return credentials.status();
  }
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Open(door.listen, limits);
  if (!listener.ok()) {
    return listener.status();
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetArguments(limits, &builder);
  std::unique_ptr<Acceptor> acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, *credentials);
  for (grpc::Service* service : services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat("listen on ", door.listen.ToString(), ": gRPC could not start"));
  }
  server->GetHealthCheckService()->SetServingStatus(true);
  return std::unique_ptr<GrpcServer>(
      new GrpcServer(*std::move(listener), std::move(acceptor), std::move(server), door.only, log));
}

GrpcServer::GrpcServer(std::unique_ptr<Listener> listener, std::unique_ptr<Acceptor> acceptor,
                       std::unique_ptr<grpc::Server> server, std::optional<client::Uids> only, const process::Log* log)
    : log_(log),
      only_(std::move(only)),
      server_(std::move(server)),
      acceptor_(std::move(acceptor)),
      listener_(std::move(listener)) {
  listener_->Start({.accepted = [this](process::Descriptor connection) { Take(std::move(connection)); },
                    .turned_away = [this] { TellTurnedAway(); }});
}

void GrpcServer::Take(process::Descriptor connection) {
  if (only_.has_value()) {
    const absl::Status owner = client::CheckPeerOwner(connection.get(), *only_);
    if (!owner.ok()) return TellRefused(owner);
  }
  Acceptor::NewConnectionParameters parameters;
  parameters.fd = connection.Release();
  acceptor_->HandleNewConnection(&parameters);
}

void GrpcServer::TellTurnedAway() {
  const RateLimit::Verdict verdict = turned_away_limit_.Ask(std::chrono::steady_clock::now());
  if (!verdict.show) {
    return;
  }
  log_->Warning("turned_away",
                {{"text", absl::StrCat("a connection: fewer than ", Listener::kSpareDescriptors,
                                       " descriptors are left; see who holds so many, or raise LimitNOFILE")},
                 {"not_shown", verdict.not_shown == 0 ? "" : absl::StrCat(verdict.not_shown)}});
}

void GrpcServer::TellRefused(const absl::Status& why) {
  const RateLimit::Verdict verdict = refused_limit_.Ask(std::chrono::steady_clock::now());
  if (!verdict.show) {
    return;
  }
  log_->Warning("refused",
                {{"text", absl::StrCat("a connection: ", std::string(why.message()),
                                       "; without TLS it has to be root's or this program's own user's. Set up TLS, or "
                                       "give --insecure where every user of this machine may demote nodes")},
                 {"not_shown", verdict.not_shown == 0 ? "" : absl::StrCat(verdict.not_shown)}});
}

GrpcServer::~GrpcServer() { Stop(); }

void GrpcServer::Stop() {
  listener_->Stop();
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + kStopWithin);
    server_->Wait();
    server_.reset();
  }
}

}  // namespace arbiter::server
