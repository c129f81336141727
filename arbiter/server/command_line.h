// The command line of the arbiter.
#ifndef ARBITER_SERVER_COMMAND_LINE_H_
#define ARBITER_SERVER_COMMAND_LINE_H_

#include <string>
#include <variant>

#include "arbiter/config/v1/config.pb.h"

namespace arbiter::server {

struct CommandLine {
  std::string config_path;
  bool config_given = false;  // false: the default path, where a file may be missing
  bool check_config = false;
  config::v1::ArbiterConfig flags;  // what flags and environment say
};

// Ends the program: --help, --version, or a mistake that was said on stderr.
struct Exit {
  int code = 0;
};

// Prints what --help and --version ask for, and one line on stderr where the command line is wrong (64).
std::variant<CommandLine, Exit> ReadCommandLine(int argc, const char* const* argv, const std::string& version);

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_COMMAND_LINE_H_
