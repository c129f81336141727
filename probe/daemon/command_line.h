// The command line of the probe.
#ifndef PROBE_DAEMON_COMMAND_LINE_H_
#define PROBE_DAEMON_COMMAND_LINE_H_

#include <string>
#include <variant>

#include "arbiter/config/v1/config.pb.h"
#include "probe/daemon/doctor_command.h"
#include "probe/daemon/sniff_command.h"
#include "probe/daemon/what_drops_command.h"

namespace probe::daemon {

// What is asked for. Flags of the daemon stand before or after a subcommand.
struct RunCommand {};
struct SnippetCommand {};
struct HoldsCommand {
  std::string release;  // a VIP or the name of a VRRP instance; empty: none
  bool release_all = false;
  bool forget_term = false;
};
using Subcommand =
    std::variant<RunCommand, SniffOptions, SnippetCommand, HoldsCommand, DoctorOptions, WhatDropsOptions>;

struct CommandLine {
  std::string config_path;
  bool config_given = false;  // false: the default path, where a file may be missing
  bool check_config = false;
  arbiter::config::v1::ProbeConfig flags;  // what flags and environment say
  Subcommand subcommand = RunCommand();
};

// Ends the program: --help, --version, or a mistake that was said on stderr.
struct Exit {
  int code = 0;
};

// Prints what --help and --version ask for, and one line on stderr where the command line is wrong (64).
std::variant<CommandLine, Exit> ReadCommandLine(int argc, const char* const* argv, const std::string& version);

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_COMMAND_LINE_H_
