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

std::string Printable(absl::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, which are control characters as well: 0xC2 and a byte below 0xA0. All else from 0x80 on is
    // UTF-8 and stays; protobuf lets no other bytes through.
    const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;
    out += c1 || byte < 0x20 || byte == 0x7f ? '?' : static_cast<char>(byte);
  }
  return out;
}

}  // namespace arbiter::ctl
