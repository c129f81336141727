#include "proto/value/printable.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"

namespace arbiter {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

// A form of UTF-8 (RFC 3629, section 3): how the first byte begins, and the smallest code that may be written so.
struct Form {
  std::uint32_t mask;
  std::uint32_t mark;
  std::size_t bytes;
  std::uint32_t least;
};
constexpr Form kForms[] = {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};

std::uint32_t ByteAt(absl::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool IsContinuation(absl::string_view text, std::size_t at) { return (ByteAt(text, at) & 0xc0U) == 0x80U; }

// The first character of a text that is not empty; nothing where its bytes are no UTF-8.
std::optional<Character> FirstOf(absl::string_view text) {
  for (const Form& form : kForms) {
    if ((ByteAt(text, 0) & form.mask) != form.mark) continue;
    if (text.size() < form.bytes) return std::nullopt;
    Character first{ByteAt(text, 0) & ~form.mask, form.bytes};
    for (std::size_t i = 1; i < form.bytes; ++i) {
      if (!IsContinuation(text, i)) return std::nullopt;
      first.code = first.code << 6 | (ByteAt(text, i) & 0x3fU);
    }
    const bool surrogate = first.code >= 0xd800 && first.code <= 0xdfff;
    if (first.code < form.least || first.code > 0x10ffff || surrogate) return std::nullopt;
    return first;
  }
  return std::nullopt;
}

bool IsControl(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

// Without a width, or of no effect but on the direction of others: U+061C, U+200B to U+200F, the separators of lines
// and paragraphs and the embeddings (U+2028 to U+202E), U+2060 to U+206F, U+FEFF.
bool IsUnseen(std::uint32_t code) {
  return code == 0x061c || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::optional<Character> first = FirstOf(text);
    const std::size_t bytes = first ? first->bytes : 1;
    if (!first || (IsControl(first->code) && bytes == 1)) {
      absl::StrAppend(&out, "\\x", absl::Hex(ByteAt(text, 0), absl::kZeroPad2));
    } else if (IsControl(first->code) || IsUnseen(first->code)) {
      absl::StrAppend(&out, "\\u", absl::Hex(first->code, absl::kZeroPad4));
    } else {
      absl::StrAppend(&out, text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string PrintableJson(absl::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const std::optional<Character> first = FirstOf(json);
    const std::size_t bytes = first ? first->bytes : 1;
    const bool hidden = bytes > 1 && (IsControl(first->code) || IsUnseen(first->code));
    if (hidden) {
      absl::StrAppend(&out, "\\u", absl::Hex(first->code, absl::kZeroPad4));
    } else {
      absl::StrAppend(&out, json.substr(0, bytes));
    }
    json.remove_prefix(bytes);
  }
  return out;
}

absl::string_view CutText(absl::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  constexpr std::size_t kMostContinuations = 3;
  std::size_t end = max_bytes;
  while (end > 0 && max_bytes - end < kMostContinuations && IsContinuation(text, end)) --end;
  return text.substr(0, end);
}

}  // namespace arbiter
