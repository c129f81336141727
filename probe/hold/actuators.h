// The acts of which holds are made. The daemon implements them on the kernel, a simulation on its model.
#ifndef PROBE_HOLD_ACTUATORS_H_
#define PROBE_HOLD_ACTUATORS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/hold/directive.h"
#include "probe/hold/removed_address.h"
#include "probe/hold/vip_state.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// A site's own commands beside a change of hands.
enum class Hook : std::uint8_t { kOnDemoted, kOnSurvivor };

// The VIPs for which an act on several was not done, and why; empty: done for all.
using Troubles = std::map<arbiter::IpAddress, absl::Status>;

// None of these waits: what takes its time is started, and its effect is seen in a later VipState. Errors name the act,
// the object and the cause. An act on several VIPs is one act, whatever their number: one transaction, one look. A VIP
// for which it cannot be done does not keep it from the others. Called by the one thread that owns the HoldKeeper.
class Actuators {
 public:
  Actuators() = default;
  Actuators(const Actuators&) = delete;
  Actuators& operator=(const Actuators&) = delete;
  virtual ~Actuators() = default;

  // Shuts the gates until opened, or with a time until the kernel opens them. In force when it returns.
  virtual Troubles ShutGates(Vips vips, std::optional<Duration> for_time) = 0;
  // Shuts the gates until opened, and lets the adverts of the virtual routers out for at most `for_time`.
  virtual Troubles AdvertsOnly(Vips vips, Duration for_time) = 0;
  virtual Troubles OpenGates(Vips vips) = 0;
  // Each gate as the kernel's own dump shows it now.
  virtual absl::StatusOr<std::map<arbiter::IpAddress, GateState>> ReadGates(Vips vips) = 0;

  // Writes the track file of the VIP's instance: yield, or go on.
  virtual absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) = 0;
  // Removes the address wherever it is, unless a live daemon owns it: that is looked at again in this very moment, and
  // FailedPrecondition says so. What was removed.
  virtual absl::StatusOr<std::vector<RemovedAddress>> RemoveAddress(const arbiter::IpAddress& vip) = 0;
  // Puts back what was removed.
  virtual absl::Status PutAddressBack(const arbiter::IpAddress& vip, const std::vector<RemovedAddress>& removed) = 0;
  virtual absl::Status StopDaemon() = 0;
  // FailedPrecondition says what a hand has to do.
  virtual absl::Status StartDaemon() = 0;
  virtual absl::Status RunExec(const arbiter::IpAddress& vip) = 0;

  // The clock, only to say how long an act took.
  [[nodiscard]] virtual Instant Now() const = 0;

  // One gratuitous ARP or unsolicited neighbour advertisement.
  virtual absl::Status AnnounceOnce(const arbiter::IpAddress& vip) = 0;
  // Asks the segments whether anybody else answers for these VIPs; HoldKeeper::OnSegmentAnswer gets what came of each.
  virtual Troubles AskSegment(Vips vips) = 0;
  // Once for all of them; bounded in time, and nobody waits for it.
  virtual void RunHook(Hook hook, Vips vips) = 0;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_ACTUATORS_H_
