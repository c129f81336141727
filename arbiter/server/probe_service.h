// The service that probes attach to: makes a session for each stream, and owns them.
#ifndef ARBITER_SERVER_PROBE_SERVICE_H_
#define ARBITER_SERVER_PROBE_SERVICE_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/probe_session.h"
#include "arbiter/server/rate_limit.h"
#include "arbiter/server/repeat_limit.h"
#include "arbiter/v1/probe_service.grpc.pb.h"

namespace arbiter::server {

// Thread-safe. Outlives the gRPC server that it is registered with.
class ProbeService final : public v1::ProbeService::CallbackService, public SessionHost {
 public:
  struct Parts {
    EngineLoop* loop = nullptr;
    const Access* access = nullptr;
    const DirectiveLedger* ledger = nullptr;
    store::Store* store = nullptr;
    const process::Log* log = nullptr;
    Metrics* metrics = nullptr;
  };
  // `welcome` has what is the same for every probe: the arbiter's name, its version, the heartbeat interval.
  ProbeService(const Parts& parts, const Limits& limits, v1::Welcome welcome)
      : parts_(parts), limits_(limits), welcome_(std::move(welcome)) {}

  grpc::ServerBidiReactor<v1::ProbeMessage, v1::ArbiterMessage>* Attach(grpc::CallbackServerContext* context) override;

  // Ends the streams that have gone over a time limit. To be called about once a second.
  void CheckTimes(core::Instant now);

  // Ends the streams of those who may no longer attach. To be called when the roles have changed.
  void EndUnwelcome();

  [[nodiscard]] std::size_t streams() const;

  EngineLoop& loop() override { return *parts_.loop; }
  [[nodiscard]] const Limits& limits() const override { return limits_; }
  [[nodiscard]] const Access& access() const override { return *parts_.access; }
  [[nodiscard]] const DirectiveLedger& ledger() const override { return *parts_.ledger; }
  absl::StatusOr<std::string> CheckCluster(const Peer& peer, const core::NodeKey& node) override;
  absl::StatusOr<v1::Welcome> WelcomeTo(const std::string& cluster) override;
  void Ending(const ProbeSession& session, const absl::Status& status) override;
  void Done(ProbeSession* session) override;

 private:
  [[nodiscard]] std::vector<std::shared_ptr<ProbeSession>> Sessions() const;

  const Parts parts_;
  const Limits limits_;
  const v1::Welcome welcome_;
  // A peer that tries again and again must not fill the log, nor must many.
  RepeatLimit repeat_limit_{std::chrono::minutes(1), 1'000};
  RateLimit log_limit_{20, std::chrono::seconds(10)};
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<ProbeSession*, std::shared_ptr<ProbeSession>> sessions_ ABSL_GUARDED_BY(mutex_);
  // Held while the store makes a new cluster's key durable: only other newcomers wait for that.
  absl::Mutex keys_mutex_;
  std::map<std::string, std::string> pins_ ABSL_GUARDED_BY(keys_mutex_);  // clusters of certificates that name none
  std::map<std::string, std::string> keys_ ABSL_GUARDED_BY(keys_mutex_);  // of clusters, for fingerprints
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PROBE_SERVICE_H_
