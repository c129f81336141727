// What is going to happen in one simulated life: the shape of the world and its faults, all drawn before it begins, so
// that a history can be cut down to what it needs.
#ifndef TESTS_SIM_PLAN_H_
#define TESTS_SIM_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/faults.h"
#include "tests/sim/world.h"

namespace sim {

struct SmallWorld {
  int nodes = 2;
  int vips = 1;
  bool track_file = false;
  bool gate = true;
  bool opposite = false;  // with two VIPs: their priorities point opposite ways
  bool sync_group = false;
};

// An instance advertises on a segment; its VIPs may be on another one.
enum class Layout : std::uint8_t {
  kOneSegment,
  kLan,            // every other VIP is on a segment of its own, as with `dev lan`
  kHeartbeatLink,  // the adverts have a segment of their own
};

struct InstanceShape {
  int nodes = 2;
  int instances = 1;
  int vips = 2;  // of each instance
  Layout layout = Layout::kOneSegment;
  bool both_families = false;
  bool excluded = false;  // what is not of the family of the adverts is excluded; else every third VIP
  bool track_file = false;
  bool gate = true;
  bool sync_group = false;
};

// A fault, and the time until the next one.
struct PlannedFault {
  const Fault* fault = nullptr;
  std::size_t node = 0;
  Duration pause{};
};

struct Plan {
  WorldConfig world;
  Duration before{};  // the first fault
  std::vector<PlannedFault> faults;
  bool healthy = false;  // healthy transitions alone: no incident may be opened
};

// Worlds of 2 to 4 nodes and 1 to 3 VIPs.
WorldConfig MakeWorld(const SmallWorld& shape, std::uint64_t seed);

WorldConfig MakeInstanceWorld(const InstanceShape& shape, std::uint64_t seed);

// A plan that comes from the seed alone.
Plan PlanOf(std::uint64_t seed);
Plan HealthyPlanOf(std::uint64_t seed);
// Worlds of instances that have several VIPs each: of 1 to 6, some of 20 to 60. With `vips` every instance has that
// many: the same faults, another crowd.
Plan InstancePlanOf(std::uint64_t seed, std::optional<int> vips = std::nullopt);
Plan HealthyInstancePlanOf(std::uint64_t seed);
// The same histories, in which somebody comes to advertise in a node's name before something happens to that node.
Plan AttackedPlanOf(std::uint64_t seed);

// One line a fault.
std::vector<std::string> InWords(const Plan& plan);

}  // namespace sim

#endif  // TESTS_SIM_PLAN_H_
