#include "arbiter/process/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace arbiter::process {
namespace {

// Both are among the first 32, so the second word of each set is empty.
constexpr std::uint32_t kKept = (1U << CAP_NET_RAW) | (1U << CAP_NET_ADMIN);

// What nobody below this process can get back, not even by a program of root. It takes CAP_SETPCAP; a process that
// lacks it is no root's, and has nothing to lose here.
absl::Status ShrinkBoundingSet() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    const bool kept = capability == CAP_NET_RAW || capability == CAP_NET_ADMIN;
    if (kept || prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0 || errno == EPERM) continue;
    return absl::ErrnoToStatus(errno, absl::StrCat("give up capability ", capability));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status KeepNetworkPrivilegesOnly() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return absl::ErrnoToStatus(errno, "forbid new privileges");
  if (absl::Status status = ShrinkBoundingSet(); !status.ok()) return status;
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return absl::ErrnoToStatus(errno, "read capabilities");
  const __user_cap_data_struct& had = sets[0];
  const std::uint32_t kept = had.permitted & kKept;
  sets = {{{.effective = kept, .permitted = kept, .inheritable = had.inheritable & kept}, {}}};
  if (syscall(SYS_capset, &header, sets.data()) != 0) return absl::ErrnoToStatus(errno, "give up capabilities");
  return absl::OkStatus();
}

}  // namespace arbiter::process
