// Everything that goes wrong in a simulation, by number, and how it is put right again.
#ifndef TESTS_SIM_FAULTS_H_
#define TESTS_SIM_FAULTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace sim {

struct Fault {
  std::string name;
  void (*happen)(World& world, Node& node, Random& random);
};

// All of them; an index into it names a fault in an enumerated world.
const std::vector<Fault>& Faults();

// By its name, of InstanceFaults(); the process ends where there is none.
const Fault& FaultNamed(const std::string& name);

// All of them, and what happens to instances of several VIPs: reloads, addresses on other interfaces, one of two
// segments.
const std::vector<Fault>& InstanceFaults();

// A stranger advertises in a node's name: with what makes that matter.
const std::vector<Fault>& Attacks();

// What happens in a healthy cluster: planned stops and starts, restarts of probes and arbiter.
const std::vector<Fault>& HealthyEvents();

// Undoes all faults: cables, filters, daemons, configurations, probes, the arbiter, its disk.
void RepairAll(World& world);

// What an operator ordered ends by an operator.
void ReleaseOperatorsHolds(World& world);

}  // namespace sim

#endif  // TESTS_SIM_FAULTS_H_
