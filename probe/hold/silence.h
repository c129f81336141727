// The fail-safe of a hold: without an arbiter it must not outlive the survivor.
#ifndef PROBE_HOLD_SILENCE_H_
#define PROBE_HOLD_SILENCE_H_

#include "probe/hold/directive.h"

namespace probe::hold {

// Watches over one hold. Adverts that speak for the VIP are a sign of life and no proof of it: they can be forged, they
// do not name what is excluded, and a reload may have taken the VIP from its instance. What tells is whether anybody
// answers for the VIP on its segment. Where adverts are missing for `limit` as well, one question without an answer is
// enough; while they come, it takes kMostUnanswered of them in a row, asked one after the other.
class Silence {
 public:
  static constexpr int kMostUnanswered = 3;

  explicit Silence(Instant now) : heard_(now), answered_(now) {}

  // An advert that speaks for the VIP came from another router.
  void Heard(Instant now) { heard_ = now; }
  [[nodiscard]] Duration SilentFor(Instant now) const { return now - heard_; }

  // Half the limit is over without adverts, or a question without an answer: time to let the daemon go behind the shut
  // gate, so that it is ready when the gate opens.
  [[nodiscard]] bool Uneasy(Instant now, Duration limit) const { return unanswered_ > 0 || Missed(now, limit); }

  // Whether to ask the segment now: when the adverts have been missing for `limit`, and while they come at half of it
  // after somebody answered last.
  [[nodiscard]] bool AskNow(Instant now, Duration limit) const;
  // The question is out; it is put anew after `again_after`.
  void Asked(Instant now, Duration again_after);
  // Of those that belong together not all have to be asked about: when this one was.
  void AskedAbout(Instant now) { asked_about_ = now; }
  [[nodiscard]] Instant asked_about() const { return asked_about_; }
  // Whether an answer would still mean something.
  [[nodiscard]] bool asking() const { return asking_; }
  // Somebody answered for something else, or it could not be asked: not before `again_after` again.
  void AskLater(Instant now, Duration again_after);
  // Somebody answers for the VIP.
  void Answered(Instant now);
  // The same as far as is known: for others that belong together with it, and nothing speaks against it.
  void Vouched(Instant now);
  // Nobody answers for it.
  void Unanswered() { ++unanswered_; }
  // How many questions in a row nobody answered.
  [[nodiscard]] int unanswered() const { return unanswered_; }

  // The next moment at which Uneasy or AskNow may become true by time alone.
  [[nodiscard]] Instant NextDeadline(Instant now, Duration limit) const;

 private:
  [[nodiscard]] bool Missed(Instant now, Duration limit) const { return SilentFor(now) >= limit / 2; }

  Instant heard_;
  Instant answered_;
  Instant asked_about_{};
  int unanswered_ = 0;
  bool asking_ = false;
  Instant not_before_{};
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_SILENCE_H_
