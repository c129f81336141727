// The faults of the lab, one a row, with what the two probes report then and what has to be named.
#ifndef TESTS_ARBITER_CORE_CAUSES_LAB_FAULTS_H_
#define TESTS_ARBITER_CORE_CAUSES_LAB_FAULTS_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/arbiter/core/causes/claimants.h"

namespace arbiter::core {

struct Fault {
  std::string name;
  std::function<void(Claimants&)> settings;  // before anybody hears anybody; may be empty
  std::function<void(Claimants&)> wire;      // changes what was heard; may be empty
  Cause cause = Cause::kUnknown;
  std::string evidence;  // a part of it
  std::string advice;    // a part of it
  bool a_loses = false;  // else b is the one whose gate shuts

  [[nodiscard]] Claimants Inject() const;
};

void PrintTo(const Fault& fault, std::ostream* out);

std::vector<Fault> LabFaults();

}  // namespace arbiter::core

#endif  // TESTS_ARBITER_CORE_CAUSES_LAB_FAULTS_H_
