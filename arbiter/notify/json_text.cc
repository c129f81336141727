#include "arbiter/notify/json_text.h"

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace arbiter::notify {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// The length of the UTF-8 sequence at the start of `text`; 0: it is none.
std::size_t SequenceLength(absl::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if ((first & 0xF0U) == 0xE0) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned char second = at(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

// Appends the ASCII character, escaped where it has to be.
void AppendAscii(char c, std::string* out) {
  if (c == '"' || c == '\\') {
    absl::StrAppend(out, "\\", absl::string_view(&c, 1));
  } else if (c == '\n') {
    absl::StrAppend(out, "\\n");
  } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    absl::StrAppend(out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
  } else {
    out->push_back(c);
  }
}

}  // namespace

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      AppendAscii(text[0], &out);
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = SequenceLength(text);
    absl::StrAppend(&out, length == 0 ? absl::string_view(kReplacement) : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + "\"";
}

std::string JsonObject(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    absl::StrAppend(&out, out.size() == 1 ? "" : ",", JsonString(name), ":", JsonString(value));
  }
  return out + "}";
}

}  // namespace arbiter::notify
