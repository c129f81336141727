#include "tests/bench/detection.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_format.h"

namespace bench {
namespace {

using arbiter::v1::Directive;

constexpr std::chrono::seconds kPatience{10};
// From the beginning of one contest to that of the next, at least.
constexpr std::chrono::milliseconds kPace{25};

}  // namespace

double Detection::Quantile(double fraction) const {
  if (times.empty()) return 0;
  std::vector<double> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1) + 0.5)];
}

std::string Detection::Text() const {
  return absl::StrFormat("p50 %.2f ms, p99 %.2f ms over %d contests%s", Quantile(0.5), Quantile(0.99), times.size(),
                         missed == 0 ? "" : absl::StrFormat(", %d MISSED", missed));
}

Detection MeasureDetection(LoadFleet& fleet, int clusters, int contests) {
  Detection detection;
  Clock::time_point next = Clock::now();
  for (int i = 0; i < contests; ++i) {
    // Spread over the fleet, and each time the other VIP.
    LoadProbe& backup = fleet.Backup(static_cast<int>(static_cast<long>(i) * clusters / contests));
    const std::size_t vip = static_cast<std::size_t>(i) % 2;
    std::this_thread::sleep_until(next);
    const Clock::time_point began = Clock::now();
    next = began + kPace;
    backup.Report(vip, true);
    const auto shut = backup.Await(Directive::kShutForAWhile, kPatience);
    backup.Report(vip, false);
    const auto opened = shut.has_value() ? backup.Await(Directive::kRelease, kPatience) : std::nullopt;
    if (shut.has_value()) {
      detection.times.push_back(std::chrono::duration<double, std::milli>(*shut - began).count());
    }
    if (!opened.has_value()) ++detection.missed;
  }
  return detection;
}

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "cannot be measured: %s\n", status.ToString().c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing is left to lose
}

}  // namespace bench
