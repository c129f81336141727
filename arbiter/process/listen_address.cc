#include "arbiter/process/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace arbiter::process {
namespace {

constexpr char kEveryIp4[] = "0.0.0.0";
constexpr char kEveryIp6[] = "::";

struct AddrinfoDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

bool Set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value) == 0; }

// 0, or the errno of the step that failed. [::] takes IPv4 too.
int ListenOnOne(const addrinfo& address, int backlog, std::vector<Descriptor>* sockets) {
  Descriptor fd(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0 || !Set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) ||
      // Small messages leave at once; connections inherit it.
      !Set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1) ||
      (address.ai_family == AF_INET6 && !Set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0)) ||
      bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 || listen(fd.get(), backlog) != 0) {
    return errno;
  }
  sockets->push_back(std::move(fd));
  return 0;
}

// A family or an address of a name that this machine does not have is no mistake while another one works.
bool IsMissing(int error) { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL; }

absl::StatusOr<std::vector<Descriptor>> ListenOnHost(const std::string& host, std::uint16_t port, int backlog,
                                                     const std::string& what) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &found);
  if (failed != 0) {
    const std::string text = absl::StrCat(what, ": ", gai_strerror(failed));
    // A name service that is not up yet, as at boot, is no mistake in the configuration.
    return failed == EAI_AGAIN ? absl::UnavailableError(text) : absl::InvalidArgumentError(text);
  }
  const std::unique_ptr<addrinfo, AddrinfoDeleter> list(found);
  std::vector<Descriptor> sockets;
  int missing = 0;
  for (const addrinfo* address = list.get(); address != nullptr; address = address->ai_next) {
    const int error = ListenOnOne(*address, backlog, &sockets);
    if (error != 0 && !IsMissing(error)) {
      return absl::ErrnoToStatus(error, what);
    }
    missing = error != 0 ? error : missing;
    if (port == 0 && !sockets.empty()) {
      break;
    }
  }
  if (sockets.empty()) {
    return absl::ErrnoToStatus(missing, what);
  }
  return sockets;
}

}  // namespace

absl::StatusOr<std::vector<Descriptor>> ListenOn(const Endpoint& endpoint, int backlog) {
  const std::string what = absl::StrCat("listen on ", endpoint.ToString());
  if (endpoint.host == kEveryIp4) {
    absl::StatusOr<std::vector<Descriptor>> both = ListenOnHost(kEveryIp6, endpoint.port, backlog, what);
    if (both.ok()) {
      return both;
    }
  }
  return ListenOnHost(endpoint.host, endpoint.port, backlog, what);
}

int PortOf(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace arbiter::process
