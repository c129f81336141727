#include "probe/actuate/daemon_stopper.h"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "probe/actuate/pidfd.h"

namespace probe::actuate {
namespace {

constexpr std::size_t kStartTicksAfterName = 19;  // field 22; the fields after the name begin with number 3

absl::Status Gone(pid_t pid, absl::string_view why) {
  return absl::NotFoundError(absl::StrCat("stop daemon ", pid, ": ", why));
}

}  // namespace

absl::StatusOr<ProcessIdentity> IdentifyProcess(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string text;
  if (!std::getline(file, text)) return absl::NotFoundError(absl::StrCat("identify process ", pid, ": it is gone"));
  // The second field is the name in parentheses, which may hold spaces and parentheses itself.
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return absl::InternalError(absl::StrCat("identify process ", pid, ": bad stat"));
  const std::vector<std::string> fields = absl::StrSplit(text.substr(name_end + 2), ' ');
  ProcessIdentity identity{.pid = pid};
  if (fields.size() <= kStartTicksAfterName || !absl::SimpleAtoi(fields[kStartTicksAfterName], &identity.start_ticks)) {
    return absl::InternalError(absl::StrCat("identify process ", pid, ": bad stat"));
  }
  return identity;
}

absl::StatusOr<netlink::UniqueFd> StopDaemon(const ProcessIdentity& daemon) {
  netlink::UniqueFd process = OpenPidfd(daemon.pid);
  if (!process.ok()) {
    if (errno == ESRCH) return Gone(daemon.pid, "it has ended already");
    return absl::ErrnoToStatus(errno, absl::StrCat("open daemon ", daemon.pid));
  }
  // After the pidfd is open the number cannot change hands, so this look is final.
  const absl::StatusOr<ProcessIdentity> now = IdentifyProcess(daemon.pid);
  if (!now.ok()) return now.status();
  if (now->start_ticks != daemon.start_ticks) return Gone(daemon.pid, "its number belongs to another process by now");
  if (SignalPidfd(process, SIGTERM) != 0) {
    if (errno == ESRCH) return Gone(daemon.pid, "it has ended already");
    return absl::ErrnoToStatus(errno, absl::StrCat("send SIGTERM to daemon ", daemon.pid));
  }
  return process;
}

}  // namespace probe::actuate
