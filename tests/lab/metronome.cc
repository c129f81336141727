#include "tests/lab/metronome.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tests/lab/check.h"

namespace lab {

void BePunctual() {
  sched_param parameters{};
  parameters.sched_priority = 1;
  static_cast<void>(sched_setscheduler(0, SCHED_FIFO, &parameters));
}

UniqueFd MakeStopSignal() {
  UniqueFd stop(eventfd(0, EFD_CLOEXEC));
  if (stop.get() < 0) Check(absl::ErrnoToStatus(errno, "make an eventfd"));
  return stop;
}

void SendStop(const UniqueFd& stop) { eventfd_write(stop.get(), 1); }

Metronome::Metronome(Duration interval, int socket, std::function<void()> beat, std::function<void()> hear)
    : interval_(interval), socket_(socket), beat_(std::move(beat)), hear_(std::move(hear)), stop_(MakeStopSignal()) {
  thread_ = std::thread([this] { Loop(); });
}

Metronome::~Metronome() {
  SendStop(stop_);
  thread_.join();
}

void Metronome::Loop() {
  BePunctual();
  std::array<pollfd, 2> polled = {pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = socket_, .events = POLLIN, .revents = 0}};
  Instant next = Now();
  while (polled[0].revents == 0) {
    const Instant now = Now();
    if (now >= next) {
      beat_();
      next += interval_;
      if (next <= now) next = now + interval_;
    }
    const Duration left = std::max(Duration(next - Now()), Duration::zero());
    const timespec timeout{.tv_sec = 0, .tv_nsec = left.count()};
    if (ppoll(polled.data(), polled.size(), &timeout, nullptr) > 0 && polled[1].revents != 0) hear_();
  }
}

}  // namespace lab
