#include "probe/daemon/doctor_command.h"

#include <chrono>

#include "arbiter/process/exit_code.h"
#include "probe/daemon/answers_text.h"
#include "probe/daemon/control_socket.h"
#include "probe/doctor/doctor.h"
#include "probe/doctor/printout.h"

namespace probe::daemon {
namespace {

// For a probe that stands still.
constexpr std::chrono::milliseconds kPatience(500);

}  // namespace

int RunDoctor(const DoctorOptions& options, const Settings& settings, const std::string& version, std::ostream& out) {
  doctor::Options examined;
  examined.keepalived_conf = settings.keepalived_conf;
  examined.keepalived_pidfile = settings.keepalived_pidfile;
  examined.runtime_dir = settings.runtime_dir;
  examined.interfaces = settings.interfaces;
  examined.vips = settings.vips;
  examined.references = settings.references;
  examined.listen = options.listen;
  // Where no probe runs nobody has asked.
  const auto answers = AskProbe(settings.runtime_dir, kWhoAnswersRequest, kPatience);
  if (answers.ok()) examined.answering = ReadAnswers(*answers);
  const doctor::Findings findings = doctor::Examine(examined);
  out << (options.json ? doctor::ToJson(findings, settings.node, version) : doctor::ToText(findings)) << std::flush;
  return out ? doctor::ExitCodeOf(doctor::WorstOf(findings)) : arbiter::process::kExitFailed;
}

}  // namespace probe::daemon
