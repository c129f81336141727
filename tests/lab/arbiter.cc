#include "tests/lab/arbiter.h"

#include <signal.h>

#include <utility>

#include "tests/lab/check.h"
#include "tests/lab/programs.h"

namespace lab {
namespace {

constexpr auto kStopLimit = std::chrono::seconds(10);

}  // namespace

Arbiter::Arbiter(const Host& host, const std::filesystem::path& directory, std::vector<std::string> extra_flags,
                 std::vector<std::string> ctl_flags)
    : host_(host), directory_(directory), extra_flags_(std::move(extra_flags)), ctl_flags_(std::move(ctl_flags)) {}

void Arbiter::Start() {
  if (process_ != nullptr) earlier_logs_ += process_->Out() + process_->Err();
  // As its unit starts it.
  std::vector<std::string> argv = {"nice",
                                   "-n",
                                   "-10",
                                   Program("arbiter"),
                                   "--listen",
                                   std::string("0.0.0.0:") + kArbiterPort,
                                   "--metrics-listen",
                                   "127.0.0.1:7431",
                                   "--state-dir",
                                   directory_.string(),
                                   "--insecure"};
  argv.insert(argv.end(), extra_flags_.begin(), extra_flags_.end());
  process_ = std::make_unique<Process>(host_.In(std::move(argv)));
}

void Arbiter::Stop() {
  process_->Signal(SIGTERM);
  if (!process_->Wait(kStopLimit).has_value()) Check(absl::DeadlineExceededError("stop the arbiter: " + Log()));
}

void Arbiter::Kill() { process_->Kill(); }

void Arbiter::Freeze() { process_->Signal(SIGSTOP); }

void Arbiter::Thaw() { process_->Signal(SIGCONT); }

std::string Arbiter::endpoint() const { return host_.control_address() + ":" + kArbiterPort; }

std::string Arbiter::Log() const {
  return process_ == nullptr ? earlier_logs_ : earlier_logs_ + process_->Out() + process_->Err();
}

Outcome Arbiter::Ctl(std::vector<std::string> arguments) const {
  std::vector<std::string> argv = {Program("arbctl"), "--server", std::string("127.0.0.1:") + kArbiterPort};
  argv.insert(argv.end(), ctl_flags_.begin(), ctl_flags_.end());
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return CheckOr(Execute(host_.In(std::move(argv))));
}

Json Arbiter::CtlJson(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"-o", "json"});
  const Outcome outcome = Ctl(std::move(arguments));
  if (outcome.exit_code != 0) return {};
  return CheckOr(Json::Parse(outcome.out));
}

}  // namespace lab
