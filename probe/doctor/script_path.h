// The way to a check script, looked at as keepalived does before it runs one (lib/notify.c, check_script_secure): what
// runs with root's powers must be in nobody else's hands.
#ifndef PROBE_DOCTOR_SCRIPT_PATH_H_
#define PROBE_DOCTOR_SCRIPT_PATH_H_

#include <optional>
#include <string>
#include <vector>

#include "probe/doctor/process_run.h"
#include "probe/doctor/script_facts.h"

namespace probe::doctor {

// A path as the daemon takes it: one that is not absolute begins at its directory, which is the root.
std::string FromRoot(const std::string& path);

// What on the way to it somebody else than root can change. Of a directory, of a file and of a link the owner counts;
// the group's right to write where that is not root's group, and everybody's, but for directories in which each may
// only change what is his (/tmp).
struct PathFault {
  std::string what;    // "/etc/keepalived/check.sh belongs to nobody (uid 65534)"
  std::string repair;  // "chown root /etc/keepalived/check.sh"
};
std::optional<PathFault> FindPathFault(const std::string& path);

// What is executed, or why nothing is.
struct Permit {
  std::string executed;  // no link is in it but its last name, which a program may go by
  std::optional<NotRun> not_run;
};

// `command` is a path, `arguments` are those behind it, `secured` is enable_script_security. Acts as the account for as
// long as it resolves the path: call it while this process has one thread.
Permit AskToRun(const std::string& command, const std::vector<std::string>& arguments, const Account& account,
                bool secured);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SCRIPT_PATH_H_
