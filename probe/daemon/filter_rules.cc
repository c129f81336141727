#include "probe/daemon/filter_rules.h"

#include <algorithm>
#include <utility>

namespace probe::daemon {

void FilterRules::Want(const arbiter::IpAddress& vip, bool wanted) {
  if (wanted) {
    wanted_.insert(vip);
    return;
  }
  if (wanted_.erase(vip) == 0 || !wanted_.empty()) return;
  answers_.clear();
  news_ = false;
  again_after_ = kAgainAfter;
}

std::vector<filter::Culprit> FilterRules::Ask(const filter::AdvertPath& way, Instant now) {
  const auto known = answers_.find(way);
  if (known != answers_.end()) return known->second.culprits;
  if (answers_.size() < kMostWays) answers_[way].asked = now;
  return {};
}

// One that is known waits for its turn, and so does one that has just been asked.
std::optional<Instant> FilterRules::DueAt(const Answer& answer) const {
  if (answer.known) return *last_run_ + std::max<std::chrono::nanoseconds>(again_after_, rest_);
  const Instant settled = answer.asked + kSettles;
  return last_run_ ? std::max(settled, *last_run_ + rest_) : settled;
}

std::optional<Instant> FilterRules::NextDeadline() const {
  if (running_ || wanted_.empty()) return std::nullopt;
  std::optional<Instant> next;
  for (const auto& [way, answer] : answers_) {
    const std::optional<Instant> due = DueAt(answer);
    if (!next || *due < *next) next = due;
  }
  return next;
}

void FilterRules::OnTick(Instant now) {
  const std::optional<Instant> due = NextDeadline();
  if (due && now >= *due) Start(now);
}

void FilterRules::Start(Instant now) {
  std::vector<filter::AdvertPath> ways;
  std::vector<std::string> texts;
  for (const auto& [way, answer] : answers_) {
    ways.push_back(way);
    texts.push_back(way.ToString());
  }
  last_run_ = now;
  running_ = true;
  const absl::Status started =
      run_(std::move(texts), [this, ways](const absl::StatusOr<std::string>& output, std::chrono::nanoseconds took) {
        OnDone(ways, output, took);
      });
  if (!started.ok()) OnDone(ways, started, {});
}

void FilterRules::OnDone(const std::vector<filter::AdvertPath>& ways, const absl::StatusOr<std::string>& output,
                         std::chrono::nanoseconds took) {
  running_ = false;
  rest_ = std::max<std::chrono::nanoseconds>(kPause, kRests * took);
  std::vector<std::vector<filter::Culprit>> found(ways.size());
  if (output.ok()) {
    auto read = filter::ReadCulprits(*output, ways.size());
    if (read.ok()) found = *std::move(read);
  }
  bool differs = false;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto answer = answers_.find(ways[i]);
    if (answer == answers_.end()) continue;  // nobody asks any more
    answer->second.known = true;
    differs = std::exchange(answer->second.culprits, found[i]) != found[i] || differs;
  }
  news_ = news_ || differs;
  again_after_ = differs ? kAgainAfter : std::min(2 * again_after_, kAgainAtMost);
}

std::set<arbiter::IpAddress> FilterRules::TakeNews() {
  return std::exchange(news_, false) ? wanted_ : std::set<arbiter::IpAddress>();
}

}  // namespace probe::daemon
