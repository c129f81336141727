#include "arbiter/client/local_channel.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/client/channel.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::client {
namespace {

constexpr int kConnectWithinMs = 200;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

Address V4(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
  Address address;
  std::memcpy(&address.bytes, &v4, sizeof v4);
  address.size = sizeof v4;
  return address;
}

Address V6(std::uint16_t port) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  Address address;
  std::memcpy(&address.bytes, &v6, sizeof v6);
  address.size = sizeof v6;
  return address;
}

// No name service has a say in what "localhost" is.
std::vector<Address> AddressesOf(const Endpoint& endpoint) {
  if (endpoint.host == "localhost") return {V4("127.0.0.1", endpoint.port), V6(endpoint.port)};
  if (endpoint.host == "::1") return {V6(endpoint.port)};
  return {V4(endpoint.host, endpoint.port)};
}

// 0, or the errno of what failed.
int Connect(const process::Descriptor& socket, const Address& address) {
  if (!socket.ok()) return errno;
  const int at_once = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd polled{socket.get(), POLLOUT, 0};
  if (poll(&polled, 1, kConnectWithinMs) != 1) return ETIMEDOUT;  // its backlog is full
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A socket that happens to get the port that it connects to is its own other end.
bool IsItself(const process::Descriptor& socket, const Address& address) {
  sockaddr_storage here{};
  socklen_t size = sizeof here;
  return getsockname(socket.get(), reinterpret_cast<sockaddr*>(&here), &size) == 0 && size == address.size &&
         std::memcmp(&here, &address.bytes, size) == 0;
}

absl::StatusOr<process::Descriptor> ConnectTo(const Endpoint& endpoint) {
  int error = ECONNREFUSED;
  for (const Address& address : AddressesOf(endpoint)) {
    process::Descriptor socket(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    error = Connect(socket, address);
    if (error == 0 && IsItself(socket, address)) error = ECONNREFUSED;
    if (error == 0) return socket;
  }
  return absl::UnavailableError(std::generic_category().message(error));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeLocalChannel(const Endpoint& endpoint, const Uids& trusted) {
  absl::StatusOr<process::Descriptor> socket = ConnectTo(endpoint);
  if (!socket.ok()) return socket.status();
  if (const absl::Status owner = CheckPeerOwner(socket->get(), trusted); !owner.ok()) {
    return absl::PermissionDeniedError(
        absl::StrCat(std::string(owner.message()),
                     "; without TLS an arbiter on this machine has to be one of root's, of user arbiter's or of this "
                     "program's own user. Set up TLS (--tls-cert, --tls-key, --tls-ca), or give --insecure where every "
                     "user of this machine may be it"));
  }
  return MakeChannelOver(socket->Release(), endpoint);
}

}  // namespace arbiter::client
