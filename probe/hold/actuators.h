// The acts of which holds are made. The daemon implements them on the kernel, a simulation on its model.
#ifndef PROBE_HOLD_ACTUATORS_H_
#define PROBE_HOLD_ACTUATORS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/hold/directive.h"
#include "probe/hold/vip_state.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// A site's own commands beside a change of hands.
enum class Hook : std::uint8_t { kOnDemoted, kOnSurvivor };

// None of these waits: what takes its time is started, and its effect is seen in a later VipState. Errors name the act,
// the object and the cause. Called by the one thread that owns the HoldKeeper.
class Actuators {
 public:
  Actuators() = default;
  Actuators(const Actuators&) = delete;
  Actuators& operator=(const Actuators&) = delete;
  virtual ~Actuators() = default;

  // Shuts the gate until opened, or with a time until the kernel opens it. In force when it returns.
  virtual absl::Status ShutGate(const arbiter::IpAddress& vip, std::optional<Duration> for_time) = 0;
  // Shuts the gate until opened, and lets the adverts of the virtual router out for at most `for_time`.
  virtual absl::Status AdvertsOnly(const arbiter::IpAddress& vip, Duration for_time) = 0;
  virtual absl::Status OpenGate(const arbiter::IpAddress& vip) = 0;
  // The gate as the kernel's own dump shows it now.
  virtual absl::StatusOr<GateState> ReadGate(const arbiter::IpAddress& vip) = 0;

  // Writes the track file of the VIP's instance: yield, or go on.
  virtual absl::Status SetTrackFile(const arbiter::IpAddress& vip, bool demote) = 0;
  virtual absl::Status RemoveAddress(const arbiter::IpAddress& vip) = 0;
  virtual absl::Status StopDaemon() = 0;
  // FailedPrecondition says what a hand has to do.
  virtual absl::Status StartDaemon() = 0;
  virtual absl::Status RunExec(const arbiter::IpAddress& vip) = 0;

  // The clock, only to say how long an act took.
  [[nodiscard]] virtual Instant Now() const = 0;

  // One gratuitous ARP or unsolicited neighbour advertisement.
  virtual absl::Status AnnounceOnce(const arbiter::IpAddress& vip) = 0;
  // Asks the segment whether anybody else answers for the VIP; HoldKeeper::OnSegmentAnswer gets what came of it.
  virtual absl::Status AskSegment(const arbiter::IpAddress& vip) = 0;
  // Bounded in time, and nobody waits for it.
  virtual void RunHook(Hook hook, const arbiter::IpAddress& vip) = 0;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_ACTUATORS_H_
