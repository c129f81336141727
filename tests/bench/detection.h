// How long the arbiter takes to act on a second holder.
#ifndef TESTS_BENCH_DETECTION_H_
#define TESTS_BENCH_DETECTION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/load_fleet.h"

namespace bench {

// From the report of a second holder, handed to gRPC, to the first ShutForAWhile at the loser, in milliseconds.
struct Detection {
  std::vector<double> times;
  int missed = 0;  // no directive came, or none let the loser in again, within ten seconds

  [[nodiscard]] double Quantile(double fraction) const;
  // "p50 1.20 ms, p99 3.40 ms over 50 contests"
  [[nodiscard]] std::string Text() const;
};

// One contest after the other, in the first `clusters` of the fleet by turns: a backup says that it holds a VIP, obeys,
// says that it does not, and is let in again.
Detection MeasureDetection(LoadFleet& fleet, int clusters, int contests);

// What cannot be measured ends the program.
void Require(const absl::Status& status);

}  // namespace bench

#endif  // TESTS_BENCH_DETECTION_H_
