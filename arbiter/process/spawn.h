// Starts a program of the site's.
#ifndef ARBITER_PROCESS_SPAWN_H_
#define ARBITER_PROCESS_SPAWN_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace arbiter::process {

inline constexpr int kNowhere = -1;  // /dev/null

struct Program {
  std::vector<std::string> argv;         // argv[0] is a path
  std::vector<std::string> environment;  // NAME=value, beside PATH
  // Descriptors of ours that become its three.
  int input = kNowhere;
  int output = kNowhere;
  int error = kNowhere;
};

// Its number, which is also that of its process group; it is the caller's to reap. No shell, nothing else of ours open,
// no signal blocked or ignored, its working directory is /, and it has none of the haste that the unit grants us
// (Nice=).
absl::StatusOr<pid_t> Spawn(const Program& program);

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_SPAWN_H_
