#include "tests/sim/run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/sim/faults.h"
#include "tests/sim/invariants.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// An order of an operator that waited for a network has come by then.
constexpr Duration kOperatorsWait = seconds(20);
constexpr Duration kSettle = seconds(130);

Result Finish(World& world, Invariants& invariants, std::size_t faults) {
  Result result;
  result.broken = invariants.broken();
  result.faults = faults;
  result.last_events.assign(world.last_events().begin(), world.last_events().end());
  result.digest = world.digest();
  result.questions = world.witness().questions();
  result.directives = world.witness().directives();
  return result;
}

// Faults have stopped: everything must come right within a bounded time.
Result Settle(World& world, Invariants& invariants, std::size_t faults) {
  world.Log("all is repaired");
  RepairAll(world);
  invariants.OnFault();
  invariants.Forgive(seconds(12));
  if (!world.RunFor(kOperatorsWait, [&] { return invariants.Hold(); })) return Finish(world, invariants, faults);
  ReleaseOperatorsHolds(world);
  invariants.OnFault();
  if (world.RunFor(kSettle, [&] { return invariants.Hold(); })) {
    const std::string unsettled = invariants.Unsettled();
    if (!unsettled.empty()) {
      world.Log(absl::StrCat("BROKEN: ", unsettled));
      Result result = Finish(world, invariants, faults);
      result.broken = unsettled;
      return result;
    }
  }
  return Finish(world, invariants, faults);
}

void Happen(World& world, Invariants& invariants, const PlannedFault& planned) {
  if (planned.fault == nullptr) return;
  invariants.OnFault();
  Node& node = *world.nodes()[planned.node];
  world.Log(absl::StrCat("FAULT ", node.name(), ": ", planned.fault->name));
  planned.fault->happen(world, node, world.random());
}

std::string InWords(const NodeConfig& node) {
  std::string text = absl::StrCat(node.gate_usable ? "gates" : "no gates", node.track_file ? ", track files" : "",
                                  node.sync_group ? ", one sync group" : "");
  for (const RouterConfig& router : node.routers) {
    absl::StrAppend(&text, "; VRID ", router.vrid, " on eth", router.segment, ":");
    for (const IpAddress& vip : router.All()) {
      const auto home = node.homes.find(vip);
      absl::StrAppend(&text, " ", vip.ToString(), home == node.homes.end() ? "" : " (eth1)");
    }
    if (!router.excluded.empty()) absl::StrAppend(&text, ", ", router.excluded.size(), " of them excluded");
  }
  return text;
}

// "5: nobody answers ..." -> "5"
std::string InvariantOf(const std::string& broken) { return broken.substr(0, broken.find(':')); }

}  // namespace

Result Run(const Plan& plan, const std::function<void(World&)>& look) {
  World world(plan.world);
  Invariants invariants(world);
  world.PowerOn();
  if (!world.RunFor(plan.before, [&] { return invariants.Hold(); })) return Finish(world, invariants, 0);
  std::size_t faults = 0;
  for (const PlannedFault& planned : plan.faults) {
    Happen(world, invariants, planned);
    ++faults;
    if (!world.RunFor(planned.pause, [&] { return invariants.Hold(); })) return Finish(world, invariants, faults);
  }
  if (look) look(world);
  Result result = Settle(world, invariants, faults);
  if (plan.healthy && result.broken.empty() && invariants.SawIncident()) {
    result.broken = "6: an incident without a fault";
  }
  return result;
}

Result RunSeed(std::uint64_t seed) { return Run(PlanOf(seed)); }
Result RunHealthySeed(std::uint64_t seed) { return Run(HealthyPlanOf(seed)); }
Result RunInstanceSeed(std::uint64_t seed) { return Run(InstancePlanOf(seed)); }
Result RunHealthyInstanceSeed(std::uint64_t seed) { return Run(HealthyInstancePlanOf(seed)); }
Result RunAttackedSeed(std::uint64_t seed) { return Run(AttackedPlanOf(seed)); }

Result RunSteps(const SmallWorld& shape, const std::vector<Step>& steps) {
  Plan plan;
  plan.world = MakeWorld(shape, 1);
  plan.before = seconds(5);
  for (const Step& step : steps) plan.faults.push_back({&Faults()[step.fault], step.node, seconds(5)});
  return Run(plan);
}

Shortest Shorten(Plan plan) {
  constexpr int kMostRuns = 400;
  Shortest shortest{std::move(plan), {}, 1};
  shortest.result = Run(shortest.plan);
  const std::string invariant = InvariantOf(shortest.result.broken);
  if (shortest.result.broken.empty()) return shortest;
  const auto keep_if_broken = [&](Plan shorter) {
    if (shortest.runs >= kMostRuns) return false;
    ++shortest.runs;
    Result result = Run(shorter);
    if (result.broken.empty() || InvariantOf(result.broken) != invariant) return false;
    shortest.plan = std::move(shorter);
    shortest.result = std::move(result);
    shortest.plan.faults.resize(std::min(shortest.plan.faults.size(), shortest.result.faults));
    return true;
  };
  shortest.plan.faults.resize(std::min(shortest.plan.faults.size(), shortest.result.faults));
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = shortest.plan.faults.size(); i-- > 0;) {
      if (i >= shortest.plan.faults.size()) continue;
      Plan without = shortest.plan;
      without.faults.erase(without.faults.begin() + static_cast<std::ptrdiff_t>(i));
      Plan idle = shortest.plan;  // the time goes by, nothing happens
      const bool happens = std::exchange(idle.faults[i].fault, nullptr) != nullptr;
      again = keep_if_broken(std::move(without)) || (happens && keep_if_broken(std::move(idle))) || again;
    }
  }
  return shortest;
}

std::string Explain(const Shortest& shortest) {
  std::string text = absl::StrCat(shortest.result.broken, "\nthe last events of the shortest history:\n");
  for (const std::string& line : shortest.result.last_events) absl::StrAppend(&text, line, "\n");
  absl::StrAppend(&text, "the shortest history found, after ", shortest.runs,
                  " runs: ", shortest.plan.world.nodes.size(), " nodes, ", InWords(shortest.plan.world.nodes.front()),
                  ", ", shortest.plan.faults.size(), " faults\n");
  for (const std::string& line : InWords(shortest.plan)) absl::StrAppend(&text, "  ", line, "\n");
  return absl::StrCat(text, "BROKEN: ", shortest.result.broken, "\n");
}

}  // namespace sim
