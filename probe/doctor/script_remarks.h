// What can be said of a check script from its text: process lists that count the script itself, and commands without a
// path. Pure.
#ifndef PROBE_DOCTOR_SCRIPT_REMARKS_H_
#define PROBE_DOCTOR_SCRIPT_REMARKS_H_

#include <string>
#include <vector>

#include "probe/doctor/shell_text.h"

namespace probe::doctor {

// How a script stands in the process list while it runs.
struct ScriptProcess {
  std::string title;  // what `ps -ef` and `pgrep -f` see: "/bin/sh /etc/keepalived/check_mycat.sh"
  std::string name;   // what `pgrep` sees: "check_mycat.sh"
};

struct SelfCount {
  int line = 0;
  std::string pattern;
  std::string tool;     // "ps | grep", "pgrep"
  bool script = false;  // it finds the script itself, so it always finds something; else the grep beside it
};

// `ps | grep` and `pgrep` that find the script that runs them, or the grep itself.
std::vector<SelfCount> FindSelfCounts(const ShellText& shell, const ScriptProcess& process);

// Programs that the script runs by a bare name, each once, in the order of the text: no builtins, functions or
// variables.
std::vector<std::string> BareCommands(const ShellText& shell);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SCRIPT_REMARKS_H_
