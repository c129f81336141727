#include "tests/sim/plan.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

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

PlannedFault Draw(Random& random, const std::vector<Fault>& faults, std::size_t nodes) {
  PlannedFault planned;
  planned.fault = &faults[random.Below(faults.size())];
  planned.node = random.Below(nodes);
  return planned;
}

}  // namespace

WorldConfig MakeWorld(const SmallWorld& shape, std::uint64_t seed) {
  WorldConfig world;
  world.seed = seed;
  world.policy.settle_min = seconds(1);
  world.policy.settle_max = seconds(30);
  for (int n = 0; n < shape.nodes; ++n) world.nodes.push_back(MakeNode(n, shape));
  return world;
}

Plan PlanOf(std::uint64_t seed) {
  Random random(seed ^ 0x5eedULL);
  const SmallWorld shape = RandomShape(random);
  Plan plan;
  plan.world = MakeWorld(shape, seed);
  plan.before = seconds(6);
  for (NodeConfig& node : plan.world.nodes) {
    node.clock_rate = 1.0 + (static_cast<double>(random.Below(21)) - 10.0) / 1000.0;
    for (RouterConfig& router : node.routers) {
      router.interval = shape.nodes == 2 && seed % 7 == 0 ? milliseconds(100) : milliseconds(1000);
      router.version = router.interval < seconds(1) ? 3 : 2;
    }
  }
  const std::size_t planned = 3 + random.Below(12);
  for (std::size_t i = 0; i < planned; ++i) {
    PlannedFault next = Draw(random, Faults(), plan.world.nodes.size());
    next.pause = random.Chance(0.4) ? random.Between(milliseconds(1), milliseconds(400))
                                    : random.Between(milliseconds(400), seconds(12));
    plan.faults.push_back(next);
  }
  return plan;
}

Plan HealthyPlanOf(std::uint64_t seed) {
  Random random(seed ^ 0x4ea1ULL);
  Plan plan;
  plan.healthy = true;
  plan.world = MakeWorld(RandomShape(random), seed);
  const std::size_t planned = 10 + random.Below(20);
  for (std::size_t i = 0; i < planned; ++i) {
    PlannedFault next = Draw(random, HealthyEvents(), plan.world.nodes.size());
    next.pause = random.Between(milliseconds(1), seconds(6));
    plan.faults.push_back(next);
  }
  return plan;
}

std::vector<std::string> InWords(const Plan& plan) {
  std::vector<std::string> lines;
  for (const PlannedFault& planned : plan.faults) {
    lines.push_back(absl::StrFormat("%s: %s, then %.3f s", plan.world.nodes[planned.node].name,
                                    planned.fault == nullptr ? "nothing" : planned.fault->name,
                                    std::chrono::duration<double>(planned.pause).count()));
  }
  return lines;
}

}  // namespace sim
