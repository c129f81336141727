// Signals as something that a loop reads.
#ifndef ARBITER_PROCESS_SIGNALS_H_
#define ARBITER_PROCESS_SIGNALS_H_

#include <chrono>

#include "absl/status/statusor.h"
#include "arbiter/process/descriptor.h"

namespace arbiter::process {

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
  // Those that come within `at_most`, at once when there is one.
  Seen Wait(std::chrono::milliseconds at_most);

 private:
  explicit Signals(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_SIGNALS_H_
