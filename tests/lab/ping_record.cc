#include "tests/lab/ping_record.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace lab {

std::uint16_t PingRecord::Send(Instant at) {
  pings_.push_back({.sent = at, .answered = std::nullopt});
  return static_cast<std::uint16_t>(pings_.size() - 1);
}

void PingRecord::Receive(std::uint16_t number, Instant at) {
  if (number >= pings_.size() || pings_[number].answered.has_value()) return;
  if (at - pings_[number].sent <= kPatience) pings_[number].answered = at;
}

std::vector<PingRecord::Ping> PingRecord::Within(Instant from, Instant to) const {
  std::vector<Ping> within;
  std::copy_if(pings_.begin(), pings_.end(), std::back_inserter(within),
               [&](const Ping& ping) { return ping.sent >= from && ping.sent < to; });
  return within;
}

int PingRecord::Sent(Instant from, Instant to) const { return static_cast<int>(Within(from, to).size()); }

int PingRecord::Lost(Instant from, Instant to) const {
  const std::vector<Ping> within = Within(from, to);
  return static_cast<int>(
      std::count_if(within.begin(), within.end(), [](const Ping& ping) { return !ping.answered.has_value(); }));
}

Duration PingRecord::LongestGap(Instant from, Instant to) const {
  Duration longest{};
  std::optional<Instant> last;
  for (const Ping& ping : Within(from, to)) {
    if (!ping.answered.has_value()) continue;
    if (last.has_value()) longest = std::max(longest, Duration(ping.sent - *last));
    last = ping.sent;
  }
  return longest;
}

std::string PingRecord::Describe(Instant from, Instant to) const {
  std::string text = absl::StrFormat("sent %d, lost %d, longest gap %.0f ms", Sent(from, to), Lost(from, to),
                                     Milliseconds(LongestGap(from, to)));
  int named = 0;
  for (const Ping& ping : Within(from, to)) {
    if (ping.answered.has_value() || ++named > 10) continue;
    absl::StrAppendFormat(&text, "%s%.2f s", named == 1 ? ", lost at " : " ", Milliseconds(ping.sent - from) / 1000);
  }
  return text;
}

}  // namespace lab
