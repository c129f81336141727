// What this host says of itself, for the checks.
#ifndef PROBE_DOCTOR_SYSTEM_FACTS_H_
#define PROBE_DOCTOR_SYSTEM_FACTS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "probe/doctor/check_addresses.h"
#include "probe/doctor/check_gate.h"
#include "probe/doctor/check_selinux.h"

namespace probe::doctor {

// Tables of iptables-legacy and ip6tables-legacy that are loaded.
std::vector<std::string> LegacyTables();

// `daemon`: the process whose domain is asked for; 0: none.
SelinuxFacts ReadSelinux(pid_t daemon);

// Tries the gate in a table of its own, which no packet ever meets, and reads what is shut.
GateFacts ReadGate();

// Whether any process's name begins so, in whatever network namespace. True where that cannot be told.
bool SomeProcessIs(const std::string& name);

// IPv4 addresses with their labels, in the kernel's order.
std::vector<LabelledAddress> ReadLabels();

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SYSTEM_FACTS_H_
