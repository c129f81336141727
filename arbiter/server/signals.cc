#include "arbiter/server/signals.h"

#include <chrono>
#include <ctime>

namespace arbiter::server {

Signals::Signals() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&set_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

Signal Signals::Wait(core::Duration at_most) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  timespec timeout{};
  timeout.tv_sec = seconds.count();
  timeout.tv_nsec = (at_most - seconds).count();
  const int signal = sigtimedwait(&set_, nullptr, &timeout);
  if (signal == SIGHUP) {
    return Signal::kReload;
  }
  return signal > 0 ? Signal::kStop : Signal::kNone;
}

}  // namespace arbiter::server
