#include "probe/daemon/holds_text.h"

#include "absl/strings/str_cat.h"
#include "proto/codec/time.h"
#include "proto/value/duration.h"
#include "proto/value/printable.h"

namespace probe::daemon {

std::string HoldsText(const std::vector<arbiter::v1::LocalHold>& holds) {
  std::string text;
  for (const arbiter::v1::LocalHold& hold : holds) {
    absl::StrAppend(&text, hold.vip(), "  held back for ",
                    arbiter::FormatDuration(arbiter::codec::FromProto(hold.held_for())));
    if (!hold.survivor().empty()) absl::StrAppend(&text, ", ", arbiter::Printable(hold.survivor()), " serves it");
    if (!hold.incident().empty()) absl::StrAppend(&text, ", incident ", arbiter::Printable(hold.incident()));
    if (!hold.reason().empty()) absl::StrAppend(&text, ": ", arbiter::Printable(hold.reason()));
    absl::StrAppend(&text, "\n");
  }
  return text.empty() ? "nothing is held back\n" : text;
}

}  // namespace probe::daemon
