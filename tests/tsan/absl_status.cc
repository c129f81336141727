// Tells ThreadSanitizer what orders the users of a shared absl::Status: its count of them, which is kept inside the
// library. Stands in front of the library's definition.
#include <sanitizer/tsan_interface.h>

#include "absl/status/status.h"
#include "tests/tsan/real.h"

namespace {
constinit tsan::Real<void(std::uintptr_t)> real_unref("_ZN", "6Status15UnrefNonInlinedEm");
}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Status::UnrefNonInlined(std::uintptr_t rep) {
  // As for any count: each user's acts come before the end of the last one's.
  __tsan_release(reinterpret_cast<void*>(rep));
  __tsan_acquire(reinterpret_cast<void*>(rep));
  real_unref(rep);
}

ABSL_NAMESPACE_END
}  // namespace absl
