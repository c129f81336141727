#include "arbiter/process/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace arbiter::process {

absl::StatusOr<Signals> Signals::Open() {
  sigset_t set{};
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr);
  if (error != 0) return absl::ErrnoToStatus(error, "block signals");
  std::signal(SIGPIPE, SIG_IGN);
  Descriptor fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, "open signalfd");
  return Signals(std::move(fd));
}

Signals::Seen Signals::Drain() {
  Seen seen;
  signalfd_siginfo info{};
  while (read(fd_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) {
      seen.reload = true;
    } else {
      seen.stop = true;
    }
  }
  return seen;
}

Signals::Seen Signals::Wait(std::chrono::milliseconds at_most) {
  pollfd one{fd_.get(), POLLIN, 0};
  poll(&one, 1, static_cast<int>(at_most.count()));
  return Drain();
}

}  // namespace arbiter::process
