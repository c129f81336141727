// Runs a program to its end, as somebody, with an environment of its own, bounded in time.
#ifndef PROBE_DOCTOR_PROCESS_RUN_H_
#define PROBE_DOCTOR_PROCESS_RUN_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/doctor/script_facts.h"

namespace probe::doctor {

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::string home;
  std::string shell;
};

// By name, with a group of another name where one is wanted. NotFound where there is none.
absl::StatusOr<Account> FindAccount(const std::string& name, const std::string& group_name);

struct ProcessPlan {
  std::string program;                   // a path
  std::vector<std::string> arguments;    // argv[0] first
  std::vector<std::string> environment;  // NAME=value
  std::string directory = "/";
  Account account;
  std::chrono::milliseconds time_limit{};
};

// Blocks until it has ended. Its process group is killed at the limit. Its input is empty. PermissionDenied where this
// process may not become that account. Call it while this process has one thread.
absl::StatusOr<ScriptRun> RunProcess(const ProcessPlan& plan);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_PROCESS_RUN_H_
