// A site's own commands that run beside the probe.
#ifndef PROBE_DAEMON_COMMANDS_H_
#define PROBE_DAEMON_COMMANDS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "arbiter/process/log.h"
#include "probe/actuate/command_runner.h"
#include "probe/daemon/event_loop.h"

namespace probe::daemon {

// Nobody waits for them; each is bounded in time, and so are they all in number. Not thread-safe.
class Commands {
 public:
  static constexpr std::size_t kMostAtOnce = 16;

  // Both must outlive it.
  Commands(EventLoop& loop, const arbiter::process::Log& log) : loop_(loop), log_(log) {}
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;
  ~Commands();

  // Gets what has come of it, in place of the log. It is not called when this object goes first.
  using Done = std::function<void(const actuate::CommandResult& result)>;

  // ResourceExhausted while too many run.
  absl::Status Start(const actuate::CommandSpec& spec, Instant now, Done done = {});

  // Ends those whose time is over.
  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  void Poll(int fd, Instant now);

  EventLoop& loop_;
  const arbiter::process::Log& log_;
  struct Running {
    std::unique_ptr<actuate::RunningCommand> command;
    Done done;
  };
  std::map<int, Running> running_;  // by descriptor
  Instant ticked_{};                // whose time was over then has been killed
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_COMMANDS_H_
