#include "arbiter/process/service_notifier.h"

#include <systemd/sd-daemon.h>

namespace arbiter::process {

void ServiceNotifier::Ready(const std::string& status) const { sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }

void ServiceNotifier::Reloading() const { sd_notify(0, "RELOADING=1"); }

void ServiceNotifier::Alive() const { sd_notify(0, "WATCHDOG=1"); }

void ServiceNotifier::Stopping() const { sd_notify(0, "STOPPING=1"); }

}  // namespace arbiter::process
