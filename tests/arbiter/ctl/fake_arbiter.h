// An arbiter that says what a test wants, over real gRPC on loopback, and arbctl run against it.
#ifndef TESTS_ARBITER_CTL_FAKE_ARBITER_H_
#define TESTS_ARBITER_CTL_FAKE_ARBITER_H_

#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "arbiter/ctl/console.h"
#include "arbiter/v1/operations_service.grpc.pb.h"

namespace arbiter::ctl {

// Answers are public; requests are kept for the test to look at. Set everything before arbctl runs.
class FakeArbiter final : public v1::OperationsService::Service {
 public:
  FakeArbiter();
  ~FakeArbiter() override;
  FakeArbiter(const FakeArbiter&) = delete;
  FakeArbiter& operator=(const FakeArbiter&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }

  grpc::Status verdict;  // of every call; not OK: there is no answer
  v1::GetStatusResponse status;
  v1::ListNodesResponse nodes;
  std::vector<v1::Incident> incidents;
  std::vector<v1::AuditEntry> audit;
  v1::GetDiffResponse diff;
  std::vector<v1::Event> events;

  v1::GetStatusRequest status_request;
  std::vector<v1::ListIncidentsRequest> incident_requests;
  std::vector<v1::ListAuditRequest> audit_requests;
  v1::WatchEventsRequest events_request;
  v1::DemoteRequest demote_request;
  v1::ReleaseRequest release_request;
  v1::ForgetRequest forget_request;
  v1::SetModeRequest mode_request;

 private:
  using Context = grpc::ServerContext;
  grpc::Status GetStatus(Context* c, const v1::GetStatusRequest* request, v1::GetStatusResponse* out) override;
  grpc::Status ListNodes(Context* c, const v1::ListNodesRequest* request, v1::ListNodesResponse* out) override;
  // Pages of at most 2, so that there are several.
  grpc::Status ListIncidents(Context* c, const v1::ListIncidentsRequest* request,
                             v1::ListIncidentsResponse* out) override;
  grpc::Status GetIncident(Context* c, const v1::GetIncidentRequest* request, v1::Incident* out) override;
  grpc::Status ListAudit(Context* c, const v1::ListAuditRequest* request, v1::ListAuditResponse* out) override;
  grpc::Status WatchEvents(Context* c, const v1::WatchEventsRequest* request,
                           grpc::ServerWriter<v1::Event>* writer) override;
  grpc::Status GetDiff(Context* c, const v1::GetDiffRequest* request, v1::GetDiffResponse* out) override;
  grpc::Status Demote(Context* c, const v1::DemoteRequest* request, v1::DemoteResponse* out) override;
  grpc::Status Forget(Context* c, const v1::ForgetRequest* request, v1::ForgetResponse* out) override;
  grpc::Status Release(Context* c, const v1::ReleaseRequest* request, v1::ReleaseResponse* out) override;
  grpc::Status SetMode(Context* c, const v1::SetModeRequest* request, v1::SetModeResponse* out) override;

  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// How the console of a run is.
struct Screen {
  bool colour = false;
  bool redraws = false;
  ScreenSize size{};
  int looks = 1;  // of --watch
};

// arbctl with these words behind its name.
Outcome RunArbctl(const std::vector<std::string>& words, const Screen& screen = {});

// The same, with --server naming the fake.
Outcome RunAgainst(const FakeArbiter& arbiter, const std::vector<std::string>& words, const Screen& screen = {});

}  // namespace arbiter::ctl

#endif  // TESTS_ARBITER_CTL_FAKE_ARBITER_H_
