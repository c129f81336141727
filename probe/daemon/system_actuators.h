// The acts of holds, on this host's kernel and daemons.
#ifndef PROBE_DAEMON_SYSTEM_ACTUATORS_H_
#define PROBE_DAEMON_SYSTEM_ACTUATORS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  const arbiter::process::Log& log;
  NodeState& node;
  keepalived::DaemonWatch& daemon;
  netlink::KernelReader& kernel;
  actuate::Announcer& announcer;
  Commands& commands;
  Questions& questions;
  // Looks at the VRRP daemon and at the addresses again: what is done next must rest on what is so now.
  std::function<void()> look_again;
};

class SystemActuators : public hold::Actuators {
 public:
  // What a question about a VIP came to: whether anybody else answers for it.
  using SegmentAnswer = std::function<void(const arbiter::IpAddress& vip, bool somebody_answers)>;

  SystemActuators(const Tools& tools, SegmentAnswer answer);

  hold::Troubles ShutGates(hold::Vips vips, std::optional<hold::Duration> for_time) override;
  hold::Troubles AdvertsOnly(hold::Vips vips, hold::Duration for_time) override;
  hold::Troubles OpenGates(hold::Vips vips) override;
  absl::StatusOr<std::map<arbiter::IpAddress, hold::GateState>> ReadGates(hold::Vips vips) override;
  absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) override;
  absl::StatusOr<std::vector<hold::RemovedAddress>> RemoveAddress(const arbiter::IpAddress& vip) override;
  absl::Status PutAddressBack(const arbiter::IpAddress& vip, const std::vector<hold::RemovedAddress>& removed) override;
  absl::Status StopDaemon() override;
  absl::Status StartDaemon() override;
  absl::Status RunExec(const arbiter::IpAddress& vip) override;
  [[nodiscard]] hold::Instant Now() const override;
  absl::Status AnnounceOnce(const arbiter::IpAddress& vip) override;
  hold::Troubles AskSegment(hold::Vips vips) override;
  void RunHook(hold::Hook hook, hold::Vips vips) override;

 private:
  absl::Status AskOne(const actuate::ReachQuestion& question);
  absl::Status Run(const Command& command, const std::string& event, hold::Vips vips);
  // OK, or why the address must not be removed: as it is now, and never while that is not known.
  [[nodiscard]] absl::Status MayRemove(const arbiter::IpAddress& vip) const;

  const Tools tools_;
  const SegmentAnswer answer_;
  std::string stopped_unit_;  // of systemd
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_SYSTEM_ACTUATORS_H_
