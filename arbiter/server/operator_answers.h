// What operators are answered.
#ifndef ARBITER_SERVER_OPERATOR_ANSWERS_H_
#define ARBITER_SERVER_OPERATOR_ANSWERS_H_

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/store/store.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::server {

// Thread-safe. Every call waits for the engine's thread or the store. The statuses are those that
// proto/arbiter/v1/operations_service.proto promises, DeadlineExceeded when the engine does not answer, and Unavailable
// while the arbiter stops.
class OperatorAnswers {
 public:
  struct Self {
    std::string id;
    std::string version;
    core::Instant started{};
  };

  OperatorAnswers(EngineLoop* loop, store::Store* store, const process::Log* log, Self self)
      : loop_(loop), store_(store), log_(log), self_(std::move(self)) {}

  absl::Status GetStatus(const v1::GetStatusRequest& request, v1::GetStatusResponse* response) const;
  absl::Status ListNodes(const v1::ListNodesRequest& request, v1::ListNodesResponse* response) const;
  absl::Status ListIncidents(const v1::ListIncidentsRequest& request, v1::ListIncidentsResponse* response) const;
  absl::Status GetIncident(const v1::GetIncidentRequest& request, v1::Incident* response) const;
  // What the store has; entries that it does not take wait in the writer.
  absl::Status ListAudit(const v1::ListAuditRequest& request, v1::ListAuditResponse* response) const;
  // OK for a cluster of which anything is known: a node, an incident, however old, or a mode; and for "", which is all.
  // Else NotFound: it is misspelt.
  absl::Status CheckCluster(const std::string& cluster) const;
  absl::Status GetDiff(const v1::GetDiffRequest& request, v1::GetDiffResponse* response) const;

  // `who` asks; audited and logged, whatever comes of it.
  absl::Status Demote(const v1::DemoteRequest& request, const std::string& who, v1::DemoteResponse* response);
  absl::Status Release(const v1::ReleaseRequest& request, const std::string& who, v1::ReleaseResponse* response);
  absl::Status Forget(const v1::ForgetRequest& request, const std::string& who, v1::ForgetResponse* response);
  absl::Status SetMode(const v1::SetModeRequest& request, const std::string& who, v1::SetModeResponse* response);

 private:
  // What somebody did, for audit and log.
  struct Action {
    std::string who;
    std::string what;
    std::string cluster;
    std::string node;
    std::string vip;
    std::string reason;
  };

  // The answer as a status, after it was written down.
  absl::Status Record(const Action& action, const absl::StatusOr<core::OperatorAnswer>& answer);
  // Open incidents of the engine that the store does not have: it may not be able to write.
  void AddUnstored(const v1::ListIncidentsRequest& request, const std::vector<core::IncidentRecord>& open,
                   v1::ListIncidentsResponse* response) const;

  EngineLoop* const loop_;
  store::Store* const store_;
  const process::Log* const log_;
  const Self self_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_OPERATOR_ANSWERS_H_
