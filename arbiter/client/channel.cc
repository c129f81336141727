#include "arbiter/client/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/channel_arguments.h>

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "arbiter/client/certificate.h"

namespace arbiter::client {
namespace {

constexpr char kArbiterRole[] = "arbiter";  // as deploy/certs writes it
constexpr int kKeepaliveTimeMs = 10'000;
constexpr int kKeepaliveTimeoutMs = 3'000;
constexpr int kFirstReconnectMs = 200;
constexpr int kLongestReconnectMs = 5'000;
constexpr int kMaxMessageBytes = 64 * 1024 * 1024;  // status of a large installation

// Beyond the authority's signature: the certificate names the host, and is an arbiter's. gRPC owns it.
class ArbiterVerifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> callback, grpc::Status* status) override {
    if (!host_name_.Verify(request, std::move(callback), status)) return false;
    if (!status->ok()) return true;
    const grpc::string_ref pem = request->peer_cert();
    const absl::StatusOr<Certificate> peer = ReadCertificate({pem.data(), pem.size()});
    if (!peer.ok() || (!peer->role.empty() && peer->role != kArbiterRole)) {
      *status = {grpc::StatusCode::UNAUTHENTICATED, kNotAnArbiters};
    }
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* request) override { host_name_.Cancel(request); }

 private:
  grpc::experimental::HostNameCertificateVerifier host_name_;
};

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return arguments;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const TlsFiles& files) {
  if (files.empty()) {
    return grpc::InsecureChannelCredentials();
  }
  const absl::Status checked = CheckTlsFiles(files, absl::Now());
  if (!checked.ok()) {
    return checked;
  }
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.key, files.cert, files.ca, kTlsReloadSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(grpc::experimental::ExternalCertificateVerifier::Create<ArbiterVerifier>());
  return grpc::experimental::TlsCredentials(options);
}

std::shared_ptr<grpc::Channel> MakeChannel(const Endpoint& endpoint,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  const absl::string_view scheme = endpoint.host.find(':') != std::string::npos ? "ipv6:" : "dns:///";
  return grpc::CreateCustomChannel(absl::StrCat(scheme, endpoint.ToString()), credentials, Arguments());
}

std::shared_ptr<grpc::Channel> MakeChannelOver(int connection, const Endpoint& endpoint) {
  return grpc::CreateCustomInsecureChannelFromFd(endpoint.ToString(), connection, Arguments());
}

}  // namespace arbiter::client
