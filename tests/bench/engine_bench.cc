// The time for one event through the decision core with few and with many nodes, and the memory that a node takes.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/engine.h"

namespace arbiter::core {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kCluster[] = "prod";

IpAddress Address(const char* net, std::uint32_t number) {
  return *IpAddress::Parse(absl::StrCat(net, ".", number >> 16U, ".", (number >> 8U) % 256, ".", number % 256));
}

VipReport Report(std::uint32_t vip, bool holds) {
  VipReport report;
  report.vip = Address("10", vip);
  report.configured = report.effective = report.advertises = holds;
  report.interface = "eth0";
  report.vrid = static_cast<std::uint8_t>(vip % 250);
  report.priority = static_cast<std::uint8_t>(holds ? 100 : 90);
  report.version = 2;
  report.advert_interval = seconds(1);
  report.master_down_interval = milliseconds(3610);
  report.daemon = DaemonState::kRunning;
  report.in_daemon_config = true;
  report.rungs = {{RungKind::kGate, true, "", {report.vip}}};
  HeardRouter heard;
  heard.source = Address("11", vip);
  heard.on_wire = heard.delivered = heard.names_vip = true;
  heard.addresses = {report.vip};
  if (!holds) report.heard.push_back(std::move(heard));
  return report;
}

NodeKey Key(std::uint32_t node) { return {kCluster, absl::StrCat("node-", node)}; }

// Nodes in pairs; each holds two VIPs and is the backup of its peer for two others: n nodes, 2 n VIPs.
NodeAttached Snapshot(std::uint32_t node) {
  NodeAttached attached;
  attached.node = Key(node);
  attached.probe_version = "1";
  attached.report.addresses = {Address("11", node)};
  attached.report.daemon = DaemonState::kRunning;
  attached.report.gate_usable = true;
  const std::uint32_t own = 2 * node;
  const std::uint32_t peers = 2 * (node ^ 1U);
  for (const std::uint32_t vip : {own, own + 1}) attached.vips.push_back(Report(vip, true));
  for (const std::uint32_t vip : {peers, peers + 1}) attached.vips.push_back(Report(vip, false));
  return attached;
}

std::size_t InUse() { return mallinfo2().uordblks; }

// A cluster in its everyday state, and time that goes on so that every node sends one event a second.
class Site {
 public:
  explicit Site(std::uint32_t nodes) : nodes_(nodes), pause_(seconds(1) / nodes) {
    const std::size_t before = InUse();
    Started started;
    started.term = 1;
    benchmark::DoNotOptimize(engine_.Step(started, now_).size());
    for (std::uint32_t node = 0; node < nodes; ++node) {
      benchmark::DoNotOptimize(engine_.Step(Snapshot(node), now_).size());
    }
    bytes_a_node_ = static_cast<double>(InUse() - before) / nodes;
  }

  // The seconds that the step took.
  double Step(Event event) {
    now_ += pause_;
    const auto before = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(engine_.Step(std::move(event), now_).size());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  }
  [[nodiscard]] double bytes_a_node() const { return bytes_a_node_; }
  // The next one to speak. Far apart in memory, as they come in life.
  std::uint32_t Next() { return next_ = (next_ + 7919) % nodes_; }

 private:
  Engine engine_{Policy{}};
  std::uint32_t nodes_;
  Duration pause_;
  Instant now_{std::chrono::hours(1)};
  std::uint32_t next_ = 0;
  double bytes_a_node_ = 0;
};

void Heartbeat(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  Site site(nodes);
  for ([[maybe_unused]] auto _ : state) state.SetIterationTime(site.Step(NodeHeartbeat{Key(site.Next())}));
  state.counters["bytes_a_node"] = site.bytes_a_node();
}

// One VIP of a node: the backup hears its peer under another VRID, and again under the right one.
void Change(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  Site site(nodes);
  std::uint8_t vrid = 0;
  for ([[maybe_unused]] auto _ : state) {
    // Made anew each time, as one that has just come in from a stream: in the cache, where the nodes are not.
    const std::uint32_t node = site.Next();
    NodeChanged changed;
    changed.node = Key(node);
    changed.vips = {Report(2 * (node ^ 1U), false)};
    changed.vips.front().heard.front().vrid = ++vrid;
    state.SetIterationTime(site.Step(std::move(changed)));
  }
}

// A contest from first sight to its end: a second holder, the question, both answers, gates, the end. Six events.
void Contest(benchmark::State& state) {
  const auto nodes = static_cast<std::uint32_t>(state.range(0));
  Engine engine{Policy{}};
  Instant now{std::chrono::hours(1)};
  Started started;
  started.term = 1;
  benchmark::DoNotOptimize(engine.Step(started, now).size());
  for (std::uint32_t node = 0; node < nodes; ++node) benchmark::DoNotOptimize(engine.Step(Snapshot(node), now).size());
  std::uint32_t active = 0;
  std::size_t gates = 0;
  for ([[maybe_unused]] auto _ : state) {
    active = (active + 7918) % nodes & ~1U;
    const std::uint32_t vip = 2 * active;
    NodeChanged second;
    second.node = Key(active ^ 1U);
    second.vips = {Report(vip, true)};
    std::vector<Event> answers;
    for (const Effect& effect : engine.Step(second, now += microseconds(10))) {
      const auto* ask = std::get_if<AskAffirm>(&effect);
      if (ask == nullptr) continue;
      answers.emplace_back(Affirmed{ask->to, ask->nonce, {Report(vip, true)}, {}});
    }
    for (const Event& answer : answers) {
      for (const Effect& effect : engine.Step(answer, now += microseconds(10))) {
        gates += std::holds_alternative<SendDirective>(effect) ? 1U : 0U;
      }
    }
    second.vips = {Report(vip, false)};
    benchmark::DoNotOptimize(engine.Step(second, now += microseconds(10)).size());
    for (const std::uint32_t node : {active, active ^ 1U}) {
      benchmark::DoNotOptimize(engine.Step(NodeHeartbeat{Key(node)}, now).size());
    }
  }
  if (gates < static_cast<std::size_t>(state.iterations())) state.SkipWithError("a contest shut no gate");
  state.SetItemsProcessed(6 * state.iterations());
}

// A node comes with a snapshot of many addresses. Time an address should not grow with their number.
void SnapshotOf(benchmark::State& state) {
  const auto addresses = static_cast<std::uint32_t>(state.range(0));
  NodeAttached attached;
  attached.node = Key(0);
  for (std::uint32_t vip = 0; vip < addresses; ++vip) attached.vips.push_back(Report(vip, true));
  const Event event = attached;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    Engine engine{Policy{}};
    state.ResumeTiming();
    benchmark::DoNotOptimize(engine.Step(event, Instant(std::chrono::hours(1))).size());
  }
  state.SetItemsProcessed(addresses * state.iterations());
}

BENCHMARK(Heartbeat)->Arg(10)->Arg(1000)->Arg(10000)->UseManualTime();
BENCHMARK(Change)->Arg(10)->Arg(1000)->Arg(10000)->UseManualTime();
BENCHMARK(Contest)->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(SnapshotOf)->Arg(50)->Arg(500)->Arg(5000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace arbiter::core

BENCHMARK_MAIN();
