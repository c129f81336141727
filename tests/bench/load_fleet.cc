#include "tests/bench/load_fleet.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace bench {
namespace {

constexpr int kOnTheirWay = 64;
constexpr std::chrono::milliseconds kBetweenConnects{1};
// Heartbeats are spread over the second in this many parts.
constexpr std::size_t kParts = 100;

}  // namespace

LoadFleet::LoadFleet(const BenchServer& server)
    : server_(server), credentials_{server.Credentials("a"), server.Credentials("b")} {
  beater_ = std::thread([this] { Beat(); });
}

LoadFleet::~LoadFleet() {
  {
    const std::lock_guard lock(beat_mutex_);
    stop_ = true;
  }
  beat_wake_.notify_one();
  beater_.join();
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  for (const auto& probe : probes_) probe->Cancel();
}

absl::Status LoadFleet::Grow(int count, std::chrono::seconds within) {
  const absl::Time deadline = absl::Now() + absl::FromChrono(within);
  Clock::time_point next = Clock::now();
  for (int number = static_cast<int>(probes_.size()); number <= count; ++number) {
    // One more round than probes: the last one waits for all.
    const int enough = number == count ? count : number - kOnTheirWay;
    {
      const auto come = [this, enough]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return attached_ >= enough || lost_ > 0; };
      const absl::MutexLock lock(&mutex_);
      if (!mutex_.AwaitWithDeadline(absl::Condition(&come), deadline)) {
        return absl::DeadlineExceededError(absl::StrCat(attached_, " of ", count, " probes attached in time"));
      }
      if (lost_ > 0) return absl::UnavailableError(absl::StrCat(attached_, " attached, then: ", first_loss_));
    }
    if (number == count) break;
    std::this_thread::sleep_until(next);
    next = std::max(next + kBetweenConnects, Clock::now());
    Connect(number);
  }
  return absl::OkStatus();
}

void LoadFleet::Connect(int number) {
  LoadProbe::Events events;
  events.attached = [this] {
    const absl::MutexLock lock(&mutex_);
    ++attached_;
  };
  events.ended = [this](const grpc::Status& status) {
    const absl::MutexLock lock(&mutex_);
    if (ending_) return;
    if (lost_++ == 0) first_loss_ = absl::StrCat(status.error_code(), " ", status.error_message());
  };
  const bool holds = number % 2 == 0;
  auto probe = std::make_unique<LoadProbe>(OwnConnection(server_.port(), credentials_[holds ? 0 : 1]),
                                           Place{number / 2, holds}, std::move(events));
  const std::lock_guard lock(beat_mutex_);
  probes_.push_back(std::move(probe));
}

void LoadFleet::Beat() {
  Clock::time_point next = Clock::now();
  std::unique_lock lock(beat_mutex_);
  for (std::size_t part = 0; !stop_; part = (part + 1) % kParts) {
    for (std::size_t i = part; i < probes_.size(); i += kParts) probes_[i]->Heartbeat();
    next += std::chrono::milliseconds(1000 / kParts);
    beat_wake_.wait_until(lock, next, [this] { return stop_; });
  }
}

std::string LoadFleet::Losses() const {
  const absl::MutexLock lock(&mutex_);
  return lost_ == 0 ? "none lost" : absl::StrCat(lost_, " LOST, the first: ", first_loss_);
}

}  // namespace bench
