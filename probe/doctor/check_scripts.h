// Check scripts (vrrp_script): run as keepalived runs them and as a login shell does, the difference explained. Pure.
#ifndef PROBE_DOCTOR_CHECK_SCRIPTS_H_
#define PROBE_DOCTOR_CHECK_SCRIPTS_H_

#include "probe/doctor/finding.h"
#include "probe/doctor/script_facts.h"

namespace probe::doctor {

Findings CheckScript(const ScriptFacts& script);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_SCRIPTS_H_
