// The fail-safe of a hold: without an arbiter it must not outlive the survivor.
#ifndef PROBE_HOLD_SILENCE_H_
#define PROBE_HOLD_SILENCE_H_

#include <optional>

#include "probe/hold/directive.h"

namespace probe::hold {

// Listens for one hold. Adverts that speak for the VIP are proof of life; where there are none for `limit` the segment
// is asked, and only when nobody answers either the survivor counts as gone.
class Silence {
 public:
  explicit Silence(Instant now) : heard_(now) {}

  // An advert that speaks for the VIP came from another router.
  void Heard(Instant now) { heard_ = now; }
  [[nodiscard]] Duration SilentFor(Instant now) const { return now - heard_; }

  // Half the limit is over: time to let the daemon go behind the shut gate, so that it is ready when the gate opens.
  [[nodiscard]] bool Uneasy(Instant now, Duration limit) const { return SilentFor(now) >= limit / 2; }

  // Whether to ask the segment now.
  [[nodiscard]] bool AskNow(Instant now, Duration limit) const;
  // The question is out; it is put anew after `again_after`.
  void Asked(Instant now, Duration again_after);
  // Whether an answer would still mean something.
  [[nodiscard]] bool asking() const { return asking_; }
  // Somebody answered, or it could not be asked: not before `again_after` again.
  void AskLater(Instant now, Duration again_after);

  // The next moment at which Uneasy or AskNow may become true by time alone.
  [[nodiscard]] Instant NextDeadline(Instant now, Duration limit) const;

 private:
  Instant heard_;
  bool asking_ = false;
  Instant not_before_{};
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_SILENCE_H_
