#include "tests/sim/witness_host.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/matter.h"

namespace sim {
namespace {

namespace core = arbiter::core;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kBreakAfter = seconds(4);

}  // namespace

WitnessHost::WitnessHost(Schedule& schedule, Random& random, core::Policy policy,
                         std::function<void(const std::string&)> log)
    : schedule_(schedule), random_(random), policy_(policy), log_(std::move(log)) {}

void WitnessHost::AddNode(Node& node) { streams_[node.name()].node = &node; }

void WitnessHost::Start() {
  if (runs()) return;
  ++life_;
  engine_ = std::make_unique<core::Engine>(policy_);
  core::Started started;
  started.term = ++term_;
  for (const auto& [id, record] : disk_) {
    if (record.state != core::IncidentState::kClosed) started.open_incidents.push_back(record);
  }
  for (const auto& [cluster, record] : modes_) started.modes.push_back(record);
  log_("arbiter starts");
  Step(started);
}

void WitnessHost::Crash() {
  if (!runs()) return;
  log_("arbiter crashes");
  ++life_;
  engine_.reset();
  for (auto& [name, stream] : streams_) Break(stream);
}

bool WitnessHost::Undisturbed() const {
  return runs() && disk_error_.empty() && echoes_ == 0.0 &&
         std::all_of(streams_.begin(), streams_.end(),
                     [](const auto& entry) { return entry.second.up && !entry.second.cut; });
}

void WitnessHost::CutManagement(const std::string& node, bool cut) {
  Stream& stream = streams_.at(node);
  stream.cut = cut;
  const std::uint64_t life = stream.life;
  if (!cut) {
    for (auto& message : std::exchange(stream.waiting, {})) schedule_.After(Duration{}, std::move(message));
  }
  if (cut && stream.up) {
    schedule_.After(kBreakAfter, [this, &stream, life] {
      if (stream.cut && stream.life == life) Break(stream);
    });
  }
}

void WitnessHost::Break(Stream& stream) {
  if (!stream.up) return;
  stream.up = false;
  ++stream.life;
  if (runs()) Step(core::NodeDetached{{"prod", stream.node->name()}});
  stream.node->OnConnected(false, 0);
  RetryLater(stream);
}

void WitnessHost::RetryLater(Stream& stream) {
  const Duration wait = std::min<Duration>(milliseconds(200) * (1 << std::min(stream.attempts, 4)), seconds(3));
  ++stream.attempts;
  schedule_.After(random_.Between(wait / 2, wait), [this, &stream] {
    if (!stream.up && stream.node->has_probe()) Connect(*stream.node);
  });
}

void WitnessHost::Connect(Node& node) {
  Stream& stream = streams_.at(node.name());
  if (stream.up) {  // a probe that was killed and is back: the old connection ends first
    stream.up = false;
    ++stream.life;
    if (runs()) Step(core::NodeDetached{{"prod", node.name()}});
  }
  if (!runs() || stream.cut || !node.probe_runs()) {
    RetryLater(stream);
    return;
  }
  stream.up = true;
  stream.attempts = 0;
  ++stream.life;
  stream.last_up = stream.last_down = schedule_.now();
  stream.newest_sign = node.Boot();
  const core::NodeAttached hello = node.Hello();
  Deliver(stream, stream.last_up, [this, hello] { Step(hello); });
  node.OnConnected(true, term_);
}

void WitnessHost::Deliver(Stream& stream, Instant& last, std::function<void()> what) {
  const Instant when =
      std::max(last + Duration(1), schedule_.now() + random_.Between(microseconds(50), milliseconds(4)));
  last = when;
  schedule_.At(when, [&stream, life = stream.life, what = std::move(what)]() mutable {
    auto arrive = [&stream, life, what = std::move(what)] {
      if (stream.life == life && stream.up) what();
    };
    if (stream.cut) {
      stream.waiting.push_back(std::move(arrive));  // sent again when it gets through, in order
    } else {
      arrive();
    }
  });
}

void WitnessHost::Receive(Node& node, core::Event event) {
  Stream& stream = streams_.at(node.name());
  if (!stream.up) return;
  const probe::hold::BootTime sent = node.Boot();
  Deliver(stream, stream.last_up, [this, &stream, sent, event = std::move(event)] {
    if (!runs()) return;
    stream.newest_sign = std::max(stream.newest_sign, sent);
    Step(event);
  });
}

void WitnessHost::Command(const core::Event& event) {
  if (runs()) Step(event);
}

void WitnessHost::Step(const core::Event& event) {
  if (observer_.on_event) observer_.on_event(event);
  if (const auto* affirmed = std::get_if<core::Affirmed>(&event); affirmed != nullptr) LogAnswer(*affirmed);
  for (const core::Effect& effect : engine_->Step(event, schedule_.now())) Carry(effect);
  ArmDeadline();
}

void WitnessHost::LogAnswer(const core::Affirmed& affirmed) {
  const core::VipReport& report = affirmed.vips.front();
  const bool reaches = !affirmed.reach.empty() && affirmed.reach.front().second.answered > 0;
  log_(absl::StrCat(affirmed.node.node, " answers (", affirmed.nonce,
                    "): ", report.holds() ? "holds " : "does not hold ", report.vip.ToString(),
                    report.advertises ? ", advertises" : "", reaches ? ", reaches" : ""));
}

void WitnessHost::ArmDeadline() {
  const std::optional<core::Instant> due = engine_->NextDeadline();
  if (!due.has_value()) return;
  const std::uint64_t deadline = ++deadline_;
  schedule_.At(std::max(*due, schedule_.now() + microseconds(10)), [this, deadline] {
    if (deadline == deadline_ && runs()) Step(core::Tick{});
  });
}

void WitnessHost::SendOut(const core::Directive& directive) {
  Stream& stream = streams_.at(directive.to.node);
  ++directives_;
  if (observer_.on_directive) observer_.on_directive(directive);
  log_(absl::StrCat("arbiter -> ", directive.to.node, ": directive ", directive.action.index(), " for ",
                    core::NamesOf(directive.vips), " (", directive.fence.term, ",", directive.fence.sequence, ")"));
  const probe::hold::BootTime as_of = stream.newest_sign;
  if (stream.up) {
    Deliver(stream, stream.last_down, [&stream, directive, as_of] { stream.node->Obey(directive, as_of); });
  }
  if (echoes_ > 0 && random_.Chance(echoes_)) {
    const Duration late = random_.Chance(0.5) ? random_.Between(milliseconds(1), milliseconds(2500))
                                              : random_.Between(milliseconds(2500), seconds(20));
    schedule_.After(late, [&stream, directive, as_of] { stream.node->Obey(directive, as_of); });
  }
}

void WitnessHost::Carry(const core::Effect& effect) {
  if (const auto* ask = std::get_if<core::AskAffirm>(&effect)) {
    Stream& stream = streams_.at(ask->to.node);
    ++questions_;
    if (observer_.on_ask) observer_.on_ask(*ask);
    log_(absl::StrCat("arbiter asks ", ask->to.node, " (", ask->nonce, ") for ", core::NamesOf(ask->vips)));
    if (stream.up) Deliver(stream, stream.last_down, [&stream, ask = *ask] { stream.node->Ask(ask); });
  } else if (const auto* send = std::get_if<core::SendDirective>(&effect)) {
    SendOut(send->directive);
  } else if (const auto* persist = std::get_if<core::Persist>(&effect)) {
    const std::uint64_t life = life_;
    // One write after the other, as the store does it.
    last_write_ = std::max(last_write_, schedule_.now()) + random_.Between(microseconds(500), milliseconds(15));
    schedule_.At(last_write_, [this, life, persist = *persist] {
      if (life != life_) return;  // lost with the crash
      if (disk_error_.empty()) disk_[persist.incident.id] = persist.incident;
      if (persist.ticket != 0) Step(core::Persisted{persist.ticket, disk_error_});
    });
  } else if (const auto* mode = std::get_if<core::PersistMode>(&effect)) {
    modes_[mode->record.cluster] = mode->record;
  } else if (const auto* note = std::get_if<core::Note>(&effect)) {
    log_(absl::StrCat("arbiter: ", note->kind, ": ", note->text));
  }
}

}  // namespace sim
