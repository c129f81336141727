// The settings that the core decides by.
#ifndef ARBITER_CORE_POLICY_H_
#define ARBITER_CORE_POLICY_H_

#include <chrono>

#include "arbiter/core/event.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

struct Policy {
  Mode default_mode = Mode::kEnforce;
  // A contest that lasts this long is a split. A healthy change of hands overlaps for at most about 20 ms.
  Duration confirm_after = std::chrono::milliseconds(250);
  // A holder that has not affirmed within this time is no survivor.
  Duration affirm_within = std::chrono::milliseconds(150);
  // While a contest has no survivor the question is asked again this often.
  Duration ask_again_after = std::chrono::milliseconds(500);
  // How long a gate that shuts at first sight stays shut when nobody says anything more; at least this, and never less
  // than confirm_after and a second.
  Duration shut_for_a_while = std::chrono::seconds(2);
  Duration heartbeat_interval = std::chrono::seconds(1);
  // This many missed heartbeats make a node stale.
  int missed_heartbeats = 3;
  // A directive is obeyed no later than this after the newest sign of life of its probe.
  Duration directive_valid_for = std::chrono::seconds(3);
  // A hold directive without a result is sent anew after this time.
  Duration resend_after = std::chrono::seconds(1);
  // Between trials; doubles with each one that fails, up to settle_max.
  Duration settle_min = std::chrono::seconds(2);
  Duration settle_max = std::chrono::minutes(5);
  // Adverts of a trial are let out for this many advert intervals.
  int trial_adverts = 3;
  // The probe's fail-safe releases a hold after the survivor was silent for this long, or a master-down interval where
  // that is longer.
  Duration silence_limit = std::chrono::seconds(3);
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_POLICY_H_
