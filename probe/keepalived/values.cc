#include "probe/keepalived/values.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

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

// The daemon drops the point, fills up with zeros to six places, and takes the digits at the front: "1.5" is 1500000,
// and "0x10" and "1e1" are 0 and 1.
std::optional<std::int64_t> ReadMicroseconds(absl::string_view word) {
  constexpr std::size_t kPlaces = 6;
  const std::size_t point = word.find('.');
  const absl::string_view whole = word.substr(0, point);
  const absl::string_view fraction = point == absl::string_view::npos ? "" : word.substr(point + 1);
  std::string digits = absl::StrCat(whole, fraction.substr(0, kPlaces));
  digits.append(kPlaces - std::min(kPlaces, fraction.size()), '0');
  std::int64_t number = 0;
  digits.resize(std::min(digits.find_first_not_of("0123456789"), digits.size()));
  if (!digits.empty() && !absl::SimpleAtoi(digits, &number)) {
    return std::nullopt;
  }
  return number + (fraction.size() > kPlaces && fraction[kPlaces] >= '5' ? 1 : 0);
}

}  // namespace

std::optional<std::string> ReadWord(const Block& block, std::size_t index, const ReadContext& context) {
  if (index >= block.words.size()) {
    context.log->Add(Kind::kRefused, block.at,
                     absl::StrCat("'", block.keyword(), "' has no value: the daemon will not run"));
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
  const std::optional<std::int64_t> micros = ReadMicroseconds(*word);
  if (!micros.has_value() || *micros < bounds.least * 1000 || *micros > bounds.most * 1000) {
    context.log->Add(Kind::kBadValue, block.at,
                     absl::StrCat("'", block.keyword(), "' is '", *word, "': a number of seconds from ",
                                  static_cast<double>(bounds.least) / 1000, " to ",
                                  static_cast<double>(bounds.most) / 1000, " is needed"));
    return std::nullopt;
  }
  return std::chrono::milliseconds((*micros + 500) / 1000);
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

std::optional<arbiter::IpAddress> ReadHostAddress(absl::string_view text) {
  const std::size_t range = text.find('-');
  return ReadAddress(text.substr(0, range != absl::string_view::npos ? range : text.find('/')));
}

}  // namespace probe::keepalived
