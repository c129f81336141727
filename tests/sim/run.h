// One simulated life: a safety phase with faults, then the faults stop and everything must settle.
#ifndef TESTS_SIM_RUN_H_
#define TESTS_SIM_RUN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/plan.h"

namespace sim {

struct Result {
  std::string broken;                    // empty: all invariants held
  std::vector<std::string> last_events;  // up to the break
  std::uint64_t digest = 0;
  std::size_t faults = 0;  // that happened
  std::uint64_t questions = 0;
  std::uint64_t directives = 0;
};

// `look` sees the world as it is when the last pause is over, before anything is repaired.
Result Run(const Plan& plan, const std::function<void(World&)>& look = {});

Result RunSeed(std::uint64_t seed);
Result RunHealthySeed(std::uint64_t seed);
Result RunInstanceSeed(std::uint64_t seed);
Result RunHealthyInstanceSeed(std::uint64_t seed);
Result RunAttackedSeed(std::uint64_t seed);

// A small world in which the given faults (indices into Faults(), node by node) happen one after the other.
struct Step {
  std::size_t fault = 0;
  std::size_t node = 0;
};
Result RunSteps(const SmallWorld& shape, const std::vector<Step>& steps);

// A broken history cut down: faults are left out one by one for as long as the same invariant breaks.
struct Shortest {
  Plan plan;
  Result result;
  int runs = 0;  // that it took
};
Shortest Shorten(Plan plan);

// What to print of a failure: the invariant, the faults that it needs, the last events.
std::string Explain(const Shortest& shortest);

}  // namespace sim

#endif  // TESTS_SIM_RUN_H_
