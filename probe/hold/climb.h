// One climb of the ladder: the node gives a VIP up, by one rung after the other until that can be seen.
#ifndef PROBE_HOLD_CLIMB_H_
#define PROBE_HOLD_CLIMB_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "probe/hold/actuators.h"
#include "probe/hold/directive.h"
#include "probe/hold/hold_store.h"
#include "probe/hold/policy.h"
#include "probe/hold/vip_state.h"

namespace probe::hold {

// Whether the directive behind the hold allows that kind of rung.
[[nodiscard]] bool Allows(const HoldRecord& hold, RungKind kind);

// Whether the hold allows that rung and the node has it.
[[nodiscard]] bool MayUse(const HoldRecord& hold, const VipState& state, RungKind kind);

// An address that no live daemon owns: none runs, the one that runs does not name it, or it is stopped. Never while
// that is not known. Removing one under a live daemon makes it drop all VIPs of the instance (invariant 5a).
[[nodiscard]] bool IsLeftover(const VipState& state);

// The ladder, and what each rung is for:
//   gate            always first; believed when the kernel's dump shows it shut. With it nobody gets an answer any
//   more. track_file      with the gate a courtesy (the daemon yields by itself), without it the first thing that acts.
//   remove_address  where no live daemon owns it: it is gone, stopped, or never owned the address.
//   stop_daemon, exec   only where the gate did not shut, because they reach further than the VIP.
// A rung is believed when the VIP is seen gone from the interface, and given up at its deadline.
class Climb {
 public:
  // What a step works on; lives as long as the call.
  struct Step {
    HoldRecord& hold;
    const VipState& state;
    Actuators& actuators;
    const Policy& policy;
    // Settles the track file of the VIP; whether it now demotes.
    const std::function<absl::StatusOr<bool>()>& settle_track_file;
    // One stop serves all the VIPs of a moment.
    const std::function<absl::Status()>& stop_daemon;
    Instant now;
  };

  explicit Climb(bool is_new_hold) : is_new_hold_(is_new_hold) {}

  // The first rung, which is tried for all the VIPs of a hold together, and before Advance: whether the kernel's dump
  // shows the gate shut, and if not, why. Not called where the gate may not be used.
  void TriedGate(bool shut, std::string why_not, Duration took);

  // Goes on until it has to wait or is over.
  void Advance(const Step& step);

  [[nodiscard]] bool over() const { return over_; }
  // Nobody outside gets an answer: the gate is proven shut, or the VIP is seen gone.
  [[nodiscard]] bool succeeded() const { return gate_shut_ || gone_; }
  // The same, but true only once.
  [[nodiscard]] bool TakeSuccess() { return succeeded() && !std::exchange(success_taken_, true); }
  [[nodiscard]] bool gate_shut() const { return gate_shut_; }
  [[nodiscard]] bool is_new_hold() const { return is_new_hold_; }
  [[nodiscard]] const std::vector<RungResult>& rungs() const { return rungs_; }
  // When Advance has something to do although nothing happened.
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  struct Waiting {
    RungKind kind;
    Instant since;
    Instant until;
  };

  // Whether the awaited rung has ended, one way or the other.
  bool SettleWaiting(const Step& step);
  // Begins the next rung that may be of use; false: there is none.
  bool BeginNext(const Step& step);
  // Marks the rung as tried; when it may not be used although it is needed, says why among the results.
  bool Try(RungKind kind, const Step& step);
  [[nodiscard]] bool Fits(RungKind kind, const Step& step) const;
  void Begin(RungKind kind, const Step& step);
  void BeginRemoval(const Step& step);
  void BeginTrackFile(const Step& step);
  void Await(RungKind kind, Duration within, const Step& step);
  void Conclude(RungKind kind, bool worked, std::string detail, Duration took);

  bool is_new_hold_ = false;
  std::set<RungKind> tried_;
  std::vector<RungResult> rungs_;
  std::optional<Waiting> waiting_;
  bool gate_shut_ = false;
  bool gone_ = false;
  bool over_ = false;
  bool success_taken_ = false;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_CLIMB_H_
