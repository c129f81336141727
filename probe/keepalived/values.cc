#include "probe/keepalived/values.h"

#include <cmath>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

using Kind = Diagnostic::Kind;

template <std::size_t N>
bool IsOneOf(absl::string_view word, const absl::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace

std::optional<std::string> ReadWord(const Block& block, std::size_t index, const ReadContext& context) {
  if (index >= block.words.size()) {
    context.log->Add(Kind::kBadValue, block.at, absl::StrCat("'", block.keyword(), "' has no value"));
    return std::nullopt;
  }
  return block.words[index];
}

std::optional<std::int64_t> ReadInteger(const Block& block, std::size_t index, const Bounds& bounds,
                                        const ReadContext& context) {
  const std::optional<std::string> word = ReadWord(block, index, context);
  if (!word.has_value()) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  if (!absl::SimpleAtoi(*word, &number) || number < bounds.least || number > bounds.most) {
    context.log->Add(Kind::kBadValue, block.at,
                     absl::StrCat("'", block.keyword(), "' is '", *word, "': a whole number from ", bounds.least,
                                  " to ", bounds.most, " is needed"));
    return std::nullopt;
  }
  return number;
}

std::optional<std::chrono::milliseconds> ReadSeconds(const Block& block, const Bounds& bounds,
                                                     const ReadContext& context) {
  const std::optional<std::string> word = ReadWord(block, 1, context);
  if (!word.has_value()) {
    return std::nullopt;
  }
  double seconds = 0;
  const bool read = absl::SimpleAtod(*word, &seconds) && std::isfinite(seconds);
  const double milliseconds = seconds * 1000;
  if (!read || milliseconds < static_cast<double>(bounds.least) || milliseconds > static_cast<double>(bounds.most)) {
    context.log->Add(Kind::kBadValue, block.at,
                     absl::StrCat("'", block.keyword(), "' is '", *word, "': a number of seconds from ",
                                  static_cast<double>(bounds.least) / 1000, " to ",
                                  static_cast<double>(bounds.most) / 1000, " is needed"));
    return std::nullopt;
  }
  return std::chrono::milliseconds(std::llround(milliseconds));
}

std::optional<bool> ReadSwitch(const Block& block, const ReadContext& context) {
  constexpr absl::string_view kYes[] = {"on", "true", "yes"};
  constexpr absl::string_view kNo[] = {"off", "false", "no"};
  if (block.words.size() < 2 || IsOneOf(block.Word(1), kYes)) {
    return true;
  }
  if (IsOneOf(block.Word(1), kNo)) {
    return false;
  }
  context.log->Add(Kind::kBadValue, block.at,
                   absl::StrCat("'", block.keyword(), "' is '", block.Word(1), "': on or off is needed"));
  return std::nullopt;
}

std::optional<arbiter::IpAddress> ReadAddress(absl::string_view text) {
  const absl::StatusOr<arbiter::IpAddress> address = arbiter::IpAddress::Parse(text);
  return address.ok() ? std::optional<arbiter::IpAddress>(*address) : std::nullopt;
}

}  // namespace probe::keepalived
