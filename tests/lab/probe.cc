#include "tests/lab/probe.h"

#include <signal.h>

#include <utility>

#include "tests/lab/check.h"
#include "tests/lab/programs.h"

namespace lab {
namespace {

constexpr auto kStopLimit = std::chrono::seconds(10);

}  // namespace

Probe::Probe(const Host& host, ProbeOptions options) : host_(host), options_(std::move(options)) {
  std::error_code error;
  std::filesystem::create_directories(options_.runtime_dir, error);
}

void Probe::Start() {
  if (process_ != nullptr) earlier_logs_ += process_->Out() + process_->Err();
  // As its unit starts it.
  std::vector<std::string> argv = {"nice", "-n", "-10"};
  argv.insert(argv.end(), options_.prefix.begin(), options_.prefix.end());
  argv.insert(argv.end(),
              {Program("arbiter-probe"), "--arbiter", options_.arbiter, "--cluster", options_.cluster, "--node",
               options_.node, "--keepalived-conf", options_.keepalived_conf, "--keepalived-pidfile",
               options_.keepalived_pidfile, "--runtime-dir", options_.runtime_dir.string(), "--insecure"});
  for (const std::string& interface : options_.interfaces) argv.insert(argv.end(), {"--interface", interface});
  argv.insert(argv.end(), options_.extra_flags.begin(), options_.extra_flags.end());
  process_ = std::make_unique<Process>(host_.In(std::move(argv)));
}

void Probe::Stop() {
  process_->Signal(SIGTERM);
  if (!process_->Wait(kStopLimit).has_value()) Check(absl::DeadlineExceededError("stop the probe: " + Log()));
}

void Probe::Kill() { process_->Kill(); }

void Probe::Freeze() { process_->Signal(SIGSTOP); }

void Probe::Thaw() { process_->Signal(SIGCONT); }

std::string Probe::Log() const {
  return process_ == nullptr ? earlier_logs_ : earlier_logs_ + process_->Out() + process_->Err();
}

Outcome Probe::Sub(std::vector<std::string> arguments) const {
  std::vector<std::string> argv = {Program("arbiter-probe")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--runtime-dir", options_.runtime_dir.string(), "--keepalived-conf",
                           options_.keepalived_conf, "--keepalived-pidfile", options_.keepalived_pidfile});
  return CheckOr(Execute(host_.In(std::move(argv))));
}

}  // namespace lab
