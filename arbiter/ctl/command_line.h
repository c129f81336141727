// The command line of arbctl.
#ifndef ARBITER_CTL_COMMAND_LINE_H_
#define ARBITER_CTL_COMMAND_LINE_H_

#include "arbiter/ctl/console.h"

namespace arbiter::ctl {

// Reads the command line, does what it says, and gives the exit code. Never throws; each failure is one line on
// console.err.
int Run(int argc, const char* const* argv, const Console& console);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_COMMAND_LINE_H_
