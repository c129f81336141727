// The real arbiter-probe on a node of the lab.
#ifndef TESTS_LAB_PROBE_H_
#define TESTS_LAB_PROBE_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/host.h"
#include "tests/lab/process.h"

namespace lab {

struct ProbeOptions {
  std::string arbiter;  // HOST:PORT
  std::string cluster = "default";
  std::string node;
  std::string keepalived_conf;
  std::string keepalived_pidfile;
  std::filesystem::path runtime_dir;                       // made when it is not there
  std::vector<std::string> interfaces = {kVrrpInterface};  // none: what the probe itself finds
  std::vector<std::string> prefix = {};                    // put before the program: setpriv and its options, say
  std::vector<std::string> extra_flags = {};
};

class Probe {
 public:
  // `host` outlives it.
  Probe(const Host& host, ProbeOptions options);

  void Start();
  void Stop();  // SIGTERM, and waits
  void Kill();  // SIGKILL
  void Freeze();
  void Thaw();

  // What it has used of a processor so far.
  [[nodiscard]] Duration ProcessorTime() const { return process_->ProcessorTime(); }

  // Its exit code once it has ended by itself.
  std::optional<int> Wait(Duration limit) { return process_->Wait(limit); }
  [[nodiscard]] std::string Log() const;

  // Runs a subcommand (`holds`, `snippet`, `doctor`) with this probe's options.
  [[nodiscard]] Outcome Sub(std::vector<std::string> arguments) const;

  [[nodiscard]] ProbeOptions& options() { return options_; }

 private:
  const Host& host_;
  ProbeOptions options_;
  std::unique_ptr<Process> process_;
  std::string earlier_logs_;
};

}  // namespace lab

#endif  // TESTS_LAB_PROBE_H_
