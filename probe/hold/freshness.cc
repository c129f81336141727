#include "probe/hold/freshness.h"

#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace probe::hold {

namespace {

constexpr char kForget[] = " (if no arbiter of yours had that term: arbiter-probe holds --forget-term)";

}  // namespace

std::string WhyImplausible(const HoldMemory& memory, std::uint64_t term) {
  // Whoever knows no term yet and holds nothing back cannot tell where its arbiters are, and nothing hangs on it.
  const bool first = memory.newest_term == 0 && memory.holds.empty();
  const bool jumps = !first && term > memory.newest_term && term - memory.newest_term > kMostTermStep;
  if (!jumps && term < kTermLimit) return "";
  return absl::StrCat("term ", term, " is not believed, no arbiter comes to it from ", memory.newest_term,
                      ", the newest seen here");
}

std::string WhyStale(const HoldMemory& memory, const Directive& directive, BootTime boot_now) {
  if (directive.fence.term < memory.newest_term) {
    const bool far = memory.newest_term - directive.fence.term > kMostTermStep;
    return absl::StrCat("older term: ", directive.fence.term, ", the newest seen here is ", memory.newest_term,
                        far ? kForget : "");
  }
  if (std::string why = WhyImplausible(memory, directive.fence.term); !why.empty()) return why;
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
  if (term <= memory.newest_term || !WhyImplausible(memory, term).empty()) return false;
  memory.newest_term = term;
  memory.obeyed.clear();
  return true;
}

void RememberObeyed(HoldMemory& memory, const Fence& fence, Vips vips) {
  RaiseTerm(memory, fence.term);
  for (const arbiter::IpAddress& vip : vips) memory.obeyed[vip] = fence;
}

}  // namespace probe::hold
