#include "tests/bench/bench_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "arbiter/client/channel.h"
#include "tests/lab/unique_fd.h"

namespace bench {
namespace {

constexpr std::chrono::seconds kListensWithin{10};

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// A port that was free a moment ago.
int FreePort() {
  const lab::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return 0;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool Listens(int port) {
  const lab::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

BenchFolder::BenchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "arbiter_bench.XXXXXX").string();
  const char* made = mkdtemp(pattern.data());
  if (made != nullptr) path_ = made;
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

absl::Status BenchFolder::MakeCertificates() const {
  const std::vector<std::vector<std::string>> commands = {
      {"init"}, {"arbiter", "w1", "--host", "127.0.0.1"}, {"node", "a"}, {"node", "b"}, {"node", "bad"}};
  for (const std::vector<std::string>& words : commands) {
    std::vector<std::string> command = {CERTS_PROGRAM, "--dir", path_ + "/authority"};
    command.insert(command.end(), words.begin(), words.end());
    const absl::Status made = ChildProcess(command, log()).Wait();
    if (!made.ok()) return absl::InternalError(absl::StrCat("deploy/certs ", words[0], ": ", made.message()));
  }
  return absl::OkStatus();
}

arbiter::client::TlsFiles BenchFolder::FilesOf(const std::string& name) const {
  const std::string folder = absl::StrCat(path_, "/authority/", name, "/");
  return {folder + name + ".crt", folder + name + ".key", folder + "ca.crt"};
}

std::string BenchFolder::NewState() { return absl::StrCat(path_, "/state", ++states_); }

BenchServer::BenchServer(const std::vector<std::string>& command, int port, bool tls, BenchFolder* folder)
    : folder_(*folder), port_(port), tls_(tls), process_(command, folder->log()) {}

absl::StatusOr<std::unique_ptr<BenchServer>> BenchServer::Start(Kind kind, bool tls, BenchFolder* folder) {
  const int port = FreePort();
  const std::string listen = absl::StrCat("127.0.0.1:", port);
  std::vector<std::string> command = {kind == Kind::kArbiter ? ARBITER_PROGRAM : ECHO_PROGRAM, "--listen", listen};
  if (kind == Kind::kArbiter) {
    command.insert(command.end(), {"--metrics-listen", "", "--state-dir", folder->NewState()});
  }
  if (tls) {
    const arbiter::client::TlsFiles files = folder->FilesOf("w1");
    command.insert(command.end(), {"--tls-cert", files.cert, "--tls-key", files.key, "--tls-ca", files.ca});
  }
  std::unique_ptr<BenchServer> server(new BenchServer(command, port, tls, folder));
  const auto deadline = std::chrono::steady_clock::now() + kListensWithin;
  while (!Listens(port)) {
    if (std::chrono::steady_clock::now() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat(command[0], " does not listen on ", listen));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return server;
}

std::shared_ptr<grpc::ChannelCredentials> BenchServer::Credentials(const std::string& node) const {
  return *arbiter::client::MakeCredentials(tls_ ? folder_.FilesOf(node) : arbiter::client::TlsFiles());
}

}  // namespace bench
