// How a split grows with the number of VIPs: real keepalived, the witness of answers on the first and on the last VIP,
// VRIDs made different and right again. Needs root. `crowd_bench [RUNS [SIZE...]]`, a size being 250 or 50x20. Prints
// one row of README.md's table a size.
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/lab/crowd.h"
#include "tests/lab/figure.h"

namespace lab {
namespace {

using std::chrono::seconds;

constexpr int kRuns = 20;
constexpr int kQuestionsPerSecond = 400;
constexpr auto kGuardLimit = seconds(60);
constexpr auto kMendLimit = seconds(60);
constexpr auto kCalm = seconds(10);
constexpr int kFailed = 1;
constexpr int kUsage = 64;

// Of all runs with one size.
struct Row {
  std::vector<Duration> both_first;
  std::vector<Duration> both_last;
  std::vector<Duration> until_guarded;
  int incidents = 0;  // of the first run
  int status_lines = 0;
  CrowdCalm calm;
  CrowdTakeover takeover;
};

std::optional<CrowdSize> ParseSize(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, 'x');
  CrowdSize size;
  const bool parsed = parts.size() == 2
                          ? absl::SimpleAtoi(parts[0], &size.instances) && absl::SimpleAtoi(parts[1], &size.vips_each)
                          : parts.size() == 1 && absl::SimpleAtoi(parts[0], &size.vips_each);
  // The other VRIDs are 100 more; the last byte of an address is the VIP's number.
  const bool fits = size.instances >= 1 && size.instances <= 100 && size.vips_each >= 1 && size.vips_each <= 250;
  return parsed && fits ? std::optional(size) : std::nullopt;
}

testing::AssertionResult Measure(Crowd& crowd, int runs, Row* row) {
  if (const auto started = crowd.Start(); !started) return started;
  for (int run = 1; run <= runs; ++run) {
    CrowdSplit split;
    const auto guarded = crowd.Split(&split, kGuardLimit);
    row->both_first.push_back(split.both_first);
    row->both_last.push_back(split.both_last);
    if (run == 1) row->incidents = crowd.Incidents();
    if (!guarded) return guarded;
    row->until_guarded.push_back(split.until_guarded);
    std::fprintf(stderr, "%d of %d: first %.0f ms, last %.0f ms, all guarded %.0f ms\n", run, runs,
                 Milliseconds(split.both_first), Milliseconds(split.both_last), Milliseconds(split.until_guarded));
    if (run == runs) break;  // it stays split
    if (const auto mended = crowd.Mend(kMendLimit); !mended) return mended;
  }
  row->status_lines = crowd.Lines("status");
  row->calm = crowd.Watch(kCalm);
  return crowd.Die(Death::kStopped, &row->takeover);
}

std::string Spread(const std::vector<Duration>& figures) {
  if (figures.empty()) return "-";
  return absl::StrFormat("%.0f / %.0f ms", Milliseconds(Quantile(figures, 0.5)), Milliseconds(Quantile(figures, 0.99)));
}

bool Print(const CrowdSize& size, int runs) {
  Crowd crowd(size, kQuestionsPerSecond);
  Row row;
  const testing::AssertionResult measured = Measure(crowd, runs, &row);
  std::printf("| %s | %s | %s | %s | %d | %d | %.1f %% / %.1f %% | %.0f / %.0f ms |\n", size.name().c_str(),
              Spread(row.both_first).c_str(), Spread(row.both_last).c_str(), Spread(row.until_guarded).c_str(),
              row.incidents, row.status_lines, 100 * row.calm.probe, 100 * row.calm.arbiter,
              Milliseconds(row.takeover.apart), Milliseconds(row.takeover.removed_apart));
  if (!measured) std::printf("  crowd %s: %s\n", size.name().c_str(), measured.message());
  std::fflush(stdout);
  return static_cast<bool>(measured);
}

int Run(int argc, char** argv) {
  int runs = kRuns;
  std::vector<CrowdSize> sizes = {{1, 1}, {1, 10}, {1, 100}, {1, 250}, {50, 20}};
  if (argc > 1 && (!absl::SimpleAtoi(argv[1], &runs) || runs < 1)) return kUsage;
  if (argc > 2) sizes.clear();
  for (int i = 2; i < argc; ++i) {
    const std::optional<CrowdSize> size = ParseSize(argv[i]);
    if (!size.has_value()) return kUsage;
    sizes.push_back(*size);
  }
  std::printf(
      "| VIPs | both answered, first: p50 / p99 | last: p50 / p99 | all guarded after: p50 / p99 | incidents "
      "| lines of `status` | loser's probe / arbiter, 10 s | taken over / removed apart |\n"
      "|---|---|---|---|---|---|---|---|\n");
  bool all = true;
  for (const CrowdSize& size : sizes) all = Print(size, runs) && all;
  return all ? 0 : kFailed;
}

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);  // the lab reports what it could not set up as a failure
  const int code = lab::Run(argc, argv);
  if (code == lab::kUsage) std::fprintf(stderr, "usage: crowd_bench [RUNS [SIZE...]], a size being 250 or 50x20\n");
  return code;
}
