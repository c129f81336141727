// Runs a site's own command beside the probe: no shell, bounded in time, never waited for.
#ifndef PROBE_ACTUATE_COMMAND_RUNNER_H_
#define PROBE_ACTUATE_COMMAND_RUNNER_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/netlink/link.h"
#include "probe/netlink/unique_fd.h"

namespace probe::actuate {

struct CommandSpec {
  std::vector<std::string> argv;             // argv[0] is an absolute path
  std::map<std::string, std::string> about;  // becomes ARBITER_<name>=<value>; names are A-Z, 0-9 and _
  std::chrono::nanoseconds time_limit{};
  std::size_t most_output = 1024;  // bytes kept; the rest is read and dropped
};

struct CommandResult {
  absl::Status status;  // OK: exit 0. DeadlineExceeded: killed. Aborted: other exit, or a signal. Names the command.
  std::chrono::nanoseconds took{};
  std::string output;  // the beginning of what it wrote to stdout and stderr
};

// One command that runs. It has a process group of its own, which is killed at the deadline or when this object goes;
// what it leaves behind after a clean end lives on. Its environment is PATH and the ARBITER_ variables, its working
// directory /, its input empty. Not thread-safe.
class RunningCommand {
 public:
  // InvalidArgument for an argv[0] that is not absolute, a bad variable name or no time limit; else why it cannot run.
  static absl::StatusOr<std::unique_ptr<RunningCommand>> Start(const CommandSpec& spec, netlink::Instant now);

  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;
  ~RunningCommand();

  // Poll for reading, and call Poll then and at the deadline.
  [[nodiscard]] int fd() const { return poll_.get(); }
  [[nodiscard]] netlink::Instant deadline() const { return deadline_; }

  // Reads its output; kills it if `now` is past the deadline. The result once it has ended, then nothing more.
  std::optional<CommandResult> Poll(netlink::Instant now);

 private:
  RunningCommand(const CommandSpec& spec, netlink::Instant now)
      : name_(spec.argv[0]), most_output_(spec.most_output), started_(now), deadline_(now + spec.time_limit) {}
  absl::Status Spawn(const CommandSpec& spec);
  absl::Status WatchBoth();
  void ReadOutput();

  std::string name_;
  std::size_t most_output_;
  netlink::Instant started_;
  netlink::Instant deadline_;
  pid_t pid_ = 0;  // also its process group; 0 once it was reaped
  bool killed_ = false;
  netlink::UniqueFd process_;
  netlink::UniqueFd output_fd_;
  netlink::UniqueFd poll_;  // an epoll of the two
  std::string output_;
};

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_COMMAND_RUNNER_H_
