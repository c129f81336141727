// A child process of the lab, known by its id alone, with its output captured.
#ifndef TESTS_LAB_PROCESS_H_
#define TESTS_LAB_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/lab/instant.h"
#include "tests/lab/unique_fd.h"

namespace lab {

// What to run and where.
struct Command {
  std::vector<std::string> argv;
  std::string netns = "";  // the name of a network namespace; empty: the test's own
  std::string input = "";  // its standard input
};

// What a finished command left.
struct Outcome {
  int exit_code = -1;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

// Leads its own process group, which is killed when this object goes. It dies with the test program.
// Start it from the main thread: the kernel ties that death to the thread that forked.
class Process {
 public:
  // A program that cannot be executed ends with exit code 127.
  explicit Process(const Command& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Sends a signal to the process alone; nothing when it has ended.
  void Signal(int number);

  // SIGKILL to the whole group, and waits for the process.
  void Kill();

  // The exit code once it has ended, within `limit`.
  std::optional<int> Wait(Duration limit);
  bool Running() { return !Wait(Duration::zero()).has_value(); }

  // What it has used of a processor so far, in user and kernel mode; zero once it has ended.
  [[nodiscard]] Duration ProcessorTime() const;

  [[nodiscard]] std::string Out() const;
  [[nodiscard]] std::string Err() const;

 private:
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  UniqueFd pidfd_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// Runs to the end; DeadlineExceeded after `limit`.
absl::StatusOr<Outcome> Execute(const Command& command, Duration limit = std::chrono::seconds(20));

// The standard output of a command that must succeed; the error has the command and what it said.
absl::StatusOr<std::string> OutputOf(const Command& command);

}  // namespace lab

#endif  // TESTS_LAB_PROCESS_H_
