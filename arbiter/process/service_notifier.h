// What systemd is told of this process (sd_notify(3)); without systemd nothing is.
#ifndef ARBITER_PROCESS_SERVICE_NOTIFIER_H_
#define ARBITER_PROCESS_SERVICE_NOTIFIER_H_

#include <string>

namespace arbiter::process {

class ServiceNotifier {
 public:
  void Ready(const std::string& status) const;
  void Reloading() const;
  // To be called at least twice within WatchdogSec while the process works.
  void Alive() const;
  void Stopping() const;
};

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_SERVICE_NOTIFIER_H_
