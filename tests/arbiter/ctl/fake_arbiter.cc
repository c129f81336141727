#include "tests/arbiter/ctl/fake_arbiter.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command_line.h"
#include "arbiter/ctl/console.h"

namespace arbiter::ctl {
namespace {

template <typename Request, typename Entry, typename Response, typename Out>
void GivePage(const Request& request, const std::vector<Entry>& all, Response* response, Out* out) {
  std::size_t next = 0;
  if (!absl::SimpleAtoi(request.page_token(), &next)) next = 0;
  const std::size_t end = std::min({next + 2, next + request.page_size(), all.size()});
  for (; next < end; ++next) *out->Add() = all[next];
  if (next < all.size()) response->set_next_page_token(absl::StrCat(next));
}

}  // namespace

FakeArbiter::FakeArbiter() {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeArbiter::~FakeArbiter() { server_->Shutdown(std::chrono::system_clock::now()); }

grpc::Status FakeArbiter::GetStatus(Context* /*c*/, const v1::GetStatusRequest* request, v1::GetStatusResponse* out) {
  status_request = *request;
  *out = status;
  return verdict;
}

grpc::Status FakeArbiter::ListNodes(Context* /*c*/, const v1::ListNodesRequest* /*request*/,
                                    v1::ListNodesResponse* out) {
  *out = nodes;
  return verdict;
}

grpc::Status FakeArbiter::ListIncidents(Context* /*c*/, const v1::ListIncidentsRequest* request,
                                        v1::ListIncidentsResponse* out) {
  incident_requests.push_back(*request);
  GivePage(*request, incidents, out, out->mutable_incidents());
  return verdict;
}

grpc::Status FakeArbiter::GetIncident(Context* /*c*/, const v1::GetIncidentRequest* request, v1::Incident* out) {
  for (const v1::Incident& incident : incidents) {
    if (incident.id() != request->id()) continue;
    *out = incident;
    return verdict;
  }
  return {grpc::StatusCode::NOT_FOUND, absl::StrCat("there is no incident '", request->id(), "'")};
}

grpc::Status FakeArbiter::ListAudit(Context* /*c*/, const v1::ListAuditRequest* request, v1::ListAuditResponse* out) {
  audit_requests.push_back(*request);
  GivePage(*request, audit, out, out->mutable_entries());
  return verdict;
}

grpc::Status FakeArbiter::WatchEvents(Context* /*c*/, const v1::WatchEventsRequest* request,
                                      grpc::ServerWriter<v1::Event>* writer) {
  events_request = *request;
  for (const v1::Event& event : events) writer->Write(event);
  return verdict;
}

grpc::Status FakeArbiter::GetDiff(Context* /*c*/, const v1::GetDiffRequest* /*request*/, v1::GetDiffResponse* out) {
  *out = diff;
  return verdict;
}

grpc::Status FakeArbiter::Demote(Context* /*c*/, const v1::DemoteRequest* request, v1::DemoteResponse* out) {
  demote_request = *request;
  out->set_incident("3-2");
  out->set_survivor("a");
  return verdict;
}

grpc::Status FakeArbiter::Release(Context* /*c*/, const v1::ReleaseRequest* request, v1::ReleaseResponse* /*out*/) {
  release_request = *request;
  return verdict;
}

grpc::Status FakeArbiter::Forget(Context* /*c*/, const v1::ForgetRequest* request, v1::ForgetResponse* out) {
  forget_request = *request;
  out->set_known(request->node() == "b");
  return verdict;
}

grpc::Status FakeArbiter::SetMode(Context* /*c*/, const v1::SetModeRequest* request, v1::SetModeResponse* out) {
  mode_request = *request;
  out->add_clusters("prod");
  out->add_clusters("test");
  return verdict;
}

Outcome RunArbctl(const std::vector<std::string>& words, const Screen& screen) {
  std::ostringstream out;
  std::ostringstream err;
  int looks = screen.looks;
  const Console console{.out = out,
                        .err = err,
                        .colour = screen.colour,
                        .redraws = screen.redraws,
                        .zone = absl::UTCTimeZone(),
                        .size = [&] { return screen.size; },
                        .on_signal = [](const char*, const char*) {},
                        .wait = [&](std::chrono::nanoseconds) { return --looks > 0; }};
  std::vector<const char*> argv = {"arbctl"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  const int code = Run(static_cast<int>(argv.size()), argv.data(), console);
  return {code, out.str(), err.str()};
}

Outcome RunAgainst(const FakeArbiter& arbiter, const std::vector<std::string>& words, const Screen& screen) {
  std::vector<std::string> all = {"--server", arbiter.address()};
  all.insert(all.end(), words.begin(), words.end());
  return RunArbctl(all, screen);
}

}  // namespace arbiter::ctl
