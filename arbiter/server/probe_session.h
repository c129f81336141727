// One probe's stream: reads its messages, checks them, hands them to the engine's loop, and writes what it is sent.
#ifndef ARBITER_SERVER_PROBE_SESSION_H_
#define ARBITER_SERVER_PROBE_SESSION_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/access.h"
#include "arbiter/server/directive_ledger.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/server/kept_reports.h"
#include "arbiter/server/limits.h"
#include "arbiter/server/probe_link.h"

namespace arbiter::server {

class ProbeSession;

// What every session uses. Outlives all of them.
class SessionHost {
 public:
  SessionHost() = default;
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;
  virtual ~SessionHost() = default;

  [[nodiscard]] virtual EngineLoop& loop() = 0;
  [[nodiscard]] virtual const Limits& limits() const = 0;
  [[nodiscard]] virtual const Access& access() const = 0;
  [[nodiscard]] virtual const DirectiveLedger& ledger() const = 0;

  // A probe whose cluster nothing but its word tells is of the one in which its certificate came first. What its
  // cluster rests on, in words for operators.
  virtual absl::StatusOr<std::string> CheckCluster(const Peer& peer, const core::NodeKey& node) = 0;

  // The Welcome for a cluster, but for what only the engine's thread knows.
  virtual absl::StatusOr<v1::Welcome> WelcomeTo(const std::string& cluster) = 0;

  // The stream ends with `status`, for the log and the counters.
  virtual void Ending(const ProbeSession& session, const absl::Status& status) = 0;
  // gRPC is done with the session: the host lets go of it.
  virtual void Done(ProbeSession* session) = 0;
};

// gRPC's threads read, the engine's thread writes, the housekeeping thread looks after it; the host owns it until gRPC
// calls OnDone. Its lock is never held while another object is called, gRPC's Start functions apart, which do not call
// back.
//
// A probe that does not read what it is sent is cut off; one that sends faster than the engine takes is not read until
// the engine caught up, so it slows down itself alone.
class ProbeSession final : public grpc::ServerBidiReactor<v1::ProbeMessage, v1::ArbiterMessage>,
                           public ProbeLink,
                           public std::enable_shared_from_this<ProbeSession> {
 public:
  ProbeSession(SessionHost* host, grpc::CallbackServerContext* context);
  // Starts reading; after this the host must own it. Ends it at once when `admitted` is not OK.
  void Start(const absl::Status& admitted);

  // Ends the stream when the probe has not attached in time, is silent, or does not take what it is sent.
  void CheckTimes(core::Instant now);

  // Ends the stream when its node may no longer attach. One that has not attached yet is asked when it does.
  void EndUnlessWelcome();

  [[nodiscard]] const core::NodeKey& node() const override { return node_; }
  [[nodiscard]] const std::string& instance() const override { return hello_.instance(); }
  [[nodiscard]] std::string peer() const override { return peer_.address; }
  [[nodiscard]] const std::string& certificate() const override { return certificate_; }
  [[nodiscard]] std::uint64_t newest_term() const override { return hello_.newest_term(); }
  [[nodiscard]] core::Instant last_heard() const override;
  void SendWelcome(const v1::Welcome& welcome) override;
  void SendAsk(const core::AskAffirm& ask) override;
  void SendDirective(const core::Directive& directive) override;
  void SendKnownVips(const std::vector<IpAddress>& vips) override;
  void SendAlive() override;
  void Close(const absl::Status& status) override;
  void Taken() override;
  core::Instant TakeHeartbeat() override;

 private:
  enum class State : std::uint8_t { kHello, kSnapshot, kAttached };

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Each returns what is wrong with the message.
  absl::Status Take(const v1::ProbeMessage& message);
  absl::Status TakeHello(const v1::Hello& hello);
  absl::Status TakeSnapshot(const v1::Snapshot& snapshot);
  absl::Status TakeReport(const v1::ProbeMessage& message);
  void TakeHeartbeatMessage(std::uint64_t probe_time_ns);
  // Whether what it says of VIPs is within what is kept of a node; the message that it was read from has it as well.
  absl::Status Keep(const std::vector<core::VipReport>& reports, const KeptReports::Messages& messages,
                    const KeptReports::Messages& shared);
  // Gives it to the engine's loop, unless it is wrong or more than is kept.
  template <typename Event>
  absl::Status HandOver(absl::StatusOr<Event> event, std::vector<core::VipReport> Event::*reports,
                        const KeptReports::Messages& messages, const KeptReports::Messages& shared);
  void HandOver(core::Event event);

  // Keeps the newest reading of the probe's clock. With the first one the directives that waited for it leave.
  void NoteProbeTime(std::uint64_t probe_time_ns);
  void Send(v1::ArbiterMessage message);
  void SendLocked(v1::ArbiterMessage message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendDirectiveLocked(model::Directive directive, std::uint64_t as_of_probe_time_ns)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ReadOn();
  void FinishOnce(const absl::Status& status);

  SessionHost* const host_;
  grpc::CallbackServerContext* const context_;
  const Peer peer_;
  const core::Instant began_;
  // Written while the Hello is taken, before anybody else knows the session.
  core::NodeKey node_;
  v1::Hello hello_;
  std::string certificate_;

  std::atomic<core::Instant::rep> last_heard_;
  std::atomic<std::uint64_t> probe_time_ns_{0};
  std::atomic<bool> heartbeat_announced_{false};
  std::atomic<bool> attached_{false};
  State state_ = State::kHello;  // the reading thread's: there is one read at a time
  v1::ProbeMessage incoming_;    // the same
  KeptReports kept_;             // the same

  absl::Mutex mutex_;
  int untaken_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  core::Instant finished_at_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  core::Instant write_began_ ABSL_GUARDED_BY(mutex_);
  v1::ArbiterMessage outgoing_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ArbiterMessage> unread_ ABSL_GUARDED_BY(mutex_);  // by order of sending
  struct Waiting {
    core::Directive directive;
    core::Instant since{};
  };
  std::vector<Waiting> waiting_for_time_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PROBE_SESSION_H_
