// Signals as something that the loop reads.
#ifndef PROBE_DAEMON_SIGNALS_H_
#define PROBE_DAEMON_SIGNALS_H_

#include "absl/status/statusor.h"
#include "probe/netlink/unique_fd.h"

namespace probe::daemon {

// Make it before any thread starts: threads inherit that SIGTERM, SIGINT and SIGHUP are blocked. SIGPIPE is ignored.
class Signals {
 public:
  static absl::StatusOr<Signals> Open();

  [[nodiscard]] int fd() const { return fd_.get(); }

  struct Seen {
    bool stop = false;
    bool reload = false;
  };
  Seen Drain();

 private:
  explicit Signals(netlink::UniqueFd fd) : fd_(std::move(fd)) {}
  netlink::UniqueFd fd_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SIGNALS_H_
