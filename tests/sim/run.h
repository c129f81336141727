// One simulated life: a safety phase with faults, then the faults stop and everything must settle.
#ifndef TESTS_SIM_RUN_H_
#define TESTS_SIM_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace sim {

struct Result {
  std::string broken;                    // empty: all invariants held
  std::vector<std::string> last_events;  // up to the break
  std::uint64_t digest = 0;
  std::size_t faults = 0;
};

// A world whose shape and faults all come from the seed. `faults_at_most` cuts the list of faults short: the shortest
// history that still breaks is found by lowering it.
Result RunSeed(std::uint64_t seed, std::size_t faults_at_most = SIZE_MAX);

// Healthy transitions alone: no incident may be opened.
Result RunHealthySeed(std::uint64_t seed);

// A small world in which the given faults (indices into Faults(), node by node) happen one after the other.
struct Step {
  std::size_t fault = 0;
  std::size_t node = 0;
};
struct SmallWorld {
  int nodes = 2;
  int vips = 1;
  bool track_file = false;
  bool gate = true;
  bool opposite = false;  // with two VIPs: their priorities point opposite ways
  bool sync_group = false;
};
Result RunSteps(const SmallWorld& shape, const std::vector<Step>& steps);

// The shortest prefix of the seed's faults that breaks an invariant.
Result Shorten(std::uint64_t seed, const Result& broken);

}  // namespace sim

#endif  // TESTS_SIM_RUN_H_
