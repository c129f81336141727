// The node's side of a demotion: what the arbiter orders is checked, carried out, proven, kept in force, and undone.
#ifndef PROBE_HOLD_HOLD_KEEPER_H_
#define PROBE_HOLD_HOLD_KEEPER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
#include "probe/hold/progress.h"
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

// Another router's advert without defects, priority not 0.
struct HeardAdvert {
  arbiter::IpAddress source;
  std::uint8_t vrid = 0;
  std::vector<arbiter::IpAddress> addresses;
};

// What came of the calls since the last TakeOutput, in order.
struct Output {
  std::vector<DirectiveResult> results;
  std::vector<Note> notes;
  std::set<arbiter::IpAddress> holds_changed;  // whose hold began, changed or ended
  std::set<arbiter::IpAddress> gates_changed;  // whose gates have to be read anew
};

// A state machine: facts and time come in, acts go to Actuators at once, answers are taken out. Not thread-safe; knows
// no clock. `now` never goes back. What is done for n VIPs at a time is one act, not n.
class HoldKeeper {
 public:
  // Both must outlive it. Nothing is done before Restore.
  HoldKeeper(Actuators& actuators, HoldStore& store, const Policy& policy);

  // First of all: reads the holds of earlier lives and puts them in force again. `found_shut`: the VIPs whose gate the
  // kernel shows shut without end; one that no record explains becomes a hold too, so that the fail-safe can end it.
  // An unreadable memory is reported and taken as empty.
  absl::Status Restore(Vips found_shut, Instant now, BootTime boot_now);

  void OnDirective(const Directive& directive, Instant now, BootTime boot_now);
  // An arbiter of that term said welcome. Remembered over a restart; one that cannot be believed is refused, and said.
  void OnTerm(std::uint64_t term, Instant now);
  // By hand: the newest term was none of an arbiter of ours. The next one that is heard of counts from nothing.
  void ForgetTerm(Instant now);
  void OnArbiterConnected(bool connected, Instant now);

