#include "probe/keepalived/daemon_status.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

DaemonStatus Conclude(DaemonState state, const DaemonStatus& last, std::string why) {
  DaemonStatus status;
  status.state = state;
  status.seen = last.seen;
  status.why = std::move(why);
  return status;
}

// The daemon that was seen last, if it still lives.
std::optional<ProcessStat> StillThere(const DaemonStatus& last) {
  if (last.parent == 0) {
    return std::nullopt;
  }
  absl::StatusOr<ProcessStat> stat = ReadStat(last.parent);
  if (!stat.ok() || stat->ended() || stat->start_ticks != last.parent_start_ticks) {
    return std::nullopt;
  }
  return *std::move(stat);
}

// Whether a live process is the daemon's; why not, otherwise.
std::optional<std::string> Mismatch(const DaemonPlace& place, const ProcessStat& stat) {
  if (stat.ended()) {
    return absl::StrCat("process ", stat.pid, " has ended");
  }
  if (!absl::StartsWith(stat.name, place.process_name.substr(0, 15))) {
    return absl::StrCat("process ", stat.pid, " is '", stat.name, "', not ", place.process_name);
  }
  return std::nullopt;
}

// The live children that may speak VRRP: the one that the pid file names, else all of the daemon's name.
absl::StatusOr<std::vector<ProcessStat>> VrrpCandidates(const DaemonPlace& place, pid_t parent) {
  if (const absl::StatusOr<pid_t> pid = ReadPidFile(place.vrrp_pid_file); pid.ok()) {
    const absl::StatusOr<ProcessStat> stat = ReadStat(*pid);
    if (stat.ok() && stat->parent == parent && !stat->ended()) {
      return std::vector<ProcessStat>{*stat};
    }
  }
  const absl::StatusOr<std::vector<pid_t>> children = ReadChildren(parent);
  if (!children.ok()) {
    return children.status();
  }
  std::vector<ProcessStat> candidates;
  for (const pid_t pid : *children) {
    const absl::StatusOr<ProcessStat> stat = ReadStat(pid);
    if (stat.ok() && stat->parent == parent && !Mismatch(place, *stat).has_value()) {
      candidates.push_back(*stat);
    }
  }
  return candidates;
}

void DescribeChildren(const ProcessStat& parent, const std::vector<ProcessStat>& candidates, DaemonStatus* status) {
  const std::string daemon = absl::StrCat(parent.name, " (process ", parent.pid, ")");
  if (candidates.empty()) {
    // A live parent starts its VRRP process again by itself; a stopped one cannot.
    status->state = parent.stopped() ? DaemonState::kFrozen : DaemonState::kUnknown;
    status->why = absl::StrCat(daemon, parent.stopped() ? " is stopped and" : "", " has no VRRP process");
    return;
  }
  const bool all_stopped =
      std::all_of(candidates.begin(), candidates.end(), [](const ProcessStat& stat) { return stat.stopped(); });
  status->state = all_stopped ? DaemonState::kFrozen : DaemonState::kRunning;
  if (candidates.size() > 1) {
    status->why = absl::StrCat(daemon, " has ", candidates.size(), " children, ", all_stopped ? "all" : "not all",
                               " of them stopped; which of them speaks VRRP is not known");
    return;
  }
  status->vrrp = candidates.front().pid;
  status->vrrp_start_ticks = candidates.front().start_ticks;
  status->why = absl::StrCat(daemon, all_stopped ? ": its VRRP process " : " runs, VRRP process ", status->vrrp,
                             all_stopped ? " is stopped" : "");
}

DaemonStatus Describe(const DaemonPlace& place, const ProcessStat& parent) {
  DaemonStatus status;
  status.parent = parent.pid;
  status.parent_start_ticks = parent.start_ticks;
  status.seen = true;
  const absl::StatusOr<std::vector<ProcessStat>> candidates = VrrpCandidates(place, parent.pid);
  if (!candidates.ok()) {
    status.why = absl::StrCat(parent.name, " (process ", parent.pid, "): ", candidates.status().message());
    return status;
  }
  DescribeChildren(parent, *candidates, &status);
  return status;
}

}  // namespace

DaemonStatus LookAtDaemon(const DaemonPlace& place, const DaemonStatus& last) {
  const absl::StatusOr<pid_t> pid = ReadPidFile(place.pid_file);
  if (!pid.ok()) {
    if (const std::optional<ProcessStat> stat = StillThere(last); stat.has_value()) {
      return Describe(place, *stat);
    }
    const bool missing = absl::IsNotFound(pid.status());
    return Conclude(missing && last.seen ? DaemonState::kGone : DaemonState::kUnknown, last,
                    missing ? absl::StrCat("there is no pid file ", place.pid_file,
                                           last.seen ? " any more" : ": the daemon has not been seen yet")
                            : std::string(pid.status().message()));
  }
  const absl::StatusOr<ProcessStat> stat = ReadStat(*pid);
  const std::string named = absl::StrCat(place.pid_file, " names a process that is not there: ");
  if (absl::IsNotFound(stat.status())) {
    return Conclude(DaemonState::kGone, last, absl::StrCat(named, "process ", *pid, " does not exist"));
  }
  if (!stat.ok()) {
    return Conclude(DaemonState::kUnknown, last, std::string(stat.status().message()));
  }
  if (const std::optional<std::string> mismatch = Mismatch(place, *stat); mismatch.has_value()) {
    return Conclude(DaemonState::kGone, last, absl::StrCat(named, *mismatch));
  }
  return Describe(place, *stat);
}

}  // namespace probe::keepalived
