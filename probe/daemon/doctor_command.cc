#include "probe/daemon/doctor_command.h"

#include "probe/daemon/exit_code.h"
#include "probe/doctor/doctor.h"
#include "probe/doctor/printout.h"

namespace probe::daemon {

int RunDoctor(const DoctorOptions& options, const Settings& settings, const std::string& version, std::ostream& out) {
  doctor::Options examined;
  examined.keepalived_conf = settings.keepalived_conf;
  examined.keepalived_pidfile = settings.keepalived_pidfile;
  examined.runtime_dir = settings.runtime_dir;
  examined.interfaces = settings.interfaces;
  examined.vips = settings.vips;
  examined.references = settings.references;
  examined.listen = options.listen;
  const doctor::Findings findings = doctor::Examine(examined);
  out << (options.json ? doctor::ToJson(findings, settings.node, version) : doctor::ToText(findings)) << std::flush;
  return out ? doctor::ExitCodeOf(doctor::WorstOf(findings)) : kExitFailed;
}

}  // namespace probe::daemon