  // VIPs as they are now, whenever something of them changed.
  void OnVips(absl::Span<const VipState> states, Instant now);
  void OnVip(const VipState& state, Instant now) { OnVips(absl::MakeConstSpan(&state, 1), now); }
  // The VIP is of no concern here any more. One that is held back stays known.
  void OnForgotten(const arbiter::IpAddress& vip);
  // Keeps those holds standing whose survivor it is of: from one of its addresses, as its virtual router where that is
  // known, and naming the VIP or one that it speaks for. The survivor of a hold whose record has no addresses is not
  // known by its adverts: there the segment is asked.
  void OnAdvert(const HeardAdvert& advert, Instant now);
  // What AskSegment came to.
  void OnSegmentAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant now);
  // The packet filter's rules were changed by somebody else: every gate is put back that ought to be shut.
  void OnGateTampered(Instant now);
  // The daemon's configuration was read anew: track files may be others now.
  void OnDaemonConfigChanged(Instant now);
  // Cheap as long as nothing is due.
  void OnTick(Instant now);

  // When OnTick has something to do; nullopt: only when something happens. Never later than that, but what was heard
  // since may have made it earlier than need be.
  [[nodiscard]] std::optional<Instant> NextDeadline(Instant now) const;

  // Ends holds here, without the arbiter; it is told later. NotFound when one of them is not held back; else the first
  // error, with the other holds ended.
  absl::Status ReleaseLocally(Vips vips, const std::string& why, Instant now);
  absl::Status ReleaseLocally(const arbiter::IpAddress& vip, const std::string& why, Instant now) {
    return ReleaseLocally(Vips(&vip, 1), why, now);
  }

  [[nodiscard]] Output TakeOutput();

  [[nodiscard]] const std::map<arbiter::IpAddress, HoldRecord>& holds() const { return memory_.holds; }
  [[nodiscard]] bool IsHeld(const arbiter::IpAddress& vip) const { return memory_.holds.contains(vip); }
  [[nodiscard]] std::uint64_t newest_term() const { return memory_.newest_term; }

 private:
  using List = std::vector<arbiter::IpAddress>;
  // The VIPs whose adverts speak for one: the same object for all of an instance.
  struct VoiceList {
    std::uint64_t id = 0;
    List vips;
  };
  using Voices = std::shared_ptr<const VoiceList>;

  // What is known of a hold in this life only.
  struct Watch {
    explicit Watch(Instant now) : silence(now) {}
    std::optional<Climb> climb;
    std::uint64_t progress = 0;  // to which the climb belongs
    Instant climb_not_before{};
    Duration climb_pause{};
    bool gate_shut = false;
    bool let_go = false;  // by the fail-safe, behind the shut gate
    Silence silence;
    Voices voices;

    [[nodiscard]] bool Shut() const { return gate_shut || (climb && climb->gate_shut()); }
  };
  // A gate that the kernel will change by itself.
  struct Timed {
    GateState state;
    Instant until;
  };
  // A directive while it is obeyed.
  struct Errand {
    const Directive& directive;
    List vips;                         // for which it still has to be obeyed
    std::vector<VipOutcome> outcomes;  // of the others
    Instant now;
    BootTime boot_now;

    void Settle(const arbiter::IpAddress& vip, Outcome outcome, std::string detail);
    void Settle(const arbiter::IpAddress& vip, const absl::Status& status);
  };
  // The fail-safe's question about VIPs that belong together.
  struct Asking {
    List members;
    std::set<arbiter::IpAddress> asked;  // those of them that were asked about
    std::set<arbiter::IpAddress> awaited;
    std::set<arbiter::IpAddress> answered;  // by somebody
  };
  // An address that a hold took away, and that nobody but us would put back.
  struct PutBack {
    std::vector<RemovedAddress> removed;
    bool done = false;  // it is announced when it is seen
    Instant ask_at{};
  };
  using Ended = std::map<arbiter::IpAddress, absl::StatusOr<std::string>>;

  // --- hold_keeper_directives.cc: each settles or answers all of the errand's VIPs
  void Obey(Errand& errand, const ShutForAWhile& action);
  void Obey(Errand& errand, const OrderHold& action);
  void Obey(Errand& errand, const StartTrial& action);
  void Obey(Errand& errand, const EndTrial& action);
  void Obey(Errand& errand, const Release& action);
  void Obey(Errand& errand, const Announce& action);
  // Takes out of the errand the VIPs that are not held back.
  List HeldOf(Errand& errand) const;
  void RecordHold(const arbiter::IpAddress& vip, const Errand& errand, const OrderHold& action, bool is_new);
  void Answer(Errand& errand, std::vector<RungResult> rungs = {});
  void SayRefusals(const Errand& errand);

  // --- hold_keeper_gates.cc
  // Does `act` and believes it of those of which the kernel's dump, looked at once, shows `wanted`.
  Troubles ProveGates(Vips vips, GateState wanted, const std::function<Troubles()>& act);
  Troubles ShutGates(Vips vips);
  Troubles ShutGatesFor(Vips vips, Duration for_time, Instant now);
  Troubles LetAdvertsOut(Vips vips, Duration for_time, Instant now);
  // As they ought to be now: of holds, trials, or gates shut for a while.
  void PutGatesBack(Vips vips, Instant now);
  void ExpireTimedGates(Instant now);

  // --- hold_keeper_upkeep.cc
  void StartClimbs(Vips vips, Progress progress, const std::set<arbiter::IpAddress>& fresh, Instant now);
  void ClimbGates(Vips vips);
  void AdvanceClimbs(Vips vips, Instant now);
  void AdvanceClimb(HoldRecord& hold, Watch& watch, const std::map<arbiter::IpAddress, absl::StatusOr<bool>>& settled,
                    Instant now);
  void RestClimb(HoldRecord& hold, Watch& watch, Instant now);
  void DropClimb(const arbiter::IpAddress& vip, Watch& watch);
  void TellProgress(std::uint64_t id);
  absl::Status StopDaemonOnce(Instant now);
  // Keeps standing holds in force.
  void Uphold(Vips vips, Instant now);
  [[nodiscard]] bool NeedsClimb(const HoldRecord& hold, const Watch& watch, const VipState& state) const;
  std::map<arbiter::IpAddress, absl::StatusOr<bool>> SettleTrackFiles(Vips vips);
  // The same where nobody waits for it: what failed is said.
  void KeepTrackFiles(Vips vips);
  [[nodiscard]] TrackFiles::Wishes Wishes() const;

  // --- hold_keeper_silence.cc
  void WatchSilence(Instant now);
  void LetGo(Vips vips, bool let_go);
  // `due`: those that are asked about together, by what makes them belong together.
  void AskSegments(const std::map<std::string, List>& due, Instant now);
  // Of VIPs that belong together, those to ask about.
  [[nodiscard]] List SampleOf(const List& members, Instant now);
  void Conclude(const Asking& asking, Instant now);
  // Takes what the question said of one of its members; true when nothing keeps the hold standing any more.
  bool IsOver(const Asking& asking, const arbiter::IpAddress& vip, Instant now);
  [[nodiscard]] Duration SilenceLimit(const HoldRecord& hold) const;
  [[nodiscard]] Voices VoicesOf(const VipState& state);

  // --- hold_keeper_release.cc
  // Opens, lets go, starts again, puts back, announces. Of each VIP what a hand must still do (mostly nothing), or why
  // its hold did not end.
  Ended EndHolds(Vips vips, Instant now);
  std::vector<HoldRecord> TakeRecords(Vips vips);
  // What was done besides the gate; what a hand must still do.
  void UndoRungs(const std::vector<HoldRecord>& ended, Ended& hands, Instant now);
  std::string UndoRemoval(const HoldRecord& ended, Instant now);
  void AskBeforePuttingBack(Instant now);
  void OnPutBackAnswer(const arbiter::IpAddress& vip, bool somebody_answered, Instant now);
  void SeePutBacks(Vips vips, Instant now);
  void TellLocalReleases();
  Troubles AnnounceDue(Instant now);

  void Save(Instant now);
  void Say(Note::Severity severity, std::string text);
  // The same of many VIPs is one line: by severity and text.
  void SayOf(const std::map<std::pair<Note::Severity, std::string>, List>& lines);
  void GatesChanged(Vips vips) { output_.gates_changed.insert(vips.begin(), vips.end()); }
  VipState& StateOf(const arbiter::IpAddress& vip);

  Actuators& actuators_;
  HoldStore& store_;
  const Policy policy_;
  HoldMemory memory_;
  std::map<arbiter::IpAddress, Watch> watches_;  // one for each hold
  std::map<arbiter::IpAddress, Timed> timed_;
  std::map<arbiter::IpAddress, VipState> states_;
  std::map<std::uint64_t, Progress> progress_;
  std::uint64_t newest_progress_ = 0;
  std::map<List, std::weak_ptr<const VoiceList>> voices_;
  Voices last_voices_;  // most VIPs have those of the one before
  std::uint64_t newest_voices_ = 0;
  std::list<Asking> asking_;
  std::map<arbiter::IpAddress, PutBack> put_backs_;
  TrackFiles track_files_;
  Announcements announcements_;
  std::optional<std::pair<Instant, absl::Status>> stopped_;  // the daemon, when, and what came of it
  bool connected_ = false;
  std::optional<Instant> save_again_;  // set: the memory on disk is older than ours
  std::string save_error_;
  Output output_;
  // NextDeadline, as long as nothing has happened that could bring it nearer.
  mutable bool due_known_ = false;
  mutable std::optional<Instant> due_;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_HOLD_KEEPER_H_
