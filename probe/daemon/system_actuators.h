// The acts of holds, on this host's kernel and daemons.
#ifndef PROBE_DAEMON_SYSTEM_ACTUATORS_H_
#define PROBE_DAEMON_SYSTEM_ACTUATORS_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/announcer.h"
#include "probe/daemon/commands.h"
#include "probe/daemon/node_state.h"
#include "probe/daemon/questions.h"
#include "probe/daemon/settings.h"
#include "probe/hold/actuators.h"
#include "probe/keepalived/daemon_watch.h"
#include "probe/netlink/kernel_reader.h"

namespace probe::daemon {

// What it works with; all of it must outlive it.
struct Tools {
  const Settings& settings;
  const Log& log;
  NodeState& node;
  keepalived::DaemonWatch& daemon;
  netlink::KernelReader& kernel;
  actuate::Announcer& announcer;
  Commands& commands;
  Questions& questions;
};

class SystemActuators : public hold::Actuators {
 public:
  // What a question about a VIP came to: whether anybody else answers for it.
  using SegmentAnswer = std::function<void(const arbiter::IpAddress& vip, bool somebody_answers)>;

  SystemActuators(const Tools& tools, SegmentAnswer answer);

  absl::Status ShutGate(const arbiter::IpAddress& vip, std::optional<hold::Duration> for_time) override;
  absl::Status AdvertsOnly(const arbiter::IpAddress& vip, hold::Duration for_time) override;
  absl::Status OpenGate(const arbiter::IpAddress& vip) override;
  absl::StatusOr<hold::GateState> ReadGate(const arbiter::IpAddress& vip) override;
  absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) override;
  absl::Status RemoveAddress(const arbiter::IpAddress& vip) override;
  absl::Status StopDaemon() override;
  absl::Status StartDaemon() override;
  absl::Status RunExec(const arbiter::IpAddress& vip) override;
  [[nodiscard]] hold::Instant Now() const override;
  absl::Status AnnounceOnce(const arbiter::IpAddress& vip) override;
  absl::Status AskSegment(const arbiter::IpAddress& vip) override;
  void RunHook(hold::Hook hook, const arbiter::IpAddress& vip) override;

 private:
  absl::Status Run(const Command& command, const std::string& event, const std::string& vip);

  const Tools tools_;
  const SegmentAnswer answer_;
  std::string stopped_unit_;  // of systemd
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SYSTEM_ACTUATORS_H_
