// What an incident of `arbctl incidents -o json` says, as tests compare it.
#ifndef TESTS_LAB_INCIDENT_H_
#define TESTS_LAB_INCIDENT_H_

#include <set>
#include <string>
#include <vector>

#include "tests/lab/json.h"

namespace lab {

// Its causes in its order, without a prefix.
std::vector<std::string> CausesOf(const Json& incident);
// All VIPs that it is about.
std::set<std::string> VipsOf(const Json& incident);
std::set<std::string> DemotedBy(const Json& incident);

}  // namespace lab

#endif  // TESTS_LAB_INCIDENT_H_
