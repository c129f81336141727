// What a directive for many VIPs of one instance costs the keeper of holds, its file included and the gate left out
// (gate_bench has that), and what standing holds cost while nothing happens. Prints figures, one a line.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "probe/daemon/hold_file.h"
#include "probe/hold/hold_keeper.h"
#include "tests/fakes/fake_actuators.h"

namespace probe::hold {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 40;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  Bench(int vips, const std::string& directory) : file_(directory, "boot"), keeper_(acts_, file_, Policy()) {
    for (int i = 1; i <= vips; ++i) {
      const std::string text = i % 2 == 0 ? absl::StrCat("10.0.", i / 250, ".", i % 250) : absl::StrCat("fd00::", i);
      vips_.push_back(arbiter::IpAddress::Parse(text).value());
    }
    for (const arbiter::IpAddress& vip : vips_) {
      VipState state;
      state.vip = vip;
      state.configured = state.effective = state.in_daemon_config = true;
      state.daemon = DaemonState::kRunning;
      state.bound_together = vips_;
      state.rungs = {{RungKind::kGate, true, "", {vip}}, {RungKind::kTrackFile, true, "", vips_}};
      states_.push_back(std::move(state));
    }
    if (!keeper_.Restore({}, now_, boot_).ok()) std::abort();
    See();
  }

  // As the daemon's loop does after each verb: the gates have changed, and the states with them.
  void See() {
    for (VipState& state : states_) state.gate = acts_.Gate(state.vip);
    keeper_.OnVips(states_, now_);
    (void)keeper_.TakeOutput();
    acts_.acts.clear();
  }

  void Obey(Action action) {
    keeper_.OnDirective({{7, ++sequence_}, boot_, std::chrono::seconds(3), vips_, "7-1", std::move(action)}, now_,
                        boot_);
    const Output output = keeper_.TakeOutput();
    if (output.results.empty() || output.results.front().outcome != Outcome::kDone) std::abort();
    acts_.acts.clear();
  }

  void Tick() {
    keeper_.OnTick(now_);
    (void)keeper_.NextDeadline(now_);
  }
  static arbiter::IpAddress Survivor() { return arbiter::IpAddress::Parse("10.0.0.2").value(); }
  void Advert() { keeper_.OnAdvert({Survivor(), 66, vips_}, now_); }
  void StrangeAdvert() { keeper_.OnAdvert({Survivor(), 66, stranger_}, now_); }

 private:
  fakes::FakeActuators acts_;
  daemon::HoldFile file_;
  HoldKeeper keeper_;
  std::vector<arbiter::IpAddress> vips_;
  std::vector<VipState> states_;
  const std::vector<arbiter::IpAddress> stranger_ = {arbiter::IpAddress::Parse("192.0.2.1").value()};
  Instant now_ = Instant() + std::chrono::seconds(1000);
  BootTime boot_ = std::chrono::seconds(500);
  std::uint64_t sequence_ = 0;
};

void Measure(int vips, const std::string& directory) {
  Bench bench(vips, directory);
  const struct {
    const char* name;
    std::function<void()> act;
  } kSteps[] = {
      {"shut for a while", [&] { bench.Obey(ShutForAWhile{std::chrono::seconds(2)}); }},
      {"hold",
       [&] {
         bench.Obey(OrderHold{"priority 100 of a against 90", "a", {Bench::Survivor()}, {}, {}});
       }},
      {"its VIPs seen again",
       [&] {
         bench.See();
         bench.Tick();
       }},
      {"a tick with nothing due", [&] { bench.Tick(); }},
      {"an advert of the survivor's", [&] { bench.Advert(); }},
      {"an advert of a stranger's", [&] { bench.StrangeAdvert(); }},
      {"trial",
       [&] {
         bench.Obey(StartTrial{true, std::chrono::seconds(3)});
       }},
      {"end of the trial", [&] { bench.Obey(EndTrial{}); }},
      {"release", [&] { bench.Obey(Release{"the cause has gone"}); }},
  };
  std::vector<std::vector<double>> times(std::size(kSteps));
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < std::size(kSteps); ++i) {
      const Clock::time_point start = Clock::now();
      kSteps[i].act();
      times[i].push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
  }
  for (std::size_t i = 0; i < std::size(kSteps); ++i) {
    std::printf("figure: hold: %s, %d VIPs: p50 %.0f us\n", kSteps[i].name, vips, Median(times[i]));
  }
}

}  // namespace
}  // namespace probe::hold

int main() {
  std::string directory = "/tmp/hold_bench-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return 1;
  for (const int vips : {1, 100, 250, 1000}) probe::hold::Measure(vips, directory);
  (void)std::remove(absl::StrCat(directory, "/holds.json").c_str());
  (void)std::remove(directory.c_str());
}
