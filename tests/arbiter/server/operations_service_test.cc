#include "arbiter/server/operations_service.h"

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "arbiter/v1/operations_service.grpc.pb.h"
#include "tests/arbiter/server/test_arbiter.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

core::Note NoteOf(const std::string& text, const std::string& cluster = "prod") {
  core::Note note;
  note.cluster = cluster;
  note.kind = "test";
  note.text = text;
  return note;
}

class OperationsServiceTest : public testing::Test {
 protected:
  // Each call with a context of its own.
  template <typename Call>
  grpc::Status With(Call call) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    return call(&context);
  }

  store::MemoryStore store_;
  TestArbiter arbiter_{&store_, {}};
  std::unique_ptr<v1::OperationsService::Stub> stub_ = v1::OperationsService::NewStub(arbiter_.Connect());
};

TEST_F(OperationsServiceTest, AnEmptyArbiterHasAStatus) {
  v1::GetStatusResponse response;
  ASSERT_TRUE(With([&](auto* c) { return stub_->GetStatus(c, {}, &response); }).ok());
  EXPECT_EQ(response.arbiter().id(), "w1");
  EXPECT_EQ(response.arbiter().term(), 1U);
  EXPECT_EQ(response.clusters_size(), 0);
}

TEST_F(OperationsServiceTest, AnUnknownClusterIsNotFound) {
  v1::GetStatusRequest request;
  request.set_cluster("nowhere");
  v1::GetStatusResponse response;
  const grpc::Status status = With([&](auto* c) { return stub_->GetStatus(c, request, &response); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(OperationsServiceTest, AMisspeltClusterHasNeitherIncidentsNorEvents) {
  core::IncidentRecord record;
  record.id = "0-1";
  record.vips = {*IpAddress::Parse("192.168.1.212")};
  record.cluster = "away";  // its nodes have not come back
  record.state = core::IncidentState::kClosed;
  ASSERT_TRUE(store_.WriteIncident(record).ok());
  arbiter_.events().Append(NoteOf("1", "heard of"), absl::UnixEpoch());
  const auto incidents = [&](const std::string& cluster, bool open_only) {
    v1::ListIncidentsRequest request;
    request.set_cluster(cluster);
    request.set_open_only(open_only);
    v1::ListIncidentsResponse response;
    return With([&](auto* c) { return stub_->ListIncidents(c, request, &response); }).error_code();
  };
  const auto events = [&](const std::string& cluster) {
    grpc::ClientContext context;
    v1::WatchEventsRequest request;
    request.set_cluster(cluster);
    request.set_backlog(1);
    const auto stream = stub_->WatchEvents(&context, request);
    v1::Event event;
    while (stream->Read(&event)) {
    }
    return stream->Finish().error_code();
  };
  EXPECT_EQ(incidents("typo", false), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(incidents("typo", true), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(incidents("away", false), grpc::StatusCode::OK);
  EXPECT_EQ(incidents("away", true), grpc::StatusCode::OK) << "it has none that is open";
  EXPECT_EQ(incidents("", false), grpc::StatusCode::OK);
  EXPECT_EQ(events("typo"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(events("away"), grpc::StatusCode::OK);
  EXPECT_EQ(events("heard of"), grpc::StatusCode::OK);
  EXPECT_EQ(events(""), grpc::StatusCode::OK);
}

TEST_F(OperationsServiceTest, NodesCarryTheirWholeReport) {
  TestProbe probe(arbiter_.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  v1::ListNodesResponse response;
  ASSERT_TRUE(Eventually([&] {
    response.Clear();
    return With([&](auto* c) { return stub_->ListNodes(c, {}, &response); }).ok() && response.nodes_size() == 1;
  }));
  EXPECT_EQ(response.nodes(0).cluster(), "prod");
  EXPECT_TRUE(response.nodes(0).report().gate_usable());
  ASSERT_EQ(response.nodes(0).vips_size(), 1);
  EXPECT_EQ(response.nodes(0).vips(0).priority(), 100U);
}

TEST_F(OperationsServiceTest, AnUnknownIncidentIsNotFound) {
  v1::GetIncidentRequest request;
  request.set_id("9-9");
  v1::Incident response;
  const grpc::Status status = With([&](auto* c) { return stub_->GetIncident(c, request, &response); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(OperationsServiceTest, IncidentsComeInPages) {
  for (int i = 1; i <= 5; ++i) {
    core::IncidentRecord record;
    record.id = "0-" + std::to_string(i);
    record.vips = {*IpAddress::Parse("192.168.1.212")};
    record.cluster = "prod";
    record.state = core::IncidentState::kClosed;
    ASSERT_TRUE(store_.WriteIncident(record).ok());
  }
  v1::ListIncidentsRequest request;
  request.set_page_size(2);
  std::string ids;
  do {
    v1::ListIncidentsResponse response;
    ASSERT_TRUE(With([&](auto* c) { return stub_->ListIncidents(c, request, &response); }).ok());
    EXPECT_LE(response.incidents_size(), 2);
    for (const v1::Incident& incident : response.incidents()) {
      ids += incident.id() + " ";
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids, "0-5 0-4 0-3 0-2 0-1 ");

  request.set_page_token("garbage");
  v1::ListIncidentsResponse response;
  EXPECT_EQ(With([&](auto* c) { return stub_->ListIncidents(c, request, &response); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(OperationsServiceTest, BadRequestsAreRefused) {
  v1::ReleaseRequest release;
  release.set_node("a");
  release.set_vip("not an address");
  v1::ReleaseResponse released;
  EXPECT_EQ(With([&](auto* c) { return stub_->Release(c, release, &released); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  release.set_vip("10.0.0.100");
  EXPECT_EQ(With([&](auto* c) { return stub_->Release(c, release, &released); }).error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::SetModeResponse set;
  EXPECT_EQ(With([&](auto* c) { return stub_->SetMode(c, {}, &set); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  v1::SetModeRequest mode;
  mode.set_mode(v1::MODE_OBSERVE);
  mode.mutable_for_()->set_seconds(-1);
  EXPECT_EQ(With([&](auto* c) { return stub_->SetMode(c, mode, &set); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(OperationsServiceTest, WhatOperatorsDoIsAudited) {
  TestProbe probe(arbiter_.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  v1::GetStatusResponse status;
  ASSERT_TRUE(Eventually([&] {
    status.Clear();
    return With([&](auto* c) { return stub_->GetStatus(c, {}, &status); }).ok() && status.clusters_size() == 1;
  }));
  v1::SetModeRequest request;
  request.set_mode(v1::MODE_OBSERVE);
  v1::SetModeResponse response;
  ASSERT_TRUE(With([&](auto* c) { return stub_->SetMode(c, request, &response); }).ok());
  ASSERT_EQ(response.clusters_size(), 1);
  EXPECT_EQ(response.clusters(0), "prod");
  EXPECT_TRUE(Eventually([&] { return !store_.ListAudit({})->entries.empty(); }));
  EXPECT_EQ(store_.ListAudit({})->entries.front().what, "set mode observe (done)");
  request.mutable_for_()->set_seconds(1'800);
  ASSERT_TRUE(With([&](auto* c) { return stub_->SetMode(c, request, &response); }).ok());
  EXPECT_TRUE(Eventually([&] { return store_.ListAudit({})->entries.size() == 2; }));
  EXPECT_EQ(store_.ListAudit({})->entries.front().what, "set mode observe for 30m0s (done)");
}

TEST_F(OperationsServiceTest, TheAuditIsListedWithReasonsNewestFirst) {
  const absl::Time before = absl::Now() - absl::Seconds(1);
  v1::ForgetRequest request;
  request.set_node("gone");
  request.set_reason("sold");
  v1::ForgetResponse response;
  ASSERT_TRUE(With([&](auto* c) { return stub_->Forget(c, request, &response); }).ok());
  const auto list = [&](const std::string& cluster, absl::Time since) {
    v1::ListAuditRequest list_request;
    list_request.set_cluster(cluster);
    list_request.mutable_since()->set_seconds(absl::ToUnixSeconds(since));
    v1::ListAuditResponse audit;
    EXPECT_TRUE(With([&](auto* c) { return stub_->ListAudit(c, list_request, &audit); }).ok());
    return audit;
  };
  ASSERT_TRUE(Eventually([&] { return list("", before).entries_size() == 1; }));
  const v1::AuditEntry entry = list("", before).entries(0);
  EXPECT_EQ(entry.what(), "forget (done): sold");
  EXPECT_EQ(entry.node(), "gone");
  EXPECT_EQ(entry.sequence(), 0U);
  EXPECT_GE(entry.at().seconds(), absl::ToUnixSeconds(before));
  EXPECT_EQ(list("", absl::Now() + absl::Hours(1)).entries_size(), 0);
  v1::ListAuditRequest foreign;
  foreign.set_cluster("misspelt");
  v1::ListAuditResponse none;
  ASSERT_TRUE(With([&](auto* c) { return stub_->ListAudit(c, foreign, &none); }).ok()) << "it was done in all";
  foreign.set_page_token("garbage");
  EXPECT_EQ(With([&](auto* c) { return stub_->ListAudit(c, foreign, &none); }).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(OperationsServiceTest, ADemotionNeedsAnotherHolder) {
  TestProbe probe(arbiter_.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  v1::DemoteRequest request;
  request.set_node("a");
  request.set_vip("10.0.0.100");
  v1::DemoteResponse response;
  grpc::Status status;
  ASSERT_TRUE(Eventually([&] {
    status = With([&](auto* c) { return stub_->Demote(c, request, &response); });
    return status.error_code() != grpc::StatusCode::NOT_FOUND;
  }));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << status.error_message();
}

TEST_F(OperationsServiceTest, DifferencesAreListed) {
  v1::GetDiffResponse response;
  EXPECT_TRUE(With([&](auto* c) { return stub_->GetDiff(c, {}, &response); }).ok());
}

TEST_F(OperationsServiceTest, EventsBeginWithABacklogAndGoOn) {
  for (const char* text : {"1", "2", "3"}) {
    arbiter_.events().Append(NoteOf(text), absl::UnixEpoch());
  }
  arbiter_.events().Append(NoteOf("of another cluster", "other"), absl::UnixEpoch());
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_cluster("prod");
  request.set_backlog(2);
  request.set_follow(true);
  const auto stream = stub_->WatchEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "2");
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "3");
  arbiter_.events().Append(NoteOf("4"), absl::UnixEpoch());
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "4");
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(OperationsServiceTest, EventsEndAfterTheBacklogUnlessFollowed) {
  arbiter_.events().Append(NoteOf("1"), absl::UnixEpoch());
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_backlog(10);
  const auto stream = stub_->WatchEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "1");
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(OperationsServiceTest, ASlowReaderIsToldHowManyEventsItMissed) {
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_follow(true);
  request.set_backlog(1);
  arbiter_.events().Append(NoteOf("0"), absl::UnixEpoch());
  const auto stream = stub_->WatchEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  const std::string long_text(2'000, 'x');
  for (int i = 0; i < 4'000; ++i) {
    arbiter_.events().Append(NoteOf(long_text), absl::UnixEpoch());
  }
  arbiter_.events().Append(NoteOf("last"), absl::UnixEpoch());
  bool missed = false;
  while (stream->Read(&event) && event.text() != "last") {
    missed = missed || event.kind() == "missed";
  }
  EXPECT_EQ(event.text(), "last");
  EXPECT_TRUE(missed);
  context.TryCancel();
  stream->Finish();
}

TEST_F(OperationsServiceTest, MetricsAreNamedAfterTheWordsOfTheContract) {
  TestProbe probe(arbiter_.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  MetricsView view;
  ASSERT_TRUE(Eventually([&] {
    view.clusters =
        arbiter_.loop()
            .Look([](const core::Engine& engine, const ProbeRegistry&, core::Instant now) { return engine.View(now); })
            .value();
    return view.clusters.size() == 1 && view.clusters[0].vips.size() == 1;
  }));
  const std::string text = arbiter_.metrics().Render(view);
  for (const char* line :
       {"arbiter_nodes{cluster=\"prod\",state=\"connected\"} 1", "arbiter_vips{cluster=\"prod\",state=\"held\"} 1",
        "arbiter_vips{cluster=\"prod\",state=\"split\"} 0", "arbiter_incidents_open{cluster=\"prod\"} 0",
        "arbiter_enforcing{cluster=\"prod\"} 1", "# TYPE arbiter_step_seconds histogram",
        // What has not happened yet is there as well: increase() needs the 0 before the first 1.
        "arbiter_directives_total{kind=\"trial_adverts\",outcome=\"limited\"} 0",
        "arbiter_directives_total{kind=\"hold\",outcome=\"refused\"} 0", "arbiter_events_total{kind=\"split\"} 0",
        "arbiter_streams_ended_total{code=\"PERMISSION_DENIED\"} 0", "arbiter_directive_seconds_count{kind=\"hold\"} 0",
        "# TYPE arbiter_healthy_contests_total counter", "arbiter_healthy_contests_total{cluster=\"prod\"} 0",
        "# TYPE arbiter_audit_entries_lost_total counter", "# TYPE arbiter_log_lines_lost_total counter"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace arbiter::server
