// The times by which holds act.
#ifndef PROBE_HOLD_POLICY_H_
#define PROBE_HOLD_POLICY_H_

#include <chrono>

#include "probe/hold/directive.h"

namespace probe::hold {

struct Policy {
  // Refuse every directive and touch nothing.
  bool dry_run = false;
  // Without an arbiter a hold ends when the survivor was silent for this long, or for a master-down interval where that
  // is longer, and nobody answers for the VIP.
  Duration silence_limit = std::chrono::seconds(3);
  // Somebody did answer for the VIP: ask again after this.
  Duration ask_again_after = std::chrono::seconds(1);
  // How long each rung may take until its effect is seen (measured: 8 ms at most for the track file).
  Duration track_file_within = std::chrono::milliseconds(250);
  Duration remove_address_within = std::chrono::milliseconds(100);
  Duration stop_daemon_within = std::chrono::seconds(3);
  Duration exec_within = std::chrono::seconds(5);
  // After a ladder that led nowhere; doubles with each.
  Duration climb_again_after = std::chrono::seconds(1);
  Duration climb_again_at_most = std::chrono::seconds(30);
  // A memory that could not be saved is saved again after this.
  Duration save_again_after = std::chrono::seconds(1);
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_POLICY_H_
