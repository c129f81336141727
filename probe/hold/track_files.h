// Which content each track file ought to have, given all the holds that share it.
#ifndef PROBE_HOLD_TRACK_FILES_H_
#define PROBE_HOLD_TRACK_FILES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/hold/actuators.h"
#include "probe/hold/vip_state.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// What a VIP's hold wants of the track file that drops it.
enum class Wish : std::uint8_t {
  kNone,    // no hold, or one that lets the daemon go
  kDemote,  // the file is what makes the node give the VIP up
  // The gate does that already, so the file is used only where it drops nothing that is not held back as well.
  kDemoteIfAllAreHeld,
};

// Remembers what was written last; a file that was never written here is written at first sight, so that a 1 left by
// an earlier life does not stay.
class TrackFiles {
 public:
  // All the VIPs that one file drops, in order.
  using Scope = std::vector<arbiter::IpAddress>;
  // Of the VIPs that are held back.
  using Wishes = std::map<arbiter::IpAddress, Wish>;

  explicit TrackFiles(Actuators& actuators) : actuators_(actuators) {}

  // Writes the files of the VIPs' instances whose content has to change, each once. Says of each VIP whether its file
  // now demotes. A VIP without a usable track file is left alone (false), unless a file that was written for it has to
  // be taken back.
  std::map<arbiter::IpAddress, absl::StatusOr<bool>> Settle(absl::Span<const VipState* const> states,
                                                            const Wishes& wishes);
  absl::StatusOr<bool> Settle(const VipState& state, const Wishes& wishes);

  // The files may have been replaced (a reload, a new configuration): write them anew when they are next settled.
  void Doubt();

 private:
  [[nodiscard]] std::optional<Scope> ScopeOf(const VipState& state) const;
  absl::StatusOr<bool> SettleScope(const Scope& scope, const arbiter::IpAddress& vip, const Wishes& wishes);

  Actuators& actuators_;
  struct Written {
    bool demotes = false;
    bool certain = true;
  };
  std::map<Scope, Written> written_;  // by scope: each file has its own
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_TRACK_FILES_H_
