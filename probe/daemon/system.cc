#include "probe/daemon/system.h"

#include <linux/capability.h>
#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "arbiter/process/private_directory.h"
#include "arbiter/process/privileges.h"
#include "arbiter/process/regular_file.h"

namespace probe::daemon {
namespace {

constexpr std::size_t kMaxBytes = 65536;  // files of /proc

std::string Read(const std::string& path) {
  absl::StatusOr<std::string> text = arbiter::process::ReadRegularFile(path, kMaxBytes);
  return text.ok() ? *std::move(text) : std::string();
}

std::string Mend(absl::string_view capability) {
  return absl::StrCat(
      ": run as root, or give it the capability (systemd: AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN; ",
      "else: setcap cap_net_raw,cap_net_admin+ep on the program); missing is ", capability);
}

}  // namespace

std::chrono::nanoseconds BootNow() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::string OwnProgram() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

std::string BootId() { return std::string(absl::StripAsciiWhitespace(Read("/proc/sys/kernel/random/boot_id"))); }

std::string RandomName() {
  std::string bytes(8, '\0');
  (void)!getrandom(bytes.data(), bytes.size(), 0);  // never fails for so few once the kernel has started
  return absl::BytesToHexString(bytes);
}

absl::Status CheckMayCapture() {
  if (arbiter::process::HasCapability(CAP_NET_RAW)) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("capture VRRP: Operation not permitted", Mend("CAP_NET_RAW")));
}

absl::Status CheckMayAdminister() {
  if (arbiter::process::HasCapability(CAP_NET_ADMIN)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("change addresses and packet filter: Operation not permitted", Mend("CAP_NET_ADMIN")));
}

bool PromotesSecondaries(const std::string& link) {
  for (const std::string& scope : {std::string("all"), link}) {
    const std::string value = Read(absl::StrCat("/proc/sys/net/ipv4/conf/", scope, "/promote_secondaries"));
    if (absl::StartsWith(value, "1")) return true;
  }
  return false;
}

int ArpIgnore(const std::string& link) {
  int most = 0;
  for (const std::string& scope : {std::string("all"), link}) {
    const std::string text = Read(absl::StrCat("/proc/sys/net/ipv4/conf/", scope, "/arp_ignore"));
    int value = 0;
    if (absl::SimpleAtoi(text, &value)) most = std::max(most, value);
  }
  return most;
}

std::string UnitOf(int pid) {
  if (!std::filesystem::exists("/run/systemd/system")) return "";
  const std::string cgroups = Read(absl::StrCat("/proc/", pid, "/cgroup"));
  for (const absl::string_view line : absl::StrSplit(cgroups, '\n')) {
    for (const absl::string_view part : absl::StrSplit(line, '/')) {
      if (absl::EndsWith(part, ".service")) return std::string(part);
    }
  }
  return "";
}

absl::Status MakeRuntimeDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("make runtime directory ", path));
  const auto directory = arbiter::process::PrivateDirectory::Open(path);
  if (directory.ok()) return absl::OkStatus();
  return {directory.status().code(), absl::StrCat("runtime ", directory.status().message())};
}

}  // namespace probe::daemon
