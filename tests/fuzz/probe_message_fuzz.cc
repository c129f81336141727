// What three probes say, read as the arbiter reads it, with what honest nodes answer, through the real engine: its
// effects are carried out as the shell would, time goes by, the disk fails, the arbiter starts anew. After each step
// all that operators are shown is made.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "arbiter/core/engine.h"
#include "arbiter/store/record_codec.h"
#include "arbiter/wire/arbiter_message.h"
#include "arbiter/wire/operations.h"
#include "arbiter/wire/probe_message.h"
#include "proto/codec/directive.h"
#include "proto/codec/enums.h"
#include "script.pb.h"
#include "tests/fuzz/honest_node.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/shown.h"

namespace {

namespace core = arbiter::core;
namespace store = arbiter::store;
namespace v1 = arbiter::v1;
namespace wire = arbiter::wire;
using fuzz::ArbiterStep;
using fuzz::Require;
using fuzz::Transmit;

constexpr int kMostSteps = 60;
constexpr std::uint32_t kLongestMs = 600'000;
constexpr int kMostTicks = 60;    // in one step; then time jumps, as it does for a host that was asleep
constexpr int kMostAtOnce = 100;  // ticks for one moment

struct Stream {
  bool open = false;
  bool attached = false;
  v1::Hello hello;
  core::NodeKey node;
  fuzz::HonestNode honest;
};

class Arbiter {
 public:
  Arbiter() { Start(); }

  void Play(const ArbiterStep& step) {
    mute_ = step.mute();
    Pass(std::chrono::milliseconds(step.after_ms() % kLongestMs), step.silent());
    Do(step);
    WriteWaiting();
    fuzz::ShowAll(*engine_, {now_, wall_});
  }

  // Whoever asked has his answer, and what is shown is what `-o json` prints.
  void End() {
    disk_ = fuzz::DISK_WRITES;
    WriteWaiting();
    Pass(std::chrono::seconds(10), false);
    Require(requests_.empty());
    fuzz::PrintAll(*engine_, {now_, wall_});
  }

 private:
  using Claim = std::pair<core::NodeKey, arbiter::IpAddress>;

  void Start() {
    engine_ = std::make_unique<core::Engine>(core::Policy());
    core::Started started;
    started.term = ++term_;
    for (const auto& [id, bytes] : written_) {
      absl::StatusOr<store::StoredIncident> stored = store::DecodeIncident(bytes, {now_, wall_});
      Require(stored.ok());  // else no arbiter starts again
      if (!stored->record.closed.has_value()) started.open_incidents.push_back(std::move(stored->record));
    }
    for (const auto& [cluster, mode] : modes_) started.modes.push_back(mode);
    newest_ = {};
    Step(std::move(started));
  }

  void Restart() {
    streams_ = {};
    answers_.clear();
    waiting_.clear();
    requests_.clear();
    Start();
  }

  void Step(core::Event event) {
    for (const core::Effect& effect : engine_->Step(std::move(event), now_)) {
      std::visit([this](const auto& one) { Carry(one); }, effect);
    }
    if (answering_) return;
    answering_ = true;
    // Answers that call for the next question at once would keep the arbiter busy for ever.
    for (int i = 0; !answers_.empty(); ++i) {
      Require(i < kMostAtOnce);
      auto [node, message] = std::move(answers_.front());
      answers_.pop_front();
      Stream* stream = StreamOf(node);
      if (stream != nullptr && Transmit(&message)) Report(*stream, message, {node, now_, {}});
    }
    answering_ = false;
  }

  // That is attached; nullptr: none.
  Stream* StreamOf(const core::NodeKey& node) {
    const auto found = std::find_if(streams_.begin(), streams_.end(),
                                    [&](const Stream& one) { return one.attached && one.node == node; });
    return found == streams_.end() ? nullptr : &*found;
  }

  void Carry(const core::AskAffirm& ask) {
    Require(!ask.vips.empty());
    Require(wire::ToProto(ask).IsInitialized());
    asked_[ask.to] = ask.nonce;
    const Stream* stream = StreamOf(ask.to);
    if (stream != nullptr && !mute_) answers_.emplace_back(ask.to, stream->honest.AnswerTo(ask));
  }

  void Carry(const core::SendDirective& send) {
    const core::Directive& directive = send.directive;
    Require(!directive.vips.empty());
    Require(std::is_sorted(directive.vips.begin(), directive.vips.end()));
    Require(directive.fence.term == term_ && directive.fence > newest_);
    newest_ = directive.fence;
    Require(arbiter::codec::ToProto(directive).IsInitialized());
    ordered_[directive.to] = directive.fence;
    sent_[directive.fence] = directive;
    Stream* stream = StreamOf(directive.to);
    if (stream != nullptr && !mute_) answers_.emplace_back(directive.to, stream->honest.Obey(directive));
    const bool hold = std::holds_alternative<core::OrderHold>(directive.action);
    if (!hold && !std::holds_alternative<core::ShutForAWhile>(directive.action)) return;
    for (const arbiter::IpAddress& vip : directive.vips) {
      Require(vouched_.contains({directive.to, vip}));
      Require(AnotherHas(directive.to, vip));
    }
    if (hold) Require(durable_holds_.contains({directive.incident, directive.to.node}));
  }

