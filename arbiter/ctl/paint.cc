#include "arbiter/ctl/paint.h"

#include <algorithm>

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

std::string Printable(absl::string_view text) {
  std::string out(text);
  // Bytes from 0x80 on are UTF-8 and stay; protobuf lets no other bytes through.
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::replace_if(out.begin(), out.end(), control, '?');
  return out;
}

}  // namespace arbiter::ctl
