// What a flood of forged adverts costs: how long two answer in a split with and without it, and what the probes take of
// a processor. Needs root. `flood_bench [SPLITS [ADVERTS_A_SECOND]]`. Prints one row of README.md's table a flood.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"
#include "tests/lab/stranger.h"

namespace lab {
namespace {

using std::chrono::seconds;

constexpr int kSplits = 20;
constexpr int kPerSecond = 20'000;
constexpr int kQuestionsPerSecond = 400;
constexpr auto kCalm = seconds(10);
constexpr int kFailed = 1;
constexpr int kUsage = 64;

struct Kind {
  std::string name;
  std::vector<Frame> frames;                // none: no flood
  std::set<std::string> mended = {"HELD"};  // what the VIP is when its fault has gone
};

// An advert of the peer's, in its name and with its VRID; of the lowest priority, lest it be obeyed.
Frame InThePeersName(std::uint8_t number) {
  AdvertFrame advert{.vrid = 66, .priority = 1};
  advert.source = {192, 168, 1, number};
  return MakeAdvert(advert);
}

std::vector<Kind> Kinds() {
  return {{"none", {}, {"HELD"}},
          {"of strangers", StrangersAdverts(66)},
          {"of ARP", StrangersRequests()},
          {"of our VRID", AdvertsOf(66), {"HELD", "GUARDED"}},
          {"of one source", {MakeAdvert({.vrid = 9, .address = {10, 1, 1, 1}})}},
          {"in the peers' names", {InThePeersName(1), InThePeersName(2)}, {"HELD", "GUARDED"}}};
}

struct Row {
  std::vector<Duration> both;
  double probe_a = 0;  // of a processor, while nothing else happens
  double probe_b = 0;
  double flooded = 0;  // adverts a second that were sent
};

// keepalived itself is flooded, too, and may lose its peer for as long as that lasts: whoever it is, one answers.
testing::AssertionResult AwaitOne(Site& site, const std::set<std::string>& states) {
  return WaitUntil("one answers and the VIP is in order", seconds(30), [&] {
    return Seen{states.contains(site.VipState()) && site.witness().Latest().size() == 1, site.Timelines()};
  });
}

testing::AssertionResult Measure(Site& site, const Host& stranger, const Kind& kind, int splits, int per_second,
                                 Row* row) {
  std::unique_ptr<Flood> flood;
  if (!kind.frames.empty()) flood = std::make_unique<Flood>(stranger, kind.frames, per_second);
  LetPass(seconds(2));
  const std::uint64_t sent = flood == nullptr ? 0 : flood->sent();
  const Duration a = site.node("a").probe().ProcessorTime();
  const Duration b = site.node("b").probe().ProcessorTime();
  LetPass(kCalm);
  const auto share = [](Duration used) { return Milliseconds(used) / Milliseconds(kCalm); };
  row->probe_a = share(site.node("a").probe().ProcessorTime() - a);
  row->probe_b = share(site.node("b").probe().ProcessorTime() - b);
  if (flood != nullptr) row->flooded = static_cast<double>(flood->sent() - sent) * 1000 / Milliseconds(kCalm);
  for (int split = 0; split < splits; ++split) {
    const Instant since = Now();
    VridsDiffer().cause(site);
    if (const auto guarded = AwaitOne(site, {"GUARDED"}); !guarded) return guarded;
    row->both.push_back(site.BothAnswered(since));
    VridsDiffer().mend(site);
    if (const auto healthy = AwaitOne(site, kind.mended); !healthy) return healthy;
  }
  return testing::AssertionSuccess();
}

int Run(int argc, char** argv) {
  int splits = kSplits;
  int per_second = kPerSecond;
  if (argc > 1 && (!absl::SimpleAtoi(argv[1], &splits) || splits < 1)) return kUsage;
  if (argc > 2 && (!absl::SimpleAtoi(argv[2], &per_second) || per_second < 500)) return kUsage;
  std::printf("| flood | adverts a second | both answered: p50 / p99 | probe of a / of b, 10 s |\n|---|---|---|---|\n");
  bool all = true;
  for (const Kind& kind : Kinds()) {
    Site site({.flavour = V4Fast(), .questions_per_second = kQuestionsPerSecond});
    const Host& stranger = site.lab().AddHost("stranger", 99);
    Row row;
    testing::AssertionResult measured = site.Start();
    if (measured) measured = Measure(site, stranger, kind, splits, per_second, &row);
    if (!row.both.empty()) {
      std::printf("| %s | %.0f | %.0f / %.0f ms | %.1f %% / %.1f %% |\n", kind.name.c_str(), row.flooded,
                  Milliseconds(Quantile(row.both, 0.5)), Milliseconds(Quantile(row.both, 0.99)), 100 * row.probe_a,
                  100 * row.probe_b);
    }
    if (!measured) std::printf("  flood %s: %s\n", kind.name.c_str(), measured.message());
    std::fflush(stdout);
    all = all && static_cast<bool>(measured);
  }
  return all ? 0 : kFailed;
}

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);  // the lab reports what it could not set up as a failure
  const int code = lab::Run(argc, argv);
  if (code == lab::kUsage) std::fprintf(stderr, "usage: flood_bench [SPLITS [ADVERTS_A_SECOND]]\n");
  return code;
}
