// The node's side of a demotion: what the arbiter orders is checked, carried out, proven, kept in force, and undone.
#ifndef PROBE_HOLD_HOLD_KEEPER_H_
#define PROBE_HOLD_HOLD_KEEPER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/hold/actuators.h"
#include "probe/hold/announcements.h"
#include "probe/hold/climb.h"
#include "probe/hold/directive.h"
#include "probe/hold/hold_store.h"
#include "probe/hold/policy.h"
#include "probe/hold/silence.h"
#include "probe/hold/track_files.h"
#include "probe/hold/vip_state.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// A line for the log.
struct Note {
  enum class Severity : std::uint8_t { kInfo, kWarning, kError };
  Severity severity = Severity::kInfo;
  std::string text;
};

// What came of the calls since the last TakeOutput, in order.
struct Output {
  std::vector<DirectiveResult> results;
  std::vector<Note> notes;
  bool holds_changed = false;
  bool gates_changed = false;  // the gates of some VIPs have to be read anew
};

// A state machine: facts and time come in, acts go to Actuators at once, answers are taken out. Not thread-safe; knows
// no clock. `now` never goes back.
class HoldKeeper {
 public:
  // Both must outlive it. Nothing is done before Restore.
  HoldKeeper(Actuators& actuators, HoldStore& store, const Policy& policy);

  // First of all: reads the holds of earlier lives and puts them in force again. `found_shut`: the VIPs whose gate the
  // kernel shows shut without end; one that no record explains becomes a hold too, so that the fail-safe can end it.
  // An unreadable memory is reported and taken as empty.
  absl::Status Restore(absl::Span<const arbiter::IpAddress> found_shut, Instant now, BootTime boot_now);

  void OnDirective(const Directive& directive, Instant now, BootTime boot_now);
  // An arbiter of that term said welcome. Remembered over a restart.
  void OnTerm(std::uint64_t term, Instant now);
  void OnArbiterConnected(bool connected, Instant now);

  // A VIP as it is now, whenever something of it changed.
  void OnVip(const VipState& state, Instant now);
  // The VIP is of no concern here any more. One that is held back stays known.
  void OnForgotten(const arbiter::IpAddress& vip);
  // Another router's advert (priority not 0) that lists `addresses`.
  void OnAdvert(absl::Span<const arbiter::IpAddress> addresses, Instant now);
  // What AskSegment came to.
  void OnSegmentAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant now);
  // The packet filter's rules were changed by somebody else: every gate is put back that ought to be shut.
  void OnGateTampered(Instant now);
  // The daemon's configuration was read anew: track files may be others now.
  void OnDaemonConfigChanged(Instant now);
  void OnTick(Instant now);

  // When OnTick has something to do; nullopt: only when something happens.
  [[nodiscard]] std::optional<Instant> NextDeadline(Instant now) const;

  // Ends a hold here, without the arbiter; it is told later. NotFound when the VIP is not held back.
  absl::Status ReleaseLocally(const arbiter::IpAddress& vip, const std::string& why, Instant now);

  [[nodiscard]] Output TakeOutput();

  [[nodiscard]] const std::map<arbiter::IpAddress, HoldRecord>& holds() const { return memory_.holds; }
  [[nodiscard]] bool IsHeld(const arbiter::IpAddress& vip) const { return memory_.holds.contains(vip); }
  [[nodiscard]] std::uint64_t newest_term() const { return memory_.newest_term; }

 private:
  // What is known of a hold in this life only.
  struct Watch {
    explicit Watch(Instant now) : silence(now) {}
    std::optional<Climb> climb;
    std::size_t rungs_told = 0;  // of the climb, to the arbiter
    Instant climb_not_before{};
    Duration climb_pause{};
    bool gate_shut = false;
    bool let_go = false;  // by the fail-safe, behind the shut gate
    Silence silence;

    [[nodiscard]] bool Shut() const { return gate_shut || (climb && climb->gate_shut()); }
  };
  // A gate that the kernel will change by itself.
  struct Timed {
    GateState state;
    Instant until;
  };

  // hold_keeper_directives.cc
  void Obey(const Directive& directive, const ShutForAWhile& action, Instant now, BootTime boot_now);
  void Obey(const Directive& directive, const OrderHold& action, Instant now, BootTime boot_now);
  void Obey(const Directive& directive, const Trial& action, Instant now, BootTime boot_now);
  void Obey(const Directive& directive, const EndTrial& action, Instant now, BootTime boot_now);
  void Obey(const Directive& directive, const Release& action, Instant now, BootTime boot_now);
  void Obey(const Directive& directive, const Announce& action, Instant now, BootTime boot_now);
  void Answer(const Directive& directive, const absl::Status& status, std::vector<RungResult> rungs = {});
  void Refuse(const Directive& directive, std::string why);

  // Does `act` and believes it when the kernel's dump shows `wanted`.
  absl::Status ProveGate(const arbiter::IpAddress& vip, GateState wanted, const std::function<absl::Status()>& act);
  absl::Status ShutGate(const arbiter::IpAddress& vip);
  absl::Status ShutGateFor(const arbiter::IpAddress& vip, Duration for_time, Instant now);
  absl::Status LetAdvertsOut(const arbiter::IpAddress& vip, Duration for_time, Instant now);
  // As it ought to be now: of a hold, a trial, or a gate shut for a while.
  void PutGateBack(const arbiter::IpAddress& vip, Instant now);
  void ExpireTimedGates(Instant now);

  void StartClimb(const arbiter::IpAddress& vip, std::optional<Fence> answers, bool is_new_hold, Instant now);
  void AdvanceClimb(HoldRecord& hold, Watch& watch, Instant now);
  void TellClimb(const HoldRecord& hold, Watch& watch, bool was_success);
  void SayClimb(const HoldRecord& hold, const Climb& climb);
  // Keeps a standing hold in force.
  void Uphold(HoldRecord& hold, Watch& watch, Instant now);
  [[nodiscard]] bool NeedsClimb(const HoldRecord& hold, const Watch& watch, const VipState& state) const;

  void WatchSilence(const HoldRecord& hold, Watch& watch, Instant now);
  void LetGo(const HoldRecord& hold, Watch& watch, bool let_go);
  [[nodiscard]] Duration SilenceLimit(const HoldRecord& hold) const;

  // Opens, lets go, starts again, announces. OK with what a hand must still do (mostly nothing), or why it failed.
  absl::StatusOr<std::string> EndHold(const arbiter::IpAddress& vip, Instant now);
  // What was done besides the gate; what a hand must still do.
  std::string UndoRungs(const HoldRecord& ended, const VipState& state);
  void TellLocalReleases();
  absl::StatusOr<bool> SettleTrackFile(const arbiter::IpAddress& vip);
  [[nodiscard]] std::map<arbiter::IpAddress, Wish> Wishes() const;
  absl::Status AnnounceDue(Instant now);

  void Save(Instant now);
  void Say(Note::Severity severity, std::string text);
  VipState& StateOf(const arbiter::IpAddress& vip);

  Actuators& actuators_;
  HoldStore& store_;
  const Policy policy_;
  HoldMemory memory_;
  std::map<arbiter::IpAddress, Watch> watches_;  // one for each hold
  std::map<arbiter::IpAddress, Timed> timed_;
  std::map<arbiter::IpAddress, VipState> states_;
  TrackFiles track_files_;
  Announcements announcements_;
  bool connected_ = false;
  std::optional<Instant> save_again_;  // set: the memory on disk is older than ours
  std::string save_error_;
  Output output_;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_HOLD_KEEPER_H_
