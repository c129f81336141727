// Faults that are in the nodes' own addresses, or in a copy of the VIP.
#ifndef TESTS_LAB_ADDRESS_FAULT_H_
#define TESTS_LAB_ADDRESS_FAULT_H_

#include "tests/lab/fault.h"

namespace lab {

// Unicast over IPv6: both list the other's global address, and come to send from their link-local ones.
Fault PeersListGlobalAddresses();
// b, a backup, has the VIP with another prefix length than its file says.
Fault LeftoverOfAnotherLength();
// b has an address of another network before its own one; the switch passes no VRRP.
Fault LostBesideAnotherNetwork();

// b's interface is in two networks, and the instance's is the second one.
void PutAnotherNetworkFirst(Site& site);

}  // namespace lab

#endif  // TESTS_LAB_ADDRESS_FAULT_H_
