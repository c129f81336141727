// One node with one VIP, for tests of holds: time goes by when the test says so, and what the node sees is told at
// once.
#ifndef TESTS_PROBE_HOLD_HELD_NODE_H_
#define TESTS_PROBE_HOLD_HELD_NODE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/hold/hold_keeper.h"
#include "tests/fakes/fake_actuators.h"
#include "tests/fakes/fake_hold_store.h"

namespace probe::hold {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

inline const std::vector<RungKind>& AllRungs() {
  static const std::vector<RungKind> kAll = {RungKind::kGate, RungKind::kTrackFile, RungKind::kRemoveAddress,
                                             RungKind::kStopDaemon, RungKind::kExec};
  return kAll;
}

class HeldNode : public testing::Test {
 protected:
  HeldNode() {
    state.vip = vip;
    state.configured = true;
    state.effective = true;
    state.daemon = DaemonState::kRunning;
    state.in_daemon_config = true;
    state.master_down_interval = milliseconds(3600);
    Offer({RungKind::kGate, RungKind::kTrackFile, RungKind::kRemoveAddress});
    Start();
  }

  // Makes these rungs usable and the others not.
  void Offer(const std::vector<RungKind>& usable) {
    state.rungs.clear();
    for (const RungKind kind : AllRungs()) {
      const bool is = std::find(usable.begin(), usable.end(), kind) != usable.end();
      state.rungs.push_back({kind, is, is ? "" : "no " + NameOf(kind) + " here", {vip}});
    }
    if (!state.Find(RungKind::kGate)->usable) state.gate = GateState::kUnavailable;
  }

  // A life of the probe: the first, and each one after a crash.
  void Start(const std::vector<arbiter::IpAddress>& found_shut = {}) {
    keeper = std::make_unique<HoldKeeper>(acts, store, policy);
    restored = keeper->Restore(found_shut, now, boot);
    See();
  }

  // The node looks at the VIP.
  void See() {
    if (state.gate != GateState::kUnavailable) state.gate = acts.Gate(vip);
    keeper->OnVip(state, now);
  }

  void Pass(Duration time) {
    now += time;
    boot += time;
    acts.now = now;
    keeper->OnTick(now);
  }

  // Time goes by in the steps that the keeper asks for, as in the daemon's loop.
  void PassByDeadlines(Duration time) {
    const Instant end = now + time;
    for (int i = 0; i < 1000; ++i) {
      const auto next = keeper->NextDeadline(now);
      if (!next || *next > end) break;
      Pass(std::max(*next - now, Duration(0)));
    }
    Pass(end - now);
  }

  Directive Order(Action action) { return {{term, ++sequence}, boot, seconds(3), {vip}, "7-1", std::move(action)}; }
  void Obey(Action action) { keeper->OnDirective(Order(std::move(action)), now, boot); }
  void Hold() { Obey(OrderHold{"split with a", "a", {Ip("10.0.0.2")}, seconds(3), {}}); }

  std::vector<DirectiveResult> Results() { return keeper->TakeOutput().results; }
  DirectiveResult Only() {
    std::vector<DirectiveResult> results = Results();
    EXPECT_EQ(results.size(), 1U);
    return results.empty() ? DirectiveResult() : results.front();
  }

  const arbiter::IpAddress vip = Ip("10.0.0.1");
  VipState state;
  fakes::FakeActuators acts;
  fakes::FakeHoldStore store;
  Policy policy;
  Instant now = Instant() + seconds(1000);
  BootTime boot = seconds(500);
  std::uint64_t term = 7;
  std::uint64_t sequence = 0;
  absl::Status restored;
  std::unique_ptr<HoldKeeper> keeper;
};

}  // namespace probe::hold

#endif  // TESTS_PROBE_HOLD_HELD_NODE_H_
