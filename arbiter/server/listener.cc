#include "arbiter/server/listener.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

#include "arbiter/process/listen_address.h"

namespace arbiter::server {
namespace {

// While there is no descriptor at all the connections that wait are not looked at.
constexpr int kTryAgainMs = 100;
// A probe that tries to connect gives up after three seconds, handshakes included, and comes again (its channel's
// least reconnect backoff). Were more let into the backlog than can be taken up well before, each would be taken up
// when it is about to give up, and in a rush nobody would get in.
constexpr std::chrono::seconds kLongestInBacklog{1};

Rate RateOf(const Limits& limits) {
  Rate rate;
  rate.a_second = limits.connections_a_second;
  rate.at_once = limits.connections_at_once;
  return rate;
}

// The kernel gives out the lowest number that is free, so a number says how many are in use at least.
int FirstSpareDescriptor() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= std::numeric_limits<int>::max()) {
    return std::numeric_limits<int>::max();
  }
  return static_cast<int>(limit.rlim_cur) - Listener::kSpareDescriptors;
}

int Backlog(const Limits& limits) {
  return limits.connections_at_once + limits.connections_a_second * static_cast<int>(kLongestInBacklog.count());
}

// Its peer gave up while it waited: there is nothing to take up.
bool HasHungUp(int connection) {
  pollfd polled{connection, POLLRDHUP, 0};
  return poll(&polled, 1, 0) == 1;
}

// Rounded up.
int Milliseconds(core::Duration wait) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

bool NothingLeft(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const Endpoint& endpoint, const Limits& limits) {
  absl::StatusOr<std::vector<process::Descriptor>> sockets = process::ListenOn(endpoint, Backlog(limits));
  if (!sockets.ok()) {
    return sockets.status();
  }
  process::Descriptor stop(eventfd(0, EFD_CLOEXEC));
  if (stop.get() < 0) {
    return absl::ErrnoToStatus(errno, "make an eventfd for the listener");
  }
  return std::unique_ptr<Listener>(new Listener(*std::move(sockets), std::move(stop), limits));
}

Listener::Listener(std::vector<process::Descriptor> sockets, process::Descriptor stop, const Limits& limits)
    : sockets_(std::move(sockets)),
      stop_(std::move(stop)),
      port_(process::PortOf(sockets_.front())),
      first_spare_(FirstSpareDescriptor()),
      pace_(RateOf(limits)) {}

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
  for (const process::Descriptor& socket : sockets_) {
    polled.push_back({socket.get(), POLLIN, 0});
  }
  while (polled[0].revents == 0) {
    const core::Duration wait = Wait();
    const bool may_come = wait == core::Duration::zero();
    // Those that may not come yet are not looked at.
    const int ready = may_come ? poll(polled.data(), polled.size(), -1) : poll(polled.data(), 1, Milliseconds(wait));
    if (ready <= 0 || !may_come) {
      continue;
    }
    // Where only one may come it is not always one to the same address.
    std::rotate(polled.begin() + 1, polled.begin() + 2, polled.end());
    bool none_left = false;
    for (std::size_t i = 1; i < polled.size(); ++i) {
      const bool comes = polled[i].revents != 0 && Wait() == core::Duration::zero();
      none_left = (comes && !Accept(polled[i].fd)) || none_left;
    }
    if (none_left) {
      poll(polled.data(), 1, kTryAgainMs);
    }
  }
}

core::Duration Listener::Wait() const { return pace_.Wait(std::chrono::steady_clock::now()); }

bool Listener::Accept(int socket) {
  process::Descriptor connection(accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.get() < 0) {
    return !NothingLeft(errno);  // any other error is that one connection's
  }
  if (HasHungUp(connection.get())) {
    return true;
  }
  pace_.Take(std::chrono::steady_clock::now());
  if (connection.get() < first_spare_) {
    events_.accepted(std::move(connection));
  } else {
    events_.turned_away();
  }
  return true;
}

}  // namespace arbiter::server
