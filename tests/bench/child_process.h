// A program that a benchmark runs beside itself, and what the kernel says it uses.
#ifndef TESTS_BENCH_CHILD_PROCESS_H_
#define TESTS_BENCH_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace bench {

// Ends with its owner: SIGTERM, after five seconds SIGKILL.
class ChildProcess {
 public:
  // What it prints goes to `log`. Not started: every figure is zero.
  ChildProcess(const std::vector<std::string>& command, const std::string& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Waits for its end; an error unless it exited with 0.
  absl::Status Wait();

  // Processor time so far, of all its threads, user and system.
  [[nodiscard]] double CpuSeconds() const;
  // "VmRSS" (resident now) or "VmHWM" (resident at most), in KiB.
  [[nodiscard]] double MemoryKib(const std::string& key) const;
  // Sets VmHWM back to what is resident now.
  void ForgetPeak() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace bench

#endif  // TESTS_BENCH_CHILD_PROCESS_H_
