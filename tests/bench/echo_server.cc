// The baseline: a server that answers every message of a stream and does nothing else, as gRPC makes it.
// Usage: echo_server --listen HOST:PORT [--tls-cert FILE --tls-key FILE --tls-ca FILE]
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/resource.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "arbiter/v1/probe_service.grpc.pb.h"

namespace bench {
namespace {

namespace v1 = arbiter::v1;

class EchoStream final : public grpc::ServerBidiReactor<v1::ProbeMessage, v1::ArbiterMessage> {
 public:
  EchoStream() { StartRead(&incoming_); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    outgoing_.Clear();
    if (incoming_.has_hello()) {
      outgoing_.mutable_welcome();
    } else {
      outgoing_.mutable_known_vips();
    }
    StartWrite(&outgoing_);
  }
  void OnWriteDone(bool) override { StartRead(&incoming_); }
  void OnDone() override { delete this; }

  v1::ProbeMessage incoming_;
  v1::ArbiterMessage outgoing_;
};

class EchoService final : public v1::ProbeService::CallbackService {
  grpc::ServerBidiReactor<v1::ProbeMessage, v1::ArbiterMessage>* Attach(grpc::CallbackServerContext*) override {
    return new EchoStream();  // owns itself, as in gRPC's own examples
  }
};

std::shared_ptr<grpc::ServerCredentials> Credentials(const std::map<std::string, std::string>& flags) {
  if (flags.count("--tls-cert") == 0) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          flags.at("--tls-key"), flags.at("--tls-cert"), flags.at("--tls-ca"), 10));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

int Serve(const std::map<std::string, std::string>& flags) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(flags.at("--listen"), Credentials(flags));
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  if (flags.count("--listen") == 0) {
    std::fprintf(stderr, "usage: echo_server --listen HOST:PORT [--tls-cert FILE --tls-key FILE --tls-ca FILE]\n");
    return 64;
  }
  return bench::Serve(flags);
}
