// A probe without a node: one connection and one stream of its own, with two VIPs that exist on paper.
#ifndef TESTS_BENCH_LOAD_PROBE_H_
#define TESTS_BENCH_LOAD_PROBE_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "arbiter/v1/probe_service.grpc.pb.h"

namespace bench {

using Clock = std::chrono::steady_clock;

// With the arguments of a real probe's channel, but never sharing a connection with another one.
std::shared_ptr<grpc::Channel> OwnConnection(int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// Clusters are pairs of nodes, "a" and "b"; a holds both VIPs.
struct Place {
  int cluster = 0;
  bool holds = false;

  [[nodiscard]] std::string ClusterName() const;
  [[nodiscard]] std::string NodeName() const { return holds ? "a" : "b"; }
};

// The hello of a probe there.
arbiter::v1::ProbeMessage HelloFrom(const std::string& cluster, const std::string& node);

// Thread-safe. Says hello and its snapshot by itself, answers every question at once, and obeys every directive at
// once.
class LoadProbe final : public grpc::ClientBidiReactor<arbiter::v1::ProbeMessage, arbiter::v1::ArbiterMessage> {
 public:
  // Each is called once, on a thread of gRPC's.
  struct Events {
    std::function<void()> attached;
    std::function<void(const grpc::Status&)> ended;
  };

  LoadProbe(const std::shared_ptr<grpc::Channel>& channel, Place place, Events events);
  // Ends the stream. Many end sooner when each was cancelled before.
  ~LoadProbe() override;

  void Cancel() { context_.TryCancel(); }

  void Heartbeat();
  // From now on it holds VIP 0 or 1, or does not.
  void Report(std::size_t vip, bool held);
  // When the first directive of this kind came since the last call; nullopt: none came within the time.
  std::optional<Clock::time_point> Await(arbiter::v1::Directive::ActionCase action, std::chrono::milliseconds within);

 private:
  struct Arrival {
    arbiter::v1::Directive::ActionCase action;
    Clock::time_point at;
  };

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void Answer(const arbiter::v1::AffirmRequest& request);
  void Obey(const arbiter::v1::Directive& directive);
  void SendSnapshot();
  void Send(arbiter::v1::ProbeMessage message);
  void SendLocked(arbiter::v1::ProbeMessage message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Events events_;
  std::unique_ptr<arbiter::v1::ProbeService::Stub> stub_;
  grpc::ClientContext context_;
  arbiter::v1::ArbiterMessage incoming_;
  absl::Notification done_;

  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  arbiter::v1::ProbeMessage outgoing_ ABSL_GUARDED_BY(mutex_);
  std::deque<arbiter::v1::ProbeMessage> unsent_ ABSL_GUARDED_BY(mutex_);
  std::vector<arbiter::v1::VipReport> vips_ ABSL_GUARDED_BY(mutex_);
  std::deque<Arrival> arrivals_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace bench

#endif  // TESTS_BENCH_LOAD_PROBE_H_
