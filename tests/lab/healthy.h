// What a healthy site says of itself: nothing.
#ifndef TESTS_LAB_HEALTHY_H_
#define TESTS_LAB_HEALTHY_H_

#include "tests/lab/site.h"

namespace lab {

// A gateway on the VRRP network, the default route of both families on every node: without a host to ask, the doctor
// has a warning. Before Site::StartDaemons.
void AddGateway(Site& site);

// `check` exits with 0, `status`, `nodes` and `diff` have no warning, every node's doctor has neither fault nor
// warning, and there was no incident.
void ExpectNothingToSay(Site& site);

}  // namespace lab

#endif  // TESTS_LAB_HEALTHY_H_
