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

// The number `vip` of an instance: 10.1.<instance>.<n> or fd00:1::<instance>:<n>.
IpAddress InstanceVip(const InstanceShape& shape, int instance, int vip) {
  const bool v6 = shape.both_families && vip % 2 != instance % 2;
  return v6 ? Ip(absl::StrFormat("fd00:1::%x:%x", instance, vip + 1))
            : Ip(absl::StrCat("10.1.", instance, ".", vip + 1));
}

RouterConfig MakeInstance(const InstanceShape& shape, int node, int instance) {
  RouterConfig router;
  router.vrid = static_cast<std::uint8_t>(60 + 2 * instance);
  // Members of a sync group are active together, as the daemon would have it.
  const bool turned = !shape.sync_group && instance % 2 == 1;
  router.priority = static_cast<std::uint8_t>(turned ? 80 + 10 * node : 100 - 10 * node);
  router.segment = shape.layout == Layout::kHeartbeatLink ? 1 : 0;
  for (int v = 0; v < shape.vips; ++v) {
    const IpAddress vip = InstanceVip(shape, instance, v);
    const bool excluded = v > 0 && ((shape.both_families && vip.is_v4() != router.vips.front().is_v4()) ||
                                    (shape.excluded && v % 3 == 2));
    (excluded ? router.excluded : router.vips).push_back(vip);
  }
  return router;
}

NodeConfig MakeInstanceNode(int number, const InstanceShape& shape) {
  NodeConfig node;
  node.name = std::string(1, static_cast<char>('a' + number));
  node.address = Ip(absl::StrCat("192.168.1.", 10 + number));
  node.other_addresses = {Ip(absl::StrCat("192.168.2.", 10 + number))};
  node.gate_usable = shape.gate;
  node.track_file = shape.track_file;
  node.sync_group = shape.sync_group;
  node.many_vips = true;
  for (int i = 0; i < shape.instances; ++i) {
    node.routers.push_back(MakeInstance(shape, number, i));
    for (int v = 1; shape.layout == Layout::kLan && v < shape.vips; v += 2) node.homes[InstanceVip(shape, i, v)] = 1;
  }
  return node;
}

InstanceShape RandomInstanceShape(Random& random) {
  InstanceShape shape;
  shape.nodes = random.Chance(0.6) ? 2 : 3 + static_cast<int>(random.Below(2));
  shape.instances = 1 + static_cast<int>(random.Below(3));
  shape.vips = 1 + static_cast<int>(random.Below(6));
  if (random.Chance(0.04)) {
    shape.vips = 20 + static_cast<int>(random.Below(41));
    shape.instances = 1;
  }
  shape.layout = static_cast<Layout>(random.Below(3));
  shape.both_families = random.Chance(0.4);
  shape.excluded = random.Chance(0.3);
  shape.track_file = random.Chance(0.5);
  shape.gate = random.Chance(0.85);
  shape.sync_group = shape.instances > 1 && random.Chance(0.4);
  return shape;
}

void VaryInstances(Random& random, WorldConfig& world) {
  const Duration step = random.Between(Duration{}, milliseconds(1));
  const Duration interval = random.Chance(0.15) ? milliseconds(100) : milliseconds(1000);
  for (NodeConfig& node : world.nodes) {
    node.clock_rate = 1.0 + (static_cast<double>(random.Below(21)) - 10.0) / 1000.0;
    node.address_step = step;
    for (RouterConfig& router : node.routers) {
      router.interval = interval;
      router.version = interval < seconds(1) ? 3 : 2;
    }
  }
}

// Most of the time faults follow each other quickly; now and then what stands has time to go wrong again and again.
Duration PauseAmongInstances(Random& random) {
  if (random.Chance(0.35)) return random.Between(milliseconds(1), milliseconds(400));
  return random.Chance(0.8) ? random.Between(milliseconds(400), seconds(12)) : random.Between(seconds(12), seconds(60));
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

WorldConfig MakeInstanceWorld(const InstanceShape& shape, std::uint64_t seed) {
  WorldConfig world = MakeWorld(SmallWorld{.nodes = 0}, seed);
  world.segments = 2;
  for (int n = 0; n < shape.nodes; ++n) world.nodes.push_back(MakeInstanceNode(n, shape));
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

Plan InstancePlanOf(std::uint64_t seed, std::optional<int> vips) {
  Random random(seed ^ 0x1257ULL);
  InstanceShape shape = RandomInstanceShape(random);
  if (vips.has_value()) shape.vips = *vips;
  Plan plan;
  plan.world = MakeInstanceWorld(shape, seed);
  plan.before = seconds(6);
  VaryInstances(random, plan.world);
  const std::size_t planned = 2 + random.Below(10);
  for (std::size_t i = 0; i < planned; ++i) {
    PlannedFault next = Draw(random, InstanceFaults(), plan.world.nodes.size());
    // The faults of this family alone, as often as all the others together.
    if (random.Chance(0.4)) {
      next.fault = &InstanceFaults()[Faults().size() + random.Below(InstanceFaults().size() - Faults().size())];
    }
    next.pause = PauseAmongInstances(random);
    plan.faults.push_back(next);
  }
  return plan;
}

Plan AttackedPlanOf(std::uint64_t seed) {
  Random random(seed ^ 0xa77acULL);
  Plan plan = InstancePlanOf(seed);
  const std::size_t node = random.Below(plan.world.nodes.size());
  const auto at = plan.faults.begin() + static_cast<std::ptrdiff_t>(random.Below(plan.faults.size() + 1));
  const Fault& then = Attacks()[1 + random.Below(Attacks().size() - 1)];
  plan.faults.insert(at, {{&Attacks().front(), node, random.Between(milliseconds(1), seconds(6))},
                          {&then, node, random.Between(seconds(1), seconds(40))}});
  return plan;
}

Plan HealthyInstancePlanOf(std::uint64_t seed) {
  Random random(seed ^ 0x4ea1257ULL);
  Plan plan;
  plan.healthy = true;
  plan.world = MakeInstanceWorld(RandomInstanceShape(random), seed);
  VaryInstances(random, plan.world);
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