  // Somebody else has affirmed, some time, that it holds the VIP.
  bool AnotherHas(const core::NodeKey& node, const arbiter::IpAddress& vip) const {
    return std::any_of(affirmed_.begin(), affirmed_.end(), [&](const Claim& claim) {
      return claim.first.cluster == node.cluster && claim.first != node && claim.second == vip;
    });
  }

  void Carry(const core::Persist& persist) { waiting_.push_back(persist); }
  void Carry(const core::PersistMode& mode) { modes_[mode.record.cluster] = mode.record; }
  void Carry(const core::TellKnownVips& tell) { wire::ToProto(engine_->KnownVips(tell.cluster)); }
  void Carry(const core::OperatorAnswer& answer) { Require(requests_.erase(answer.request) == 1); }
  void Carry(const core::Note& note) { wire::ToProto(note, wall_); }

  void WriteWaiting() {
    for (int i = 0; !waiting_.empty() && disk_ != fuzz::DISK_STANDS_STILL; ++i) {
      Require(i < 1000);
      const core::Persist persist = std::move(waiting_.front());
      waiting_.pop_front();
      const bool fails = disk_ == fuzz::DISK_FAILS;
      if (!fails) {
        written_[persist.incident.id] = store::EncodeIncident(persist.incident, {now_, wall_});
        for (const core::HoldRecord& hold : persist.incident.holds) {
          durable_holds_.insert({persist.incident.id, hold.node});
        }
      }
      if (persist.ticket != 0) Step(core::Persisted{persist.ticket, fails ? "the disk is full" : ""});
    }
  }

  void Pass(core::Duration time, bool silent) {
    const core::Instant end = now_ + time;
    int at_once = 0;
    for (int i = 0; i < kMostTicks; ++i) {
      core::Instant next = std::max(engine_->NextDeadline().value_or(core::Instant::max()), now_);
      if (!silent) next = std::min(next, std::max(beat_, now_));
      if (next > end) break;
      at_once = next == now_ ? at_once + 1 : 0;
      Require(at_once < kMostAtOnce);
      MoveTo(next);
      if (!silent && now_ >= beat_) Beat();
      Step(core::Tick{});
      WriteWaiting();
    }
    MoveTo(end);
    Step(core::Tick{});
  }

  void MoveTo(core::Instant at) {
    wall_ += absl::FromChrono(at - now_);
    now_ = at;
  }

  void Beat() {
    beat_ = now_ + std::chrono::seconds(1);
    for (const Stream& stream : streams_) {
      if (stream.attached) Step(core::NodeHeartbeat{stream.node});
    }
  }

  void Do(const ArbiterStep& step) {
    Stream& stream = streams_.at(step.stream() % streams_.size());
    switch (step.what_case()) {
      case ArbiterStep::kSays:
        return Hear(stream, step.says());
      case ArbiterStep::kGone:
        return EndStream(stream);
      case ArbiterStep::kDisk:
        disk_ = step.disk();
        return;
      case ArbiterStep::kRestart:
        return Restart();
      case ArbiterStep::kDemote:
        return Ask<core::OperatorDemote>(step.demote());
      case ArbiterStep::kRelease:
        return Ask<core::OperatorRelease>(step.release());
      case ArbiterStep::kForget:
        return Forget(step.forget());
      case ArbiterStep::kMode:
        return SetMode(step.mode());
      default:
        return;  // what only looks: after each step all of it is looked at
    }
  }

  template <typename Event, typename Request>
  void Ask(Request request) {
    const auto vip = arbiter::IpAddress::Parse(request.vip());
    if (!Transmit(&request) || !vip.ok()) return;
    requests_.insert(++request_);
    Step(Event{request_, request.cluster(), request.node(), *vip, "operator", request.reason()});
  }

  void Forget(v1::ForgetRequest request) {
    if (!Transmit(&request) || request.node().empty()) return;
    requests_.insert(++request_);
    Step(core::OperatorForget{request_, request.cluster(), request.node(), "operator", request.reason()});
  }

  void SetMode(v1::SetModeRequest request) {
    const auto mode = arbiter::codec::FromProto(request.mode());
    if (!Transmit(&request) || !mode.has_value()) return;
    core::OperatorSetMode event{++request_, request.cluster(), *mode, std::nullopt, "operator"};
    if (request.has_for_()) {
      arbiter::codec::FieldReader reader("", {}, {});
      event.for_time = reader.Length("for", request.for_());
      if (!reader.ok() || *event.for_time == core::Duration::zero()) return;
    }
    requests_.insert(request_);
    Step(std::move(event));
  }

