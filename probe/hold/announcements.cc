#include "probe/hold/announcements.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace probe::hold {
namespace {

constexpr std::array<Duration, 4> kAfter = {std::chrono::milliseconds(0), std::chrono::milliseconds(100),
                                            std::chrono::seconds(1), std::chrono::seconds(5)};

}  // namespace

void Announcements::Begin(const arbiter::IpAddress& vip, Instant now) { series_[vip] = {now, 0}; }

void Announcements::Stop(const arbiter::IpAddress& vip) { series_.erase(vip); }

std::vector<arbiter::IpAddress> Announcements::Due(Instant now) {
  std::vector<arbiter::IpAddress> due;
  if (now < next_burst_) return due;
  for (auto it = series_.begin(); it != series_.end() && due.size() < kBurst;) {
    Series& series = it->second;
    const std::size_t before = series.next;
    while (series.next < kAfter.size() && series.started + kAfter[series.next] <= now) ++series.next;
    if (series.next != before) due.push_back(it->first);
    it = series.next == kAfter.size() ? series_.erase(it) : std::next(it);
  }
  if (due.size() == kBurst) next_burst_ = now + kBetweenBursts;
  return due;
}

std::optional<Instant> Announcements::NextDeadline() const {
  std::optional<Instant> next;
  for (const auto& [vip, series] : series_) {
    const Instant at = series.started + kAfter[series.next];
    if (!next || at < *next) next = at;
  }
  return next ? std::optional(std::max(*next, next_burst_)) : next;
}

}  // namespace probe::hold
