// The service that operators call.
#ifndef ARBITER_SERVER_OPERATIONS_SERVICE_H_
#define ARBITER_SERVER_OPERATIONS_SERVICE_H_

#include <functional>

#include "arbiter/server/access.h"
#include "arbiter/server/desk.h"
#include "arbiter/server/event_log.h"
#include "arbiter/server/limits.h"
#include "arbiter/server/operator_answers.h"
#include "arbiter/v1/operations_service.grpc.pb.h"

namespace arbiter::server {

// Thread-safe. Asks who the caller is before anything else; the answers are made on the desk's threads, so that no call
// holds up gRPC's. Outlives the gRPC server that it is registered with.
class OperationsService final : public v1::OperationsService::CallbackService {
 public:
  struct Parts {
    OperatorAnswers* answers = nullptr;
    Desk* desk = nullptr;
    EventLog* events = nullptr;
    const Access* access = nullptr;
  };
  OperationsService(const Parts& parts, const Limits& limits) : parts_(parts), limits_(limits) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;

  Unary* GetStatus(Context* context, const v1::GetStatusRequest* request, v1::GetStatusResponse* response) override;
  Unary* ListNodes(Context* context, const v1::ListNodesRequest* request, v1::ListNodesResponse* response) override;
  Unary* ListIncidents(Context* context, const v1::ListIncidentsRequest* request,
                       v1::ListIncidentsResponse* response) override;
  Unary* GetIncident(Context* context, const v1::GetIncidentRequest* request, v1::Incident* response) override;
  Unary* ListAudit(Context* context, const v1::ListAuditRequest* request, v1::ListAuditResponse* response) override;
  Unary* GetDiff(Context* context, const v1::GetDiffRequest* request, v1::GetDiffResponse* response) override;
  Unary* Demote(Context* context, const v1::DemoteRequest* request, v1::DemoteResponse* response) override;
  Unary* Release(Context* context, const v1::ReleaseRequest* request, v1::ReleaseResponse* response) override;
  Unary* Forget(Context* context, const v1::ForgetRequest* request, v1::ForgetResponse* response) override;
  Unary* SetMode(Context* context, const v1::SetModeRequest* request, v1::SetModeResponse* response) override;
  grpc::ServerWriteReactor<v1::Event>* WatchEvents(Context* context, const v1::WatchEventsRequest* request) override;

 private:
  // Ends the call with what `work` returns, unless the peer may not ask.
  Unary* Look(Context* context, std::function<absl::Status()> work);
  Unary* Act(Context* context, std::function<absl::Status(const std::string& who)> work);
  Unary* Serve(Context* context, const absl::Status& permitted, std::function<absl::Status()> work);

  const Parts parts_;
  const Limits limits_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_OPERATIONS_SERVICE_H_
