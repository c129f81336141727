// arbiter_sim: runs seeds by hand. `--seed N` prints the end of one history, `--count N` runs many.
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "tests/sim/run.h"

namespace {

struct Kind {
  bool healthy = false;
  bool instances = false;
  bool attacked = false;
  bool twice = false;
};

sim::Plan PlanOf(std::uint64_t seed, const Kind& kind) {
  if (kind.attacked) return sim::AttackedPlanOf(seed);
  if (kind.instances) return kind.healthy ? sim::HealthyInstancePlanOf(seed) : sim::InstancePlanOf(seed);
  return kind.healthy ? sim::HealthyPlanOf(seed) : sim::PlanOf(seed);
}

sim::Result Run(std::uint64_t seed, const Kind& kind) {
  const sim::Plan plan = PlanOf(seed, kind);
  sim::Result result = sim::Run(plan);
  if (kind.twice && result.broken.empty() && sim::Run(plan).digest != result.digest) {
    result.broken = "7: the same seed gave another history";
  }
  return result;
}

int Print(std::uint64_t seed, const Kind& kind) {
  const sim::Result result = Run(seed, kind);
  if (result.broken.empty()) {
    for (const std::string& line : result.last_events) std::cout << line << '\n';
  } else {
    std::cout << sim::Explain(sim::Shorten(PlanOf(seed, kind)));
  }
  std::cout << "seed " << seed << ": " << (result.broken.empty() ? "all invariants held" : result.broken) << ", "
            << result.faults << " faults, digest " << std::hex << result.digest << std::dec << '\n';
  return result.broken.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulates clusters with faults and checks the invariants");
  std::uint64_t seed = 0;
  std::uint64_t from = 1;
  std::uint64_t count = 0;
  Kind kind;
  std::string until;
  app.add_option("--seed", seed, "run one seed and print its history; of a broken one the shortest that breaks");
  app.add_option("--from", from, "first seed of many");
  app.add_option("--count", count, "how many seeds");
  app.add_flag("--healthy", kind.healthy, "healthy transitions only: no incident may be opened");
  app.add_flag("--instances", kind.instances, "instances of several VIPs, on several segments");
  app.add_flag("--attacked", kind.attacked, "the same, and somebody advertises in a node's name");
  app.add_flag("--twice", kind.twice, "run each seed twice and compare");
  app.add_option("--until", until, "end with the first seed that breaks this invariant");
  CLI11_PARSE(app, argc, argv);
  if (count == 0) return Print(seed, kind);
  std::uint64_t broken = 0;
  std::uint64_t ran = 0;
  std::uint64_t digest = 0;  // of all histories: what leaves them as they were leaves it, too
  for (bool found = false; ran < count && !found;) {
    const std::uint64_t s = from + ran++;
    const sim::Result result = Run(s, kind);
    digest = digest * 1099511628211ULL ^ result.digest;
    if (result.broken.empty()) continue;
    ++broken;
    std::cout << "seed " << s << ": " << result.broken << std::endl;
    found = !until.empty() && result.broken.compare(0, until.size(), until) == 0;
  }
  std::cout << ran << " seeds, " << broken << " broken, digest " << std::hex << digest << std::dec << '\n';
  return broken == 0 ? 0 : 1;
}
