#include "arbiter/process/privileges.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace arbiter::process {
namespace {

struct CapFree {
  void operator()(cap_t sets) const { cap_free(sets); }
};
using Sets = std::unique_ptr<std::remove_pointer_t<cap_t>, CapFree>;

bool Has(const Sets& sets, cap_flag_t set, cap_value_t capability) {
  cap_flag_value_t value = CAP_CLEAR;
  return cap_get_flag(sets.get(), capability, set, &value) == 0 && value == CAP_SET;
}

// What nobody below this process can get back, not even by a program of root. It takes CAP_SETPCAP; a process that
// lacks it is no root's, and has nothing to lose here.
absl::Status ShrinkBoundingSet(std::initializer_list<int> kept) {
  for (cap_value_t capability = 0; cap_get_bound(capability) >= 0; ++capability) {
    const bool stays = std::find(kept.begin(), kept.end(), capability) != kept.end();
    if (stays || cap_drop_bound(capability) == 0 || errno == EPERM) continue;
    return absl::ErrnoToStatus(errno, absl::StrCat("give up capability ", capability));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status KeepCapabilities(std::initializer_list<int> kept) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return absl::ErrnoToStatus(errno, "forbid new privileges");
  if (absl::Status status = ShrinkBoundingSet(kept); !status.ok()) return status;
  const Sets had(cap_get_proc());
  const Sets left(cap_init());
  if (had == nullptr || left == nullptr) return absl::ErrnoToStatus(errno, "read capabilities");
  for (const cap_value_t capability : kept) {
    const auto keep = [&](cap_flag_t set, cap_flag_t from) {
      if (Has(had, from, capability)) cap_set_flag(left.get(), set, 1, &capability, CAP_SET);
    };
    keep(CAP_PERMITTED, CAP_PERMITTED);
    keep(CAP_EFFECTIVE, CAP_PERMITTED);
    keep(CAP_INHERITABLE, CAP_INHERITABLE);
  }
  if (cap_set_proc(left.get()) != 0) return absl::ErrnoToStatus(errno, "give up capabilities");
  return absl::OkStatus();
}

bool HasCapability(int capability) { return Has(Sets(cap_get_proc()), CAP_EFFECTIVE, capability); }

}  // namespace arbiter::process
