// arbiter_sim: runs seeds by hand. `--seed N` prints the whole end of one history, `--seeds A..B` runs many.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "tests/sim/run.h"

namespace {

int Print(std::uint64_t seed, bool healthy) {
  const sim::Result result = healthy ? sim::RunHealthySeed(seed) : sim::RunSeed(seed);
  const sim::Result shown = result.broken.empty() || healthy ? result : sim::Shorten(seed, result);
  for (const std::string& line : shown.last_events) std::cout << line << '\n';
  std::cout << "seed " << seed << ": " << (shown.broken.empty() ? "all invariants held" : shown.broken) << ", "
            << shown.faults << " faults, digest " << std::hex << result.digest << std::dec << '\n';
  return shown.broken.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulates clusters with faults and checks the invariants");
  std::uint64_t seed = 0;
  std::uint64_t from = 1;
  std::uint64_t count = 0;
  bool healthy = false;
  app.add_option("--seed", seed, "run one seed and print its history");
  app.add_option("--from", from, "first seed of many");
  app.add_option("--count", count, "how many seeds");
  app.add_flag("--healthy", healthy, "healthy transitions only: no incident may be opened");
  CLI11_PARSE(app, argc, argv);
  if (count == 0) return Print(seed, healthy);
  std::uint64_t broken = 0;
  for (std::uint64_t s = from; s < from + count; ++s) {
    const sim::Result result = healthy ? sim::RunHealthySeed(s) : sim::RunSeed(s);
    if (result.broken.empty()) continue;
    ++broken;
    std::cout << "seed " << s << ": " << result.broken << '\n';
  }
  std::cout << count << " seeds, " << broken << " broken\n";
  return broken == 0 ? 0 : 1;
}
