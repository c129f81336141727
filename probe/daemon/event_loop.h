// The one loop of the daemon: descriptors that are readable, and the next deadline.
#ifndef PROBE_DAEMON_EVENT_LOOP_H_
#define PROBE_DAEMON_EVENT_LOOP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "probe/netlink/unique_fd.h"

namespace probe::daemon {

using Instant = std::chrono::steady_clock::time_point;

// One thread. Callbacks may watch and unwatch anything, themselves included.
class EventLoop {
 public:
  static absl::StatusOr<std::unique_ptr<EventLoop>> Open();

  // Calls `ready` whenever `fd` is readable (or has failed), until Unwatch. Replaces an earlier callback. Dies where
  // the kernel refuses: a descriptor that nobody watches would be a deaf probe.
  void Watch(int fd, std::function<void()> ready) { Watch(fd, Turn::kInOrder, std::move(ready)); }
  // One that is `kFirst` is called before all others that are ready at the same time.
  enum class Turn : std::uint8_t { kFirst, kInOrder };
  void Watch(int fd, Turn turn, std::function<void()> ready);
  void Unwatch(int fd);

  // Waits until something is readable or `until` has come, and calls what is ready. Sleeps without a limit when there
  // is no deadline.
  absl::Status RunOnce(std::optional<Instant> until);

 private:
  struct Watched {
    std::uint64_t generation = 0;
    Turn turn = Turn::kInOrder;
    std::function<void()> ready;
  };

  explicit EventLoop(netlink::UniqueFd epoll) : epoll_(std::move(epoll)) {}
  void Call(int fd, std::uint64_t generation);

  netlink::UniqueFd epoll_;
  std::map<int, std::shared_ptr<Watched>> watched_;
  std::uint64_t generation_ = 0;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_EVENT_LOOP_H_
