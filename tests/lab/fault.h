// Faults that make both nodes of a pair hold the VIP, each reproduced with real keepalived.
#ifndef TESTS_LAB_FAULT_H_
#define TESTS_LAB_FAULT_H_

#include <functional>
#include <ostream>
#include <string>

#include "tests/lab/site.h"

namespace lab {

// a (priority 100) holds the VIP and b (90) is its backup until the fault is caused.
struct Fault {
  std::string name;
  std::string survivor;  // who must keep or get it
  std::string loser;
  std::function<void(Site&)> prepare;  // before Site::Start
  std::function<void(Site&)> cause;
  std::function<void(Site&)> mend;
};

// a is 192.168.1.1, b is 192.168.1.2, and they send to each other; or the same over IPv6.
void UseUnicast(Site& site);

// How GoogleTest shows one.
inline void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

// b's VRID becomes 65.
Fault VridsDiffer();
// The packet filter of both drops VRRP in input.
Fault VrrpFiltered();
// b's password changes (VRRPv2).
Fault PasswordsDiffer();
// b speaks VRRPv3 where a speaks VRRPv2, and the other way about.
Fault VersionsDiffer();
// Both list the VIP, and each one more that the other does not list.
Fault ListsOverlap();
// b sends an advert every 2 s (VRRPv2).
Fault IntervalsDiffer();
// b sends its adverts to a host that is not its peer.
Fault UnicastMisdirected();
// a's keepalived gets SIGKILL: the address stays behind. Mended by starting it again.
Fault DaemonKilled();
// a's keepalived gets SIGSTOP, then SIGCONT.
Fault DaemonFrozen();
// The switch passes no VRRP, and everything else.
Fault VrrpLostInNetwork();
// b's keepalived serves another address; the VIP is put on b by hand.
Fault AddressByHand();
// The packet filter of both lowers the TTL of the adverts that they send.
Fault TtlLowered();
// A host without keepalived or probe has the VIP, and announces it.
Fault ForeignClaimant();
// a's switch port passes nothing, carrier up.
Fault ActiveIsolated();
// b's instance runs on the management network's interface.
Fault OnAnotherSegment();
// VRRPv3 in unicast: b has adapted itself to a's `old_unicast_checksum`, which is then taken out on a. Mended by
// starting b's daemon again.
Fault ChecksumHabitKept();
// With nopreempt the packet filter of both drops VRRP in output.
Fault VrrpFilteredOnTheWayOut();
// Unicast; the address that b sends from is taken from its interface.
Fault SourceTaken();
// Unicast; b gets a's file: it sends from a's address, to its own.
Fault FileCopied();
// b's own address becomes a's, and so does its priority.
Fault AddressDuplicated();
// Both have use_vmac; b's adverts leave from the interface itself, where it listens as well (vmac_xmit_base).
Fault VmacOnOneSideOnly();
// a sends from an address to which b's way leads elsewhere, and b filters by reverse path.
Fault SourceRoutedElsewhere();
// A host without keepalived or probe has the VIP, and says nothing unless it is asked.
Fault SilentStranger();

}  // namespace lab

#endif  // TESTS_LAB_FAULT_H_
