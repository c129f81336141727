#include "probe/daemon/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"

namespace probe::daemon {
namespace {

constexpr std::size_t kEventsAtOnce = 64;

// epoll waits whole milliseconds; rounded up, lest the last one be spent spinning.
int Milliseconds(std::optional<Instant> until) {
  if (!until) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, 60'000));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Open() {
  netlink::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.ok()) return absl::ErrnoToStatus(errno, "open epoll");
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll)));
}

void EventLoop::Watch(int fd, Turn turn, std::function<void()> ready) {
  const bool known = watched_.contains(fd);
  watched_[fd] = std::make_shared<Watched>(Watched{++generation_, turn, std::move(ready)});
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (!known && epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0 && errno != EEXIST) std::abort();
}

void EventLoop::Unwatch(int fd) {
  if (watched_.erase(fd) == 0) return;
  (void)epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);  // fails when it is closed already: gone as well
}

absl::Status EventLoop::RunOnce(std::optional<Instant> until) {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), Milliseconds(until));
  if (count < 0) return errno == EINTR ? absl::OkStatus() : absl::ErrnoToStatus(errno, "wait for events");
  const std::uint64_t newest = generation_;
  std::stable_partition(events.begin(), events.begin() + count, [this](const epoll_event& event) {
    const auto found = watched_.find(event.data.fd);
    return found != watched_.end() && found->second->turn == Turn::kFirst;
  });
  for (int i = 0; i < count; ++i) Call(events[static_cast<std::size_t>(i)].data.fd, newest);
  return absl::OkStatus();
}

void EventLoop::Call(int fd, std::uint64_t generation) {
  const auto found = watched_.find(fd);
  // Not what was readable when we looked: the descriptor was closed meanwhile, and its number used again.
  if (found == watched_.end() || found->second->generation > generation) return;
  const std::shared_ptr<Watched> watched = found->second;  // it may unwatch itself
  watched->ready();
}

}  // namespace probe::daemon
