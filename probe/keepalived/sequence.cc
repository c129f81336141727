#include "probe/keepalived/sequence.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "probe/keepalived/lexer.h"

namespace probe::keepalived {
namespace {

// Cuts at the commas outside braces. Blanks around a part do not belong to it.
std::vector<absl::string_view> CutAtCommas(absl::string_view text) {
  std::vector<absl::string_view> parts;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : 0;
    depth -= text[i] == '}' ? 1 : 0;
    if (text[i] == ',' && depth == 0) {
      parts.push_back(TrimBlanks(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  parts.push_back(TrimBlanks(text.substr(start)));
  return parts;
}

// Between -10^15 and 10^15, so that no step between two of them overflows. 0x and 0 prefixes count, as strtol base 0.
absl::StatusOr<std::int64_t> ReadNumber(absl::string_view text) {
  constexpr std::int64_t kLimit = 1'000'000'000'000'000;
  const std::string digits(text);
  char* end = nullptr;
  const std::int64_t number = std::strtoll(digits.c_str(), &end, 0);
  if (digits.empty() || *end != '\0' || number < -kLimit || number > kLimit) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no number for a sequence"));
  }
  return number;
}

struct Range {
  std::int64_t start = 0;
  std::int64_t step = 0;
  std::int64_t end = 0;
};

absl::StatusOr<Range> ReadRange(const std::vector<absl::string_view>& parts) {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const absl::StatusOr<std::int64_t> number = ReadNumber(parts[i]);
    if (!number.ok()) {
      return number.status();
    }
    numbers.push_back(*number);
  }
  Range range;
  if (numbers.size() == 1) {
    range.end = numbers[0];
    range.start = range.end < 0 ? -1 : 1;
    range.step = range.end < 1 ? -1 : 1;
  } else if (numbers.size() == 2) {
    range = {numbers[0], numbers[0] <= numbers[1] ? 1 : -1, numbers[1]};
  } else if (numbers.size() == 3) {
    range = {numbers[0], numbers[1], numbers[2]};
  } else {
    return absl::InvalidArgumentError("a sequence is ~SEQ(NAME, [START, [STEP,]] END)");
  }
  const bool backwards = (range.end > range.start && range.step < 0) || (range.end < range.start && range.step > 0);
  if (range.step == 0 || backwards) {
    return absl::InvalidArgumentError("the step of this sequence never reaches its end");
  }
  return range;
}

absl::StatusOr<Repetition> ReadSequence(const std::vector<absl::string_view>& parts, bool hex, std::size_t max_rows) {
  const absl::StatusOr<Range> range = ReadRange(parts);
  if (!range.ok()) {
    return range.status();
  }
  if (hex && (range->start < 0 || range->end < 0)) {
    return absl::InvalidArgumentError("~SEQx counts no negative numbers");
  }
  Repetition repetition;
  repetition.names.emplace_back(parts[0]);
  for (std::int64_t n = range->start; range->step > 0 ? n <= range->end : n >= range->end; n += range->step) {
    if (repetition.rows.size() == max_rows) {
      return absl::ResourceExhaustedError(absl::StrCat("a sequence of more than ", max_rows, " lines"));
    }
    repetition.rows.push_back({hex ? absl::StrCat(absl::Hex(n)) : absl::StrCat(n)});
  }
  return repetition;
}

// `{A, B}` or `A`, as its elements.
std::vector<std::string> ReadTuple(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "{") && !absl::ConsumeSuffix(&text, "}")) {
    return {};
  }
  std::vector<std::string> elements;
  for (const absl::string_view part : CutAtCommas(text)) {
    elements.emplace_back(part);
  }
  return elements;
}

absl::StatusOr<Repetition> ReadList(const std::vector<absl::string_view>& parts, std::size_t max_rows) {
  Repetition repetition;
  repetition.names = ReadTuple(parts[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::vector<std::string>& row = repetition.rows.emplace_back(ReadTuple(parts[i]));
    if (repetition.names.empty() || row.empty() || row.size() > repetition.names.size()) {
      return absl::InvalidArgumentError("the values of this list do not match its names");
    }
    row.resize(repetition.names.size());  // what is missing is empty
  }
  if (repetition.rows.empty() || repetition.rows.size() > max_rows) {
    return absl::InvalidArgumentError("a list is ~LST(NAME, VALUE, ...)");
  }
  return repetition;
}

}  // namespace

bool IsRepetition(absl::string_view line) { return absl::StartsWith(line, "~SEQ") || absl::StartsWith(line, "~LST"); }

absl::StatusOr<Repetition> ReadRepetition(absl::string_view line, std::size_t max_rows) {
  const bool list = absl::ConsumePrefix(&line, "~LST");
  const bool hex = !list && absl::ConsumePrefix(&line, "~SEQx");
  if (!list && !hex) {
    absl::ConsumePrefix(&line, "~SEQ");
  }
  line = TrimBlanks(line);
  const std::size_t close = line.find(')');
  if (!absl::StartsWith(line, "(") || close == absl::string_view::npos) {
    return absl::InvalidArgumentError("a sequence or list needs its values in brackets");
  }
  const std::vector<absl::string_view> parts = CutAtCommas(line.substr(1, close - 1));
  if (parts.size() < 2 || parts[0].empty()) {
    return absl::InvalidArgumentError("a sequence or list needs a name and a value");
  }
  absl::StatusOr<Repetition> repetition = list ? ReadList(parts, max_rows) : ReadSequence(parts, hex, max_rows);
  if (repetition.ok()) {
    repetition->line = std::string(TrimBlanks(line.substr(close + 1)));
  }
  return repetition;
}

}  // namespace probe::keepalived
