#include "arbiter/server/listener.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

#include "arbiter/server/listen_address.h"

namespace arbiter::server {
namespace {

// While there is no descriptor at all the connections that wait are not looked at.
constexpr int kTryAgainMs = 100;

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

// The kernel gives out the lowest number that is free, so a number says how many are in use at least.
int FirstSpareDescriptor() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= std::numeric_limits<int>::max()) {
    return std::numeric_limits<int>::max();
  }
  return static_cast<int>(limit.rlim_cur) - Listener::kSpareDescriptors;
}

bool NothingLeft(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const client::Endpoint& endpoint) {
  absl::StatusOr<std::vector<Descriptor>> sockets = ListenOn(endpoint);
  if (!sockets.ok()) {
    return sockets.status();
  }
  Descriptor stop(eventfd(0, EFD_CLOEXEC));
  if (stop.get() < 0) {
    return absl::ErrnoToStatus(errno, "make an eventfd for the listener");
  }
  const int port = PortOf(sockets->front().get());
  return std::unique_ptr<Listener>(new Listener(*std::move(sockets), std::move(stop), port));
}

Listener::Listener(std::vector<Descriptor> sockets, Descriptor stop, int port)
    : sockets_(std::move(sockets)), stop_(std::move(stop)), port_(port), first_spare_(FirstSpareDescriptor()) {}

Listener::~Listener() { Stop(); }

void Listener::Start(Events events) {
  events_ = std::move(events);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(stop_.get(), &one, sizeof one);  // an eventfd takes a 1
    thread_.join();
  }
  sockets_.clear();
}

void Listener::Run() {
  std::vector<pollfd> polled{{stop_.get(), POLLIN, 0}};
  for (const Descriptor& socket : sockets_) {
    polled.push_back({socket.get(), POLLIN, 0});
  }
  while (polled[0].revents == 0) {
    if (poll(polled.data(), polled.size(), -1) <= 0) {
      continue;
    }
    bool wait = false;
    for (std::size_t i = 1; i < polled.size(); ++i) {
      wait = (polled[i].revents != 0 && !Accept(polled[i].fd)) || wait;
    }
    if (wait) {
      poll(polled.data(), 1, kTryAgainMs);
    }
  }
}

bool Listener::Accept(int socket) {
  Descriptor connection(accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.get() < 0) {
    return !NothingLeft(errno);  // any other error is that one connection's
  }
  if (connection.get() < first_spare_) {
    events_.accepted(std::move(connection));
  } else {
    events_.turned_away();
  }
  return true;
}

}  // namespace arbiter::server
