// keepalived's keywords (2.2, man keepalived.conf(5)) that have no bearing on who holds which address. Only what is in
// neither these lists nor a reader's table is reported as unknown.
#ifndef PROBE_KEEPALIVED_IGNORED_KEYWORDS_H_
#define PROBE_KEEPALIVED_IGNORED_KEYWORDS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace probe::keepalived {

absl::Span<const absl::string_view> IgnoredAtTopLevel();
absl::Span<const absl::string_view> IgnoredInGlobals();
absl::Span<const absl::string_view> IgnoredInInstance();
absl::Span<const absl::string_view> IgnoredInGroup();

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_IGNORED_KEYWORDS_H_
