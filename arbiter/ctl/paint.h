// Colours of text, where the terminal takes them.
#ifndef ARBITER_CTL_PAINT_H_
#define ARBITER_CTL_PAINT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace arbiter::ctl {

enum class Paint : std::uint8_t { kPlain, kBold, kGood, kWarning, kBad };

// `text` as it is unless `colour`.
std::string Painted(absl::string_view text, Paint paint, bool colour);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PAINT_H_
