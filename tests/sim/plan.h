// What is going to happen in one simulated life: the shape of the world and its faults, all drawn before it begins, so
// that a history can be cut down to what it needs.
#ifndef TESTS_SIM_PLAN_H_
#define TESTS_SIM_PLAN_H_

#include <cstddef>
#include <cstdint>
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

// A plan that comes from the seed alone.
Plan PlanOf(std::uint64_t seed);
Plan HealthyPlanOf(std::uint64_t seed);

// One line a fault.
std::vector<std::string> InWords(const Plan& plan);

}  // namespace sim

#endif  // TESTS_SIM_PLAN_H_
