// The real arbiter on a host of the lab, and the real arbctl beside it.
#ifndef TESTS_LAB_ARBITER_H_
#define TESTS_LAB_ARBITER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/lab/host.h"
#include "tests/lab/json.h"
#include "tests/lab/process.h"

namespace lab {

inline constexpr char kArbiterPort[] = "7430";

class Arbiter {
 public:
  // Keeps its state in `directory`, which exists. `host` outlives it.
  // `ctl_flags` are for arbctl.
  Arbiter(const Host& host, const std::filesystem::path& directory, std::vector<std::string> extra_flags = {},
          std::vector<std::string> ctl_flags = {});

  [[nodiscard]] const Host& host() const { return host_; }

  // Without TLS unless the flags have it, as the lab has no strangers.
  void Start();
  void Stop();  // SIGTERM, and waits
  void Kill();  // SIGKILL
  void Freeze();
  void Thaw();

  // What it has used of a processor so far.
  [[nodiscard]] Duration ProcessorTime() const { return process_->ProcessorTime(); }

  // HOST:PORT for a probe's --arbiter.
  [[nodiscard]] std::string endpoint() const;
  [[nodiscard]] std::string Log() const;
  [[nodiscard]] bool Running() { return process_ != nullptr && process_->Running(); }

  // Runs arbctl against it on the same host; whatever its exit code.
  [[nodiscard]] Outcome Ctl(std::vector<std::string> arguments) const;
  // The document of `arbctl -o json ARGUMENTS`; nothing when arbctl fails.
  [[nodiscard]] Json CtlJson(std::vector<std::string> arguments) const;

 private:
  const Host& host_;
  std::filesystem::path directory_;
  std::vector<std::string> extra_flags_;
  std::vector<std::string> ctl_flags_;
  std::unique_ptr<Process> process_;
  std::string earlier_logs_;
};

}  // namespace lab

#endif  // TESTS_LAB_ARBITER_H_
