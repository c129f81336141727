#include "arbiter/ctl/paint.h"

#include "absl/strings/str_cat.h"

namespace arbiter::ctl {
namespace {

absl::string_view CodeOf(Paint paint) {
  switch (paint) {
    case Paint::kPlain:
      return "";
    case Paint::kBold:
      return "1";
    case Paint::kGood:
      return "32";
    case Paint::kWarning:
      return "33";
    case Paint::kBad:
      return "1;31";
  }
  return "";
}

}  // namespace

std::string Painted(absl::string_view text, Paint paint, bool colour) {
  if (!colour || paint == Paint::kPlain) return std::string(text);
  return absl::StrCat("\x1b[", CodeOf(paint), "m", text, "\x1b[0m");
}

}  // namespace arbiter::ctl
