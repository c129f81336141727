#include "probe/hold/freshness.h"

#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace probe::hold {

std::string WhyStale(const HoldMemory& memory, const Directive& directive, BootTime boot_now) {
  if (directive.fence.term < memory.newest_term) {
    return absl::StrCat("older term: ", directive.fence.term, ", the newest seen here is ", memory.newest_term);
  }
  if (directive.as_of > boot_now)
    return "expired: it counts from a time that this node has not reached since its start";
  const Duration age = boot_now - directive.as_of;
  if (age > directive.valid_for) {
    return absl::StrCat("expired: ", arbiter::FormatDuration(age), " old, valid for ",
                        arbiter::FormatDuration(directive.valid_for));
  }
  return "";
}

std::string WhyRepeated(const HoldMemory& memory, const arbiter::IpAddress& vip, const Fence& fence) {
  const auto obeyed = memory.obeyed.find(vip);
  if (obeyed == memory.obeyed.end() || fence > obeyed->second) return "";
  return absl::StrCat("repeated: sequence ", fence.sequence, ", ", obeyed->second.sequence, " was obeyed already");
}

bool RaiseTerm(HoldMemory& memory, std::uint64_t term) {
  if (term <= memory.newest_term) return false;
  memory.newest_term = term;
  memory.obeyed.clear();
  return true;
}

void RememberObeyed(HoldMemory& memory, const Fence& fence, Vips vips) {
  RaiseTerm(memory, fence.term);
  for (const arbiter::IpAddress& vip : vips) memory.obeyed[vip] = fence;
}

}  // namespace probe::hold
