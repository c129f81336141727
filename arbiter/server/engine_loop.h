// The one thread that owns the engine. Others post; it steps the engine and carries out the effects.
#ifndef ARBITER_SERVER_ENGINE_LOOP_H_
#define ARBITER_SERVER_ENGINE_LOOP_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "arbiter/core/engine.h"
#include "arbiter/server/effect_dispatcher.h"
#include "arbiter/server/limits.h"
#include "arbiter/server/probe_link.h"
#include "arbiter/server/probe_registry.h"
#include "arbiter/server/store_writer.h"
#include "arbiter/store/store.h"

namespace arbiter::server {

// Thread-safe unless said otherwise.
//
// Everything that is posted is stamped with its time of arrival under one lock, so the engine sees time in order and
// judges by when things happened, not by when its thread came to them. Heartbeats do not wake the thread: they are
// taken with the next event, or within 100 ms.
//
// Should a probe remember a newer term than ours (an earlier store was lost), the loop takes a newer one still: with a
// new engine that knows what the old one knew of incidents, and with all streams ended, so that every probe says anew
// how things stand. At most once in kRaiseTermEvery, in a step that an arbiter could have made, and for a node of a
// cluster that is known here (or while none is), for a probe may lie: what it cannot do is take the terms away.
//
// The queue is bounded by who may post: a link has at most Limits::untaken_messages in it, an operator one request.
class EngineLoop {
 public:
  struct Parts {
    store::Store* store = nullptr;
    const process::Log* log = nullptr;
    EventLog* events = nullptr;
    Metrics* metrics = nullptr;
    DirectiveLedger* ledger = nullptr;
    // Sees all effects before they are carried out, on the engine's thread: it must not wait.
    std::function<void(const std::vector<core::Effect>&)> notify = [](const std::vector<core::Effect>&) {};
  };

  // All parts outlive the loop.
  EngineLoop(const core::Policy& policy, const Limits& limits, const Parts& parts);
  ~EngineLoop();
  EngineLoop(const EngineLoop&) = delete;
  EngineLoop& operator=(const EngineLoop&) = delete;

  // Starts the thread with what the store remembers. Once.
  void Start(const store::Remembered& remembered);
  // Ends the thread and writes what the store still has to be told. Requests that wait are refused.
  void Stop();

  // A probe said Hello. It gets `welcome`, to which the term and the known VIPs are added, or its stream is closed with
  // the reason for which it may not have the name.
  void Hello(const std::shared_ptr<ProbeLink>& link, v1::Welcome welcome);
  // What the probe says; dropped when the link has lost its name meanwhile. Taken() is called afterwards.
  void Snapshot(const std::shared_ptr<ProbeLink>& link, core::NodeAttached event);
  void Say(const std::shared_ptr<ProbeLink>& link, core::Event event);
  // A sign of life: cheap.
  void Heartbeat(const std::shared_ptr<ProbeLink>& link);
  void Gone(const std::shared_ptr<ProbeLink>& link);

  // An operator's request (OperatorDemote and the like). Waits for the answer; DeadlineExceeded
  // after kAnswerWithin, Unavailable when the loop has ended.
  template <typename Request>
  absl::StatusOr<core::OperatorAnswer> Ask(Request request) {
    auto reply = std::make_shared<Reply<core::OperatorAnswer>>();
    const bool posted = Post([this, reply, request = std::move(request)](core::Instant at) mutable {
      request.request = Expect([reply](const core::OperatorAnswer& answer) { reply->Give(answer); });
      Step(request, at);
    });
    if (!posted) {
      return Stopping();
    }
    return reply->Wait(kAnswerWithin);
  }

