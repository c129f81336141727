#include "arbiter/server/operations_service.h"

#include <memory>
#include <string>
#include <utility>

#include "arbiter/client/status.h"
#include "arbiter/server/event_stream.h"

namespace arbiter::server {
namespace {

constexpr char kTooManyWait[] = "too many requests wait already: try again";

}  // namespace

using Unary = OperationsService::Unary;

Unary* OperationsService::GetStatus(Context* context, const v1::GetStatusRequest* request,
                                    v1::GetStatusResponse* response) {
  return Look(context, [this, request, response] { return parts_.answers->GetStatus(*request, response); });
}

Unary* OperationsService::ListNodes(Context* context, const v1::ListNodesRequest* request,
                                    v1::ListNodesResponse* response) {
  return Look(context, [this, request, response] { return parts_.answers->ListNodes(*request, response); });
}

Unary* OperationsService::ListIncidents(Context* context, const v1::ListIncidentsRequest* request,
                                        v1::ListIncidentsResponse* response) {
  return Look(context, [this, request, response] { return parts_.answers->ListIncidents(*request, response); });
}

Unary* OperationsService::GetIncident(Context* context, const v1::GetIncidentRequest* request, v1::Incident* response) {
  return Look(context, [this, request, response] { return parts_.answers->GetIncident(*request, response); });
}

Unary* OperationsService::ListAudit(Context* context, const v1::ListAuditRequest* request,
                                    v1::ListAuditResponse* response) {
  return Look(context, [this, request, response] { return parts_.answers->ListAudit(*request, response); });
}

Unary* OperationsService::GetDiff(Context* context, const v1::GetDiffRequest* request, v1::GetDiffResponse* response) {
  return Look(context, [this, request, response] { return parts_.answers->GetDiff(*request, response); });
}

Unary* OperationsService::Demote(Context* context, const v1::DemoteRequest* request, v1::DemoteResponse* response) {
  return Act(context, [this, request, response](const std::string& who) {
    return parts_.answers->Demote(*request, who, response);
  });
}

Unary* OperationsService::Release(Context* context, const v1::ReleaseRequest* request, v1::ReleaseResponse* response) {
  return Act(context, [this, request, response](const std::string& who) {
    return parts_.answers->Release(*request, who, response);
  });
}

Unary* OperationsService::Forget(Context* context, const v1::ForgetRequest* request, v1::ForgetResponse* response) {
  return Act(context, [this, request, response](const std::string& who) {
    return parts_.answers->Forget(*request, who, response);
  });
}

Unary* OperationsService::SetMode(Context* context, const v1::SetModeRequest* request, v1::SetModeResponse* response) {
  return Act(context, [this, request, response](const std::string& who) {
    return parts_.answers->SetMode(*request, who, response);
  });
}

grpc::ServerWriteReactor<v1::Event>* OperationsService::WatchEvents(Context* context,
                                                                    const v1::WatchEventsRequest* request) {
  const auto permitted = [access = parts_.access, peer = PeerOf(*context)] { return access->MayLook(peer); };
  const std::shared_ptr<EventStream> stream = EventStream::Make(parts_.events, *request, permitted);
  EventStream* const reactor = stream.get();  // from Start on gRPC may be done with it at any time
  const std::string& cluster = request->cluster();
  const bool known = cluster.empty() || parts_.events->StartOf(1, cluster) != parts_.events->Next();
  if (const absl::Status admitted = permitted(); !admitted.ok() || known) {
    stream->Start(admitted, limits_.watchers);
    return reactor;
  }
  const bool taken = parts_.desk->Serve(
      [this, stream, cluster] { stream->Start(parts_.answers->CheckCluster(cluster), limits_.watchers); });
  if (!taken) {
    stream->Start(absl::ResourceExhaustedError(kTooManyWait), limits_.watchers);
  }
  return reactor;
}

Unary* OperationsService::Look(Context* context, std::function<absl::Status()> work) {
  return Serve(context, parts_.access->MayLook(PeerOf(*context)), std::move(work));
}

Unary* OperationsService::Act(Context* context, std::function<absl::Status(const std::string& who)> work) {
  const Peer peer = PeerOf(*context);
  return Serve(context, parts_.access->MayAct(peer),
               [who = peer.ToString(), work = std::move(work)] { return work(who); });
}

Unary* OperationsService::Serve(Context* context, const absl::Status& permitted, std::function<absl::Status()> work) {
  Unary* reactor = context->DefaultReactor();
  if (!permitted.ok()) {
    reactor->Finish(client::ToGrpc(permitted));
    return reactor;
  }
  const bool taken = parts_.desk->Serve([reactor, work = std::move(work)] { reactor->Finish(client::ToGrpc(work())); });
  if (!taken) {
    reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, kTooManyWait});
  }
  return reactor;
}

}  // namespace arbiter::server
