#include "arbiter/server/engine_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace arbiter::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr core::Duration kHeartbeatsWithin = std::chrono::milliseconds(100);
// Should the engine ask for a moment that has passed, again and again, it does not get the whole processor.
constexpr core::Duration kShortestSleep = std::chrono::milliseconds(1);
// Requests that nobody waits for any more are forgotten past this many.
constexpr std::size_t kMaxExpected = 1'000;

}  // namespace

EngineLoop::EngineLoop(const core::Policy& policy, const Limits& limits, const Parts& parts)
    : policy_(policy),
      parts_(parts),
      engine_(std::make_unique<core::Engine>(policy)),
      registry_({.stale_after = policy.heartbeat_interval * policy.missed_heartbeats, .nodes = limits.nodes}),
      writer_(std::make_unique<StoreWriter>(
          parts.store, parts.log,
          [this](std::uint64_t ticket, const absl::Status& status) { OnWritten(ticket, status); })),
      dispatcher_(
          {.registry = &registry_,
           .writer = writer_.get(),
           .log = parts.log,
           .events = parts.events,
           .metrics = parts.metrics,
           .ledger = parts.ledger,
           .post = [this](const core::Event& event) { Post([this, event](core::Instant at) { Step(event, at); }); },
           .known_vips = [this](const std::string& cluster) { return engine_->KnownVips(cluster); },
           .answer = [this](const core::OperatorAnswer& answer) { Answer(answer); }},
          limits) {}

EngineLoop::~EngineLoop() { Stop(); }

void EngineLoop::Start(const store::Remembered& remembered) {
  term_ = remembered.term;
  Post([this, remembered](core::Instant at) {
    Step(core::Started{remembered.term, remembered.open_incidents, remembered.modes}, at);
  });
  thread_ = std::thread([this] { Run(); });
}

void EngineLoop::Stop() {
  {
    const std::lock_guard lock(mutex_);
    work_.stopping = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
  writer_->Stop();
}

void EngineLoop::Hello(const std::shared_ptr<ProbeLink>& link, v1::Welcome welcome) {
  Post([this, link, welcome = std::move(welcome)](core::Instant at) mutable {
    TakeHello(link, std::move(welcome), at);
  });
}

void EngineLoop::TakeHello(const std::shared_ptr<ProbeLink>& link, v1::Welcome welcome, core::Instant at) {
  const core::NodeKey& node = link->node();
  absl::Status claimed = registry_.Claim(link, at);
  if (claimed.ok() && link->newest_term() > term_) {
    claimed = RaiseTerm(*link, at);
    if (claimed.ok()) {
      return;
    }
    const bool known = registry_.Remove(link.get());
    if (known) {
      Step(core::NodeDetached{node}, at);
    }
  }
  if (!claimed.ok()) {
    core::Note note;
    note.severity = core::Note::Severity::kWarning;
    note.cluster = node.cluster;
    note.node = node.node;
    note.kind = "refused";
    note.text = absl::StrCat("a probe from ", link->peer(), " was refused: ", claimed.message());
    dispatcher_.Dispatch({note}, at);
    link->Close(claimed);
    return;
  }
  welcome.set_term(term_);
  for (const IpAddress& vip : engine_->KnownVips(node.cluster)) {
    welcome.add_known_vips(vip.ToString());
  }
  link->SendWelcome(welcome);
}

std::string EngineLoop::WhyNotRaised(const ProbeLink& link, core::Instant at) const {
  constexpr char kMend[] = "; where no arbiter of yours had it: arbiter-probe holds --forget-term, on that node";
  if (link.newest_term() > store::kMaxTerm || link.newest_term() - term_ > kMostTermStep) {
    return absl::StrCat("; no arbiter of ours can have come to it", kMend);
  }
  const std::string& cluster = link.node().cluster;
  if (engine_->KnowsAny() && !engine_->Knows(cluster)) {
    return absl::StrCat("; it is not taken on the word of cluster ", cluster, ", of which nothing is known here",
                        kMend);
  }
  if (term_raised_.has_value() && at - *term_raised_ < kRaiseTermEvery) return "; a newer one was taken only just now";
  return "";
}

absl::Status EngineLoop::RaiseTerm(const ProbeLink& link, core::Instant at) {
  const std::string why = absl::StrCat("node ", link.node().cluster, "/", link.node().node, " remembers term ",
                                       link.newest_term(), ", newer than ours (", term_.load(), ")");
  if (const std::string not_raised = WhyNotRaised(link, at); !not_raised.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(why, not_raised));
  }
  const absl::StatusOr<std::uint64_t> raised = parts_.store->RaiseTerm(link.newest_term());
  if (!raised.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(why, "; no newer one: ", raised.status().message()));
  }
  const core::Started started{*raised, engine_->OpenIncidents(), engine_->Modes()};
  term_raised_ = at;
  term_ = *raised;
  engine_ = std::make_unique<core::Engine>(policy_);
  dispatcher_.BeginAnew();
  AnswerAll("the arbiter has just taken a new term: try again");
  core::Note note;
  note.severity = core::Note::Severity::kWarning;
  note.kind = "term";
  note.text = absl::StrCat(why, ": was the store lost? Term ", *raised, " is taken, and all probes attach anew");
  dispatcher_.Dispatch({note}, at);
  registry_.CloseAll(absl::UnavailableError(absl::StrCat("the arbiter has taken term ", *raised, ": attach again")));
  Step(started, at);
  return absl::OkStatus();
}

