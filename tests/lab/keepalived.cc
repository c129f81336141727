#include "tests/lab/keepalived.h"

#include <signal.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/lab/check.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

constexpr auto kStartLimit = std::chrono::seconds(10);
constexpr auto kStopLimit = std::chrono::seconds(10);

}  // namespace

Keepalived::Keepalived(const Host& host, const std::filesystem::path& directory) : host_(host), directory_(directory) {}

Keepalived::~Keepalived() {
  if (parent_ != nullptr) Kill();
}

void Keepalived::Configure(const KeepalivedConfig& config) {
  std::ofstream file(config_path());
  file << Render(config) << std::flush;
  if (!file) Check(absl::InternalError(absl::StrCat("write ", config_path())));
}

void Keepalived::Start() {
  std::error_code gone_already;
  std::filesystem::remove(directory_ / "vrrp.pid", gone_already);
  // -P: VRRP only; -n -l -D: stay, and tell the whole story on the standard output.
  parent_ = std::make_unique<Process>(
      host_.In({"keepalived", "-P", "-n", "-l", "-D", "-f", config_path(), "-p", pid_path(), "-r",
                (directory_ / "vrrp.pid").string(), "-c", (directory_ / "checkers.pid").string()}));
  const testing::AssertionResult started = WaitUntil("keepalived has its VRRP child", kStartLimit, [this] {
    return Seen{Child() > 0, Log()};
  });
  if (!started) Check(absl::InternalError(started.message()));
}

void Keepalived::Reload() { parent_->Signal(SIGHUP); }

void Keepalived::Stop() {
  parent_->Signal(SIGTERM);
  if (!parent_->Wait(kStopLimit).has_value()) Check(absl::DeadlineExceededError("stop keepalived: " + Log()));
}

void Keepalived::Kill() {
  // In this order: a parent whose child died would start another, a child whose parent died would tidy up.
  parent_->Signal(SIGSTOP);
  if (const pid_t child = Child(); child > 0 && parent_->Running()) kill(child, SIGKILL);
  parent_->Kill();
}

void Keepalived::Freeze() { SignalBoth(SIGSTOP); }

void Keepalived::Thaw() { SignalBoth(SIGCONT); }

void Keepalived::SignalBoth(int number) {
  parent_->Signal(number);
  if (const pid_t child = Child(); child > 0 && parent_->Running()) kill(child, number);
}

std::string Keepalived::Log() const { return parent_ == nullptr ? "" : parent_->Out() + parent_->Err(); }

pid_t Keepalived::Child() const {
  std::ifstream file(directory_ / "vrrp.pid");
  pid_t pid = 0;
  file >> pid;
  return file ? pid : 0;
}

}  // namespace lab
