// What was found out about a check script. Values.
#ifndef PROBE_DOCTOR_SCRIPT_FACTS_H_
#define PROBE_DOCTOR_SCRIPT_FACTS_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace probe::doctor {

// How one run ended.
struct ScriptRun {
  int exit_code = 0;  // 128 + signal when a signal ended it
  bool timed_out = false;
  std::chrono::milliseconds took{};
  std::string output;  // the beginning of what it said, printable characters only
};

// Where a bare name leads; empty: it is not found there.
struct Resolved {
  std::string by_keepalived;
  std::string by_login_shell;
};

// Why a script was not tried.
struct NotRun {
  bool dropped =
      false;        // keepalived does not run it either; else it does, with root's powers, and others can change it
  std::string why;  // what is at fault, and where
  std::string repair;
};

struct ScriptFacts {
  std::string name;
  std::string at;                       // file and line of its block
  std::vector<std::string> arguments;   // as keepalived splits them
  std::string program;                  // what keepalived finds; empty when it finds nothing
  std::string login_program;            // the same for a login shell
  std::string user;                     // as whom
  std::string keepalived_path;          // PATH of keepalived's environment
  std::string login_path;               // PATH of a login shell
  std::chrono::seconds timeout{1};      // after which keepalived counts it as failed
  std::vector<std::string> tracked_by;  // instances and groups
  std::string text_file;                // the shell script behind it; empty when it is none
  std::string text;
  std::string process_title;             // how it stands in `ps -ef` while it runs
  std::string process_name;              // and in `pgrep`
  std::map<std::string, Resolved> bare;  // the bare commands of the text
  std::optional<NotRun> not_run;         // then there are no runs
  absl::StatusOr<ScriptRun> as_keepalived;
  absl::StatusOr<ScriptRun> as_login_shell;
};

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SCRIPT_FACTS_H_
