// What this host and this process are, and may do.
#ifndef PROBE_DAEMON_SYSTEM_H_
#define PROBE_DAEMON_SYSTEM_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace probe::daemon {

// The path of the program that this process runs; empty where that cannot be told.
std::string OwnProgram();

// CLOCK_BOOTTIME.
std::chrono::nanoseconds BootNow();

// The name of this boot (/proc/sys/kernel/random/boot_id); empty where there is no /proc.
std::string BootId();

// 16 random hexadecimal digits.
std::string RandomName();

// PermissionDenied, with how to mend it, when the process lacks CAP_NET_RAW; what needs it says `what_for`.
absl::Status CheckMayCapture();
// The same for CAP_NET_ADMIN, without which a node can report and not act.
absl::Status CheckMayAdminister();

// Whether the kernel promotes a secondary address when the primary one of its subnet is removed.
bool PromotesSecondaries(const std::string& link);

// The arp_ignore in force on a link: the larger one of its own and that of all. 0 where it cannot be read.
int ArpIgnore(const std::string& link);

// The systemd unit that a process runs in ("keepalived.service"); empty: none, or no systemd.
std::string UnitOf(int pid);

// Makes the directory (0755) and its parents. FailedPrecondition, with how to mend it, where somebody else than root
// and this process's user could change what is in it, or where it is a link: holds and track files lie there.
absl::Status MakeRuntimeDirectory(const std::string& path);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SYSTEM_H_