  // What the engine's thread answers to `question(engine, registry, now)`. The question may be asked after the caller
  // has given up: it owns all that it uses.
  template <typename Question>
  auto Look(Question question)
      -> absl::StatusOr<decltype(question(std::declval<const core::Engine&>(), std::declval<const ProbeRegistry&>(),
                                          core::Instant()))> {
    using Answer =
        decltype(question(std::declval<const core::Engine&>(), std::declval<const ProbeRegistry&>(), core::Instant()));
    auto reply = std::make_shared<Reply<Answer>>();
    const bool posted = Post([this, reply, question = std::move(question)](core::Instant at) {
      reply->Give(question(*engine_, registry_, at));
    });
    if (!posted) {
      return Stopping();
    }
    return reply->Wait(kAnswerWithin);
  }

  // The term of the moment.
  [[nodiscard]] std::uint64_t term() const { return term_; }
  [[nodiscard]] const StoreWriter& writer() const { return *writer_; }
  void Audit(store::AuditEntry entry) { writer_->Audit(std::move(entry)); }
  void KeepNotification(store::OutboxEntry entry) { writer_->WriteOutbox(std::move(entry)); }
  void KeepTold(const store::Notification& notification) { writer_->WriteTold(notification); }
  void ForgetNotification(const std::string& target, const std::string& id) { writer_->Delivered(target, id); }

  static constexpr absl::Duration kAnswerWithin = absl::Seconds(5);
  static constexpr std::uint64_t kMostTermStep = 1'000'000;
  static constexpr core::Duration kRaiseTermEvery = std::chrono::minutes(1);

 private:
  using Task = std::function<void(core::Instant at)>;
  struct Work {
    std::vector<std::pair<core::Instant, Task>> tasks;
    std::vector<std::shared_ptr<ProbeLink>> heartbeats;
    bool stopping = false;
  };

  // An answer on its way from the engine's thread to one that waits.
  template <typename Answer>
  class Reply {
   public:
    void Give(Answer answer) {
      answer_ = std::move(answer);
      given_.Notify();
    }
    absl::StatusOr<Answer> Wait(absl::Duration at_most) {
      if (!given_.WaitForNotificationWithTimeout(at_most)) {
        return absl::DeadlineExceededError("the arbiter's engine did not answer in time");
      }
      return *std::move(answer_);
    }

   private:
    absl::Notification given_;
    std::optional<Answer> answer_;
  };

  static absl::Status Stopping() { return absl::UnavailableError("the arbiter is stopping"); }

  // False when the loop has ended or is about to: the task is not run.
  bool Post(Task task);
  void Run();
  Work WaitForWork();
  void Do(Work work);
  void TickIfDue();
  // The thread only.
  void Step(core::Event event, core::Instant at);
  // Returns the number under which an operator's request is answered.
  std::uint64_t Expect(std::function<void(const core::OperatorAnswer&)> give);
  void Answer(const core::OperatorAnswer& answer);
  void AnswerAll(const std::string& message);
  void TakeHello(const std::shared_ptr<ProbeLink>& link, v1::Welcome welcome, core::Instant at);
  // Why a term newer than the link's was not taken; OK: it was, and the link is closed with all others.
  absl::Status RaiseTerm(const ProbeLink& link, core::Instant at);
  // Why the word of that probe is not enough for it; empty: it is.
  [[nodiscard]] std::string WhyNotRaised(const ProbeLink& link, core::Instant at) const;
  void OnWritten(std::uint64_t ticket, const absl::Status& status);
  // When the thread has to wake even if nothing is posted.
  [[nodiscard]] std::optional<core::Instant> Due() const;

  const core::Policy policy_;
  Parts parts_;
  std::atomic<std::uint64_t> term_{0};

  // Of the thread.
  std::unique_ptr<core::Engine> engine_;
  std::optional<core::Instant> term_raised_;
  ProbeRegistry registry_;
  std::unique_ptr<StoreWriter> writer_;
  EffectDispatcher dispatcher_;
  core::Instant last_{};
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, std::function<void(const core::OperatorAnswer&)>> waiting_;

  // A std::mutex: absl::CondVar waits by the calendar clock, which may jump.
  std::mutex mutex_;
  std::condition_variable wake_;
  Work work_;                     // guarded by mutex_
  core::Instant sleeps_until_{};  // guarded by mutex_
  std::thread thread_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_ENGINE_LOOP_H_
