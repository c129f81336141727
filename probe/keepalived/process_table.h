// A process as /proc shows it.
#ifndef PROBE_KEEPALIVED_PROCESS_TABLE_H_
#define PROBE_KEEPALIVED_PROCESS_TABLE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probe::keepalived {

struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  std::string name;  // as the kernel knows it, at most 15 characters
  char state = '?';  // man proc(5): R S D T t Z X ...
  // Since boot, in clock ticks: with the id, it names a process for ever (ids are used again).
  std::uint64_t start_ticks = 0;

  [[nodiscard]] bool stopped() const { return state == 'T' || state == 't'; }
  [[nodiscard]] bool ended() const { return state == 'Z' || state == 'X' || state == 'x'; }
  friend bool operator==(const ProcessStat&, const ProcessStat&) = default;
};

// Reads the line of /proc/PID/stat. InvalidArgument when it is none.
absl::StatusOr<ProcessStat> ParseStat(absl::string_view text);

// One look at a process. NotFound when there is none of that id.
absl::StatusOr<ProcessStat> ReadStat(pid_t pid);

// Which of the programs that give interfaces their addresses, and may take others away, run on this host:
// "systemd-networkd", "NetworkManager", "dhcpcd". By /proc's names of processes, in whatever network namespace; none
// where /proc cannot be read.
std::vector<std::string> AddressManagersRunning();

// The children of a process's main thread, as /proc/PID/task/PID/children lists them.
absl::StatusOr<std::vector<pid_t>> ReadChildren(pid_t pid);

// Its arguments, the program's name first. Empty for a zombie.
absl::StatusOr<std::vector<std::string>> ReadCommandLine(pid_t pid);

// How often the process was given a processor; it stands still while the process does. NotFound also where the kernel
// does not count.
absl::StatusOr<std::uint64_t> ReadTimeSlices(pid_t pid);

// Whether its control group (version 2) is frozen, as that of a paused container is; /proc shows its processes as
// sleeping then.
bool IsFrozenByCgroup(pid_t pid);

// The process id in a pid file. NotFound when there is no such file, InvalidArgument when it holds no id.
absl::StatusOr<pid_t> ReadPidFile(const std::string& path);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_PROCESS_TABLE_H_