void EngineLoop::OnWritten(std::uint64_t ticket, const absl::Status& status) {
  Post([this, ticket, error = status.ok() ? std::string() : status.ToString()](core::Instant at) {
    if (const std::optional<std::uint64_t> of_engine = dispatcher_.TicketOf(ticket)) {
      Step(core::Persisted{*of_engine, error}, at);
    }
  });
}

void EngineLoop::Snapshot(const std::shared_ptr<ProbeLink>& link, core::NodeAttached event) {
  Post([this, link, event = std::move(event)](core::Instant at) mutable {
    if (registry_.Attach(link.get())) {
      Step(std::move(event), at);
    }
    link->Taken();
  });
}

void EngineLoop::Say(const std::shared_ptr<ProbeLink>& link, core::Event event) {
  Post([this, link, event = std::move(event)](core::Instant at) mutable {
    if (registry_.IsCurrent(link.get())) {
      if (const auto* done = std::get_if<core::DirectiveDone>(&event)) {
        dispatcher_.OnResult(*done, at);
      } else if (const auto* affirmed = std::get_if<core::Affirmed>(&event)) {
        dispatcher_.OnAffirmed(*affirmed, at);
      }
      Step(std::move(event), at);
    }
    link->Taken();
  });
}

void EngineLoop::Heartbeat(const std::shared_ptr<ProbeLink>& link) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (work_.heartbeats.empty()) {
      const core::Instant due = Clock::now() + kHeartbeatsWithin;
      wake = sleeps_until_ > due;
    }
    work_.heartbeats.push_back(link);
  }
  if (wake) {
    wake_.notify_one();
  }
}

void EngineLoop::Gone(const std::shared_ptr<ProbeLink>& link) {
  Post([this, link](core::Instant at) {
    if (registry_.Remove(link.get())) {
      Step(core::NodeDetached{link->node()}, at);
    }
  });
}

bool EngineLoop::Post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (work_.stopping) {
      return false;
    }
    work_.tasks.emplace_back(Clock::now(), std::move(task));
  }
  wake_.notify_one();
  return true;
}

void EngineLoop::Run() {
  bool stopping = false;
  while (!stopping) {
    Work work = WaitForWork();
    stopping = work.stopping;
    Do(std::move(work));
    TickIfDue();
    dispatcher_.Flush(Clock::now());
  }
  AnswerAll("the arbiter is stopping");
}

EngineLoop::Work EngineLoop::WaitForWork() {
  const core::Instant began = Clock::now();
  const core::Instant far = began + std::chrono::hours(1);
  core::Instant due = Due().value_or(far);
  if (due <= began) {
    due = began + kShortestSleep;
  }
  std::unique_lock lock(mutex_);
  core::Instant heartbeats_due = far;
  while (work_.tasks.empty() && !work_.stopping) {
    const core::Instant now = Clock::now();
    if (!work_.heartbeats.empty() && heartbeats_due == far) {
      heartbeats_due = now + kHeartbeatsWithin;
    }
    sleeps_until_ = std::min(due, heartbeats_due);
    if (now >= sleeps_until_) {
      break;
    }
    wake_.wait_until(lock, sleeps_until_);
  }
  sleeps_until_ = {};
  return std::exchange(work_, Work{{}, {}, work_.stopping});
}

void EngineLoop::Do(Work work) {
  // A heartbeat that came between two events counts from the first of them on, which is at most a moment too early.
  const core::Instant no_later = work.tasks.empty() ? Clock::now() : work.tasks.front().first;
  for (const std::shared_ptr<ProbeLink>& link : work.heartbeats) {
    const core::Instant came = link->TakeHeartbeat();
    if (registry_.IsCurrent(link.get())) {
      Step(core::NodeHeartbeat{link->node()}, std::min(came, no_later));
      link->SendAlive();
    }
  }
  for (auto& [at, task] : work.tasks) {
    parts_.metrics->Waited(Clock::now() - at);
    last_ = std::max(last_, at);
    task(last_);
  }
}

void EngineLoop::TickIfDue() {
  const core::Instant now = Clock::now();
  const std::optional<core::Instant> due = engine_->NextDeadline();
  if (due.has_value() && *due <= now) {
    Step(core::Tick{}, now);
  }
}

void EngineLoop::Step(core::Event event, core::Instant at) {
  last_ = std::max(last_, at);
  const core::Instant began = Clock::now();
  const std::vector<core::Effect> effects = engine_->Step(std::move(event), last_);
  parts_.metrics->Step(Clock::now() - began);
  parts_.notify(effects);
  dispatcher_.Dispatch(effects, last_);
}

std::uint64_t EngineLoop::Expect(std::function<void(const core::OperatorAnswer&)> give) {
  if (waiting_.size() >= kMaxExpected) {
    waiting_.erase(waiting_.begin());
  }
  waiting_.emplace(++last_request_, std::move(give));
  return last_request_;
}

void EngineLoop::Answer(const core::OperatorAnswer& answer) {
  const auto found = waiting_.find(answer.request);
  if (found == waiting_.end()) {
    return;
  }
  const auto give = std::move(found->second);
  waiting_.erase(found);
  give(answer);
}

void EngineLoop::AnswerAll(const std::string& message) {
  core::OperatorAnswer answer;
  answer.code = core::Code::kFailedPrecondition;
  answer.message = message;
  for (const auto& [number, give] : std::exchange(waiting_, {})) {
    give(answer);
  }
}

std::optional<core::Instant> EngineLoop::Due() const {
  const std::optional<core::Instant> engine = engine_->NextDeadline();
  const std::optional<core::Instant> dispatcher = dispatcher_.Due();
  if (engine.has_value() && dispatcher.has_value()) {
    return std::min(*engine, *dispatcher);
  }
  return engine.has_value() ? engine : dispatcher;
}

}  // namespace arbiter::server
