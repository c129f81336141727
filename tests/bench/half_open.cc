#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/bad_peers.h"
#include "tests/bench/load_probe.h"
#include "tests/lab/unique_fd.h"

namespace bench {
namespace {

constexpr std::chrono::seconds kPatience{30};

struct SslFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// The first flight of a TLS client that speaks HTTP/2.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, SslFree> context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, SslFree> ssl(SSL_new(context.get()));
  constexpr std::array<unsigned char, 3> kHttp2 = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl.get(), kHttp2.data(), kHttp2.size());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);  // owned by `ssl` from here on
  SSL_set_connect_state(ssl.get());
  SSL_do_handshake(ssl.get());  // stops where it waits for the server
  std::string flight(static_cast<std::size_t>(BIO_pending(out)), '\0');
  BIO_read(out, flight.data(), static_cast<int>(flight.size()));
  return flight;
}

class HalfOpenPeer final : public BadPeer {
 public:
  HalfOpenPeer(int port, int count, std::string first_bytes)
      : port_(port), count_(count), first_bytes_(std::move(first_bytes)) {}

  [[nodiscard]] std::string Name() const override {
    return absl::StrCat(count_, " connections that ",
                        first_bytes_.empty() ? "say nothing" : "begin a TLS handshake and never end it");
  }

  // All of them knock at once; each speaks as soon as it is connected.
  void Begin() override {
    began_ = Clock::now();
    for (int i = 0; i < count_; ++i) {
      lab::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port = htons(static_cast<std::uint16_t>(port_));
      const int connected = connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
      if (connected == 0 || errno == EINPROGRESS) connections_.push_back(std::move(fd));
    }
    speaker_ = std::thread([this] { Speak(); });
  }

  std::string End() override {
    speaker_.join();
    const std::size_t opened = connections_.size();
    while (!connections_.empty() && Clock::now() - began_ < kPatience) DropClosed();
    const std::chrono::duration<double> lasted = Clock::now() - began_;
    return absl::StrFormat("the arbiter closed %d of %d, the last %.1f s after the first was opened",
                           opened - connections_.size(), opened, lasted.count());
  }

 private:
  void Speak() const {
    std::vector<pollfd> silent;
    for (const lab::UniqueFd& fd : connections_) silent.push_back({fd.get(), POLLOUT, 0});
    while (!silent.empty() && Clock::now() - began_ < kPatience) {
      poll(silent.data(), silent.size(), 1000);
      std::erase_if(silent, [this](const pollfd& connection) {
        if (connection.revents == 0) return false;
        send(connection.fd, first_bytes_.data(), first_bytes_.size(), MSG_NOSIGNAL);
        return true;
      });
    }
  }

  // Waits until something comes on one of them, and lets go of those that the arbiter has closed.
  void DropClosed() {
    std::vector<pollfd> polled;
    for (const lab::UniqueFd& fd : connections_) polled.push_back({fd.get(), POLLIN, 0});
    poll(polled.data(), polled.size(), 1000);
    std::vector<lab::UniqueFd> open;
    for (lab::UniqueFd& fd : connections_) {
      if (!IsClosed(fd.get())) open.push_back(std::move(fd));
    }
    connections_ = std::move(open);
  }

  static bool IsClosed(int fd) {
    std::array<char, 4096> bytes{};
    ssize_t count = 0;
    do {
      count = recv(fd, bytes.data(), bytes.size(), 0);
    } while (count > 0);
    return count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  const int port_;
  const int count_;
  const std::string first_bytes_;
  Clock::time_point began_;
  std::vector<lab::UniqueFd> connections_;  // the speaker's and, before and after it, the owner's
  std::thread speaker_;
};

}  // namespace

std::unique_ptr<BadPeer> HalfOpenConnections(int port, int count, bool client_hello) {
  return std::make_unique<HalfOpenPeer>(port, count, client_hello ? ClientHello() : std::string());
}

}  // namespace bench
