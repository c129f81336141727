// No step costs worse than linearly in what it got. Processor time of one thread, at two sizes: eight times as much may
// take eight times as long, and twice that for what is not in the caches any more; squares would take 64 times.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>

#include "arbiter/core/engine.h"

namespace arbiter::core {
namespace {

constexpr int kSmall = 500;
constexpr int kLarge = 8 * kSmall;
constexpr double kMostTimes = 24;

IpAddress Ip(int number) {
  return *IpAddress::Parse("10.1." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1));
}

// Everything that a node may say at once about `vips` VIPs of one instance.
NodeAttached Attached(int vips, bool holds) {
  NodeAttached event;
  event.node = {"prod", "a"};
  event.probe_version = "1";
  std::vector<IpAddress> all;
  for (int i = 0; i < vips; ++i) all.push_back(Ip(i));
  const Addresses shared(all);
  for (const IpAddress& vip : all) {
    VipReport report;
    report.vip = vip;
    report.configured = report.effective = report.vouched = report.in_daemon_config = true;
    report.bound_together = shared;
    event.vips.push_back(report);
    // Each of another incident: the most that can come of it.
    if (holds) event.holds.push_back({vip, vip.ToString(), "gone", "", Instant{}, 1, {}, 0});
  }
  std::reverse(event.holds.begin(), event.holds.end());
  return event;
}

double SecondsOf(const std::function<void()>& work) {
  timespec before{};
  timespec after{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  work();
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) + 1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec);
}

// What the step takes in the best of a few engines, each prepared anew.
double Cost(int vips, const std::function<void(Engine&, int)>& prepare, const std::function<Event(int)>& make) {
  double best = 1e9;
  for (int round = 0; round < 4; ++round) {
    Engine engine(Policy{});
    (void)engine.Step(Started{1, {}, {}}, Instant{} + std::chrono::seconds(1));
    prepare(engine, vips);
    Event event = make(vips);
    best = std::min(best, SecondsOf([&] { (void)engine.Step(std::move(event), Instant{} + std::chrono::seconds(2)); }));
  }
  return best;
}

void Nothing(Engine&, int) {}

void AttachFirst(Engine& engine, int vips) {
  (void)engine.Step(Attached(vips, true), Instant{} + std::chrono::seconds(1));
}

struct Case {
  const char* name;
  std::function<void(Engine&, int)> prepare;
  std::function<Event(int)> make;
};

class StepCost : public testing::TestWithParam<Case> {};

TEST_P(StepCost, GrowsWithWhatCame) {
  const double small = Cost(kSmall, GetParam().prepare, GetParam().make);
  const double large = Cost(kLarge, GetParam().prepare, GetParam().make);
  EXPECT_LE(large, small * kMostTimes) << small << " s and " << large << " s";
}

INSTANTIATE_TEST_SUITE_P(
    Messages, StepCost,
    testing::Values(Case{"Snapshot", Nothing, [](int n) { return Event(Attached(n, false)); }},
                    Case{"SnapshotWithHolds", Nothing, [](int n) { return Event(Attached(n, true)); }},
                    Case{"SnapshotAgain", AttachFirst, [](int n) { return Event(Attached(n, true)); }},
                    Case{"Holds", AttachFirst,
                         [](int n) {
                           return Event(NodeChanged{{"prod", "a"}, {}, {}, {}, Attached(n, true).holds});
                         }},
                    Case{"Affirmation", AttachFirst,
                         [](int n) {
                           Affirmed affirmed{{"prod", "a"}, 1, Attached(n, false).vips, {}, {}, {}};
                           for (const VipReport& report : affirmed.vips)
                             affirmed.reach.emplace_back(report.vip, Reach{});
                           return Event(affirmed);
                         }},
                    Case{"Result", AttachFirst,
                         [](int n) {
                           DirectiveDone done{{"prod", "a"}, {{1, 1}, Outcome::kDone, "", {}, {}}, {}};
                           for (int i = 0; i < n; ++i) {
                             done.result.vips.push_back(Ip(i));
                             done.result.exceptions.push_back({Ip(i), Outcome::kFailed, "x"});
                           }
                           return Event(done);
                         }}),
    [](const auto& p) { return p.param.name; });

}  // namespace
}  // namespace arbiter::core
