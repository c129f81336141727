// A server for load probes in a process of its own, on a free port of loopback: the arbiter, or a bare echo.
#ifndef TESTS_BENCH_BENCH_SERVER_H_
#define TESTS_BENCH_BENCH_SERVER_H_

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/client/tls_files.h"
#include "tests/bench/child_process.h"

namespace bench {

// Makes the authority's certificates with deploy/certs: arbiter w1, nodes a, b and bad.
class BenchFolder {
 public:
  BenchFolder();
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  absl::Status MakeCertificates() const;
  [[nodiscard]] arbiter::client::TlsFiles FilesOf(const std::string& name) const;
  // A folder for a new arbiter's state.
  [[nodiscard]] std::string NewState();
  [[nodiscard]] std::string log() const { return path_ + "/log"; }

 private:
  std::string path_;
  int states_ = 0;
};

class BenchServer {
 public:
  enum class Kind { kArbiter, kEcho };

  // Returns when it listens. The folder outlives it.
  static absl::StatusOr<std::unique_ptr<BenchServer>> Start(Kind kind, bool tls, BenchFolder* folder);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] bool tls() const { return tls_; }
  [[nodiscard]] const ChildProcess& process() const { return process_; }
  // Those of a node, or none in plaintext.
  [[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> Credentials(const std::string& node) const;

 private:
  BenchServer(const std::vector<std::string>& command, int port, bool tls, BenchFolder* folder);

  const BenchFolder& folder_;
  const int port_;
  const bool tls_;
  ChildProcess process_;
};

}  // namespace bench

#endif  // TESTS_BENCH_BENCH_SERVER_H_
