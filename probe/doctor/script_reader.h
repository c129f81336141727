// Finds out about this node's check scripts: runs each of them, as keepalived does and in a login shell.
#ifndef PROBE_DOCTOR_SCRIPT_READER_H_
#define PROBE_DOCTOR_SCRIPT_READER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "probe/doctor/script_facts.h"
#include "probe/keepalived/config.h"

namespace probe::doctor {

// Runs every script that keepalived would run, and that only root can change where it has root's powers, twice and
// blocks until they have ended, each at most its own timeout (and 30 s). As keepalived runs it: its user, the
// environment of process `daemon` (0: what systemd gives a service), directory /, no shell. In a login shell: the same
// user's, or /bin/sh where that is none; never somebody else's, for the script may be anybody's.
std::vector<ScriptFacts> ReadScripts(const keepalived::Config& config, pid_t daemon);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SCRIPT_READER_H_
