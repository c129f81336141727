// Signals as values that the main thread waits for.
#ifndef ARBITER_SERVER_SIGNALS_H_
#define ARBITER_SERVER_SIGNALS_H_

#include <csignal>
#include <cstdint>

#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

enum class Signal : std::uint8_t { kNone, kStop, kReload };

// Make it before any thread starts: threads inherit that SIGTERM, SIGINT and SIGHUP are blocked. SIGPIPE is ignored.
class Signals {
 public:
  Signals();

  // The next signal; kNone when none came within `at_most`.
  [[nodiscard]] Signal Wait(core::Duration at_most) const;

 private:
  sigset_t set_{};
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_SIGNALS_H_
