#include "tests/sim/run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/sim/faults.h"
#include "tests/sim/invariants.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kSettle = seconds(150);

IpAddress Ip(const std::string& text) { return *IpAddress::Parse(text); }

NodeConfig MakeNode(int number, const SmallWorld& shape) {
  NodeConfig node;
  node.name = std::string(1, static_cast<char>('a' + number));
  node.address = Ip(absl::StrCat("192.168.1.", 10 + number));
  node.gate_usable = shape.gate;
  node.track_file = shape.track_file;
  node.sync_group = shape.sync_group;
  for (int v = 0; v < shape.vips; ++v) {
    RouterConfig router;
    router.vrid = static_cast<std::uint8_t>(60 + 2 * v);
    const bool turned = shape.opposite && v % 2 == 1;
    router.priority = static_cast<std::uint8_t>(turned ? 80 + 10 * number : 100 - 10 * number);
    router.vips = {Ip(absl::StrCat("192.168.1.", 210 + v))};
    node.routers.push_back(router);
  }
  return node;
}

WorldConfig MakeWorld(const SmallWorld& shape, std::uint64_t seed) {
  WorldConfig world;
  world.seed = seed;
  world.policy.settle_min = seconds(1);
  world.policy.settle_max = seconds(30);
  for (int n = 0; n < shape.nodes; ++n) world.nodes.push_back(MakeNode(n, shape));
  return world;
}

SmallWorld RandomShape(Random& random) {
  SmallWorld shape;
  shape.nodes = 2 + static_cast<int>(random.Below(3));
  shape.vips = 1 + static_cast<int>(random.Below(3));
  shape.track_file = random.Chance(0.5);
  shape.gate = random.Chance(0.85);
  shape.opposite = random.Chance(0.5);
  shape.sync_group = random.Chance(0.25);
  return shape;
}

Result Finish(World& world, Invariants& invariants, std::size_t faults) {
  Result result;
  result.broken = invariants.broken();
  result.faults = faults;
  result.last_events.assign(world.last_events().begin(), world.last_events().end());
  result.digest = world.digest();
  return result;
}

// Faults have stopped: everything must come right within a bounded time.
Result Settle(World& world, Invariants& invariants, std::size_t faults) {
  world.Log("all is repaired");
  RepairAll(world);
  invariants.Forgive(seconds(12));
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

void Happen(World& world, Invariants& invariants, const Fault& fault, Node& node) {
  world.Log(absl::StrCat("FAULT ", node.name(), ": ", fault.name));
  fault.happen(world, node, world.random());
  invariants.Forgive(milliseconds(0));
}

}  // namespace

Result RunSeed(std::uint64_t seed, std::size_t faults_at_most) {
  Random shaping(seed ^ 0x5eedULL);
  const SmallWorld shape = RandomShape(shaping);
  WorldConfig config = MakeWorld(shape, seed);
  for (NodeConfig& node : config.nodes) {
    node.clock_rate = 1.0 + (static_cast<double>(shaping.Below(21)) - 10.0) / 1000.0;
    for (RouterConfig& router : node.routers) {
      router.interval = shape.nodes == 2 && seed % 7 == 0 ? milliseconds(100) : milliseconds(1000);
      router.version = router.interval < seconds(1) ? 3 : 2;
    }
  }
  World world(config);
  Invariants invariants(world);
  world.PowerOn();
  if (!world.RunFor(seconds(6), [&] { return invariants.Hold(); })) return Finish(world, invariants, 0);
  const std::size_t planned = 3 + shaping.Below(12);
  std::size_t faults = 0;
  for (; faults < std::min(planned, faults_at_most); ++faults) {
    const Fault& fault = Faults()[shaping.Below(Faults().size())];
    Node& node = *world.nodes()[shaping.Below(world.nodes().size())];
    Happen(world, invariants, fault, node);
    const Duration pause = shaping.Chance(0.4) ? shaping.Between(milliseconds(1), milliseconds(400))
                                               : shaping.Between(milliseconds(400), seconds(12));
    if (!world.RunFor(pause, [&] { return invariants.Hold(); })) return Finish(world, invariants, faults + 1);
  }
  return Settle(world, invariants, faults);
}

Result RunHealthySeed(std::uint64_t seed) {
  Random shaping(seed ^ 0x4ea1ULL);
  World world(MakeWorld(RandomShape(shaping), seed));
  Invariants invariants(world);
  world.PowerOn();
  const std::size_t planned = 10 + shaping.Below(20);
  for (std::size_t i = 0; i < planned; ++i) {
    const Fault& event = HealthyEvents()[shaping.Below(HealthyEvents().size())];
    Happen(world, invariants, event, *world.nodes()[shaping.Below(world.nodes().size())]);
    const Duration pause = shaping.Between(milliseconds(1), seconds(6));
    if (!world.RunFor(pause, [&] { return invariants.Hold(); })) return Finish(world, invariants, i + 1);
  }
  Result result = Settle(world, invariants, planned);
  if (result.broken.empty() && invariants.SawIncident()) result.broken = "6: an incident without a fault";
  return result;
}

Result RunSteps(const SmallWorld& shape, const std::vector<Step>& steps) {
  World world(MakeWorld(shape, 1));
  Invariants invariants(world);
  world.PowerOn();
  if (!world.RunFor(seconds(5), [&] { return invariants.Hold(); })) return Finish(world, invariants, 0);
  std::size_t faults = 0;
  for (const Step& step : steps) {
    Happen(world, invariants, Faults()[step.fault], *world.nodes()[step.node]);
    if (!world.RunFor(seconds(5), [&] { return invariants.Hold(); })) return Finish(world, invariants, ++faults);
    ++faults;
  }
  return Settle(world, invariants, faults);
}

Result Shorten(std::uint64_t seed, const Result& broken) {
  for (std::size_t faults = 0; faults < broken.faults; ++faults) {
    Result shorter = RunSeed(seed, faults);
    if (!shorter.broken.empty()) return shorter;
  }
  return broken;
}

}  // namespace sim