  void EndStream(Stream& stream) {
    const Stream ended = std::exchange(stream, {});
    if (ended.attached) Step(core::NodeDetached{ended.node});
  }

  void Hear(Stream& stream, v1::ProbeMessage message) {
    if (!Transmit(&message)) return EndStream(stream);
    const wire::Sender sender{stream.node, now_, {}};
    switch (message.message_case()) {
      case v1::ProbeMessage::kHello:
        return Greet(stream, message.hello());
      case v1::ProbeMessage::kSnapshot: {
        if (!stream.open || stream.attached) return EndStream(stream);
        auto event = wire::ReadSnapshot(message.snapshot(), stream.hello, "192.0.2.1:4711", sender);
        if (!event.ok()) return EndStream(stream);
        stream.attached = true;
        stream.honest.Said(message);
        Believe(event->node, event->vips);
        return Step(*std::move(event));
      }
      case v1::ProbeMessage::kHeartbeat:
        if (stream.attached) Step(core::NodeHeartbeat{stream.node});
        return;
      case v1::ProbeMessage::MESSAGE_NOT_SET:
        return;
      default:
        if (!stream.attached) return EndStream(stream);
        stream.honest.Said(message);
        return Report(stream, message, sender);
    }
  }

  void Greet(Stream& stream, const v1::Hello& hello) {
    const absl::StatusOr<core::NodeKey> node = wire::ReadNodeKey(hello);
    const bool taken = node.ok() && std::any_of(streams_.begin(), streams_.end(),
                                                [&](const Stream& other) { return other.open && other.node == *node; });
    if (stream.open || !node.ok() || taken) return EndStream(stream);
    stream = {true, false, hello, *node, {}};
  }

  void Report(Stream& stream, v1::ProbeMessage& message, const wire::Sender& sender) {
    const auto hand_over = [&](auto event, const auto& reports) {
      if (!event.ok()) return EndStream(stream);
      Believe(event->node, reports(*event));
      Step(*std::move(event));
    };
    if (message.has_change()) {
      return hand_over(wire::ReadChange(message.change(), sender), [](const auto& event) { return event.vips; });
    }
    if (message.has_affirmation()) {
      if (message.affirmation().nonce() == 0) message.mutable_affirmation()->set_nonce(asked_[stream.node]);
      return hand_over(wire::ReadAffirmation(message.affirmation(), sender), [this](const core::Affirmed& event) {
        for (const core::VipReport& report : event.vips) {
          if (report.claims()) affirmed_.insert({event.node, report.vip});
        }
        return event.vips;
      });
    }
    v1::DirectiveResult& result = *message.mutable_result();
    if (result.term() == 0) {
      result.set_term(ordered_[stream.node].term);
      result.set_sequence(ordered_[stream.node].sequence);
    }
    const auto sent = sent_.find({result.term(), result.sequence()});
    const bool known = sent != sent_.end() && sent->second.to == stream.node;
    hand_over(wire::ReadResult(result, known ? sent->second.vips : std::vector<arbiter::IpAddress>(), sender),
              [](const auto& event) { return event.reports; });
  }

  void Believe(const core::NodeKey& node, const std::vector<core::VipReport>& reports) {
    for (const core::VipReport& report : reports) {
      if (report.vouches()) vouched_.insert({node, report.vip});
    }
  }

  core::Instant now_ = core::Instant(std::chrono::hours(1000));
  core::Instant beat_ = now_;
  absl::Time wall_ = absl::FromUnixSeconds(1'760'000'000);
  std::uint64_t term_ = 0;
  std::unique_ptr<core::Engine> engine_;
  std::array<Stream, 3> streams_;

  fuzz::Disk disk_ = fuzz::DISK_WRITES;
  std::deque<core::Persist> waiting_;
  std::map<core::IncidentId, std::string> written_;
  std::map<std::string, core::ModeRecord> modes_;

  bool mute_ = false;
  bool answering_ = false;
  std::deque<std::pair<core::NodeKey, v1::ProbeMessage>> answers_;  // of honest nodes, on their way
  std::map<core::NodeKey, std::uint64_t> asked_;
  std::map<core::NodeKey, core::Fence> ordered_;
  std::map<core::Fence, core::Directive> sent_;
  core::Fence newest_;
  std::uint64_t request_ = 0;
  std::set<std::uint64_t> requests_;

  // What orders may rest on: all that was ever said.
  std::set<Claim> vouched_;
  std::set<Claim> affirmed_;
  std::set<std::pair<core::IncidentId, std::string>> durable_holds_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  fuzz::ArbiterScript script;
  return fuzz::MutateScript(&script, data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::ArbiterScript script;
  fuzz::ReadScript(data, size, &script);
  Arbiter arbiter;
  for (int i = 0; i < std::min(script.step_size(), kMostSteps); ++i) arbiter.Play(script.step(i));
  arbiter.End();
  return 0;
}
