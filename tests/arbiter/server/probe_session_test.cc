#include "arbiter/server/probe_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "arbiter/v1/operations_service.grpc.pb.h"
#include "tests/arbiter/server/test_arbiter.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Reads status as arbctl does.
class Operator {
 public:
  explicit Operator(const TestArbiter& arbiter) : stub_(v1::OperationsService::NewStub(arbiter.Connect())) {}

  v1::GetStatusResponse Status() {
    grpc::ClientContext context;
    v1::GetStatusResponse response;
    const grpc::Status status = stub_->GetStatus(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  v1::ListNodesResponse Nodes() {
    grpc::ClientContext context;
    v1::ListNodesResponse response;
    const grpc::Status status = stub_->ListNodes(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  v1::VipState VipState() {
    const v1::GetStatusResponse status = Status();
    return status.clusters_size() == 1 && status.clusters(0).vips_size() == 1 ? status.clusters(0).vips(0).state()
                                                                              : v1::VIP_STATE_UNSPECIFIED;
  }

  v1::NodeState NodeState(const std::string& node) {
    const v1::GetStatusResponse status = Status();
    for (const v1::ClusterStatus& cluster : status.clusters()) {
      for (const v1::NodeStatus& shown : cluster.nodes()) {
        if (shown.id() == node) {
          return shown.state();
        }
      }
    }
    return v1::NODE_STATE_UNSPECIFIED;
  }

  v1::OperationsService::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1::OperationsService::Stub> stub_;
};

v1::VipReport Behind(v1::VipReport vip, v1::GateState gate) {
  vip.set_gate(gate);
  return vip;
}

TEST(ProbeSession, TheEngineAnswersHeartbeatsAndNobodyElseDoes) {
  store::MemoryStore store;
  TestArbiter arbiter(&store, {});
  TestProbe probe(arbiter.Connect());
  const auto is_alive = [](const auto& one) { return one.has_alive(); };
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  ASSERT_TRUE(probe.Await(is_alive).has_value());
  // While the engine's thread stands still the stream takes heartbeats, and answers none.
  absl::Notification stands_still;
  absl::Notification goes_on;
  std::thread holds_it([&] {
    const auto held = arbiter.loop().Look([&](const core::Engine&, const ProbeRegistry&, core::Instant at) {
      stands_still.Notify();
      goes_on.WaitForNotificationWithTimeout(absl::Seconds(4));
      return at;
    });
    ASSERT_TRUE(held.ok()) << held.status();
  });
  stands_still.WaitForNotification();
  ASSERT_TRUE(probe.Heartbeat());
  EXPECT_FALSE(probe.Await(is_alive, absl::Milliseconds(500)).has_value());
  goes_on.Notify();
  holds_it.join();
  EXPECT_TRUE(probe.Await(is_alive).has_value());
}

TEST(ProbeSession, WelcomesAProbe) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Say(HelloOf("a")));
  const auto message = probe.Await([](const auto& one) { return one.has_welcome(); });
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->welcome().arbiter(), "w1");
  EXPECT_EQ(message->welcome().term(), 1U);
  EXPECT_EQ(message->welcome().heartbeat_interval().seconds(), 1);
  EXPECT_EQ(message->welcome().fingerprint_key().size(), 32U);
}

TEST(ProbeSession, TellsAProbeTheVipsThatOthersKnow) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a"), {AbsentVip()}));
  Operator op(arbiter);
  ASSERT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_UNHELD; }));

  TestProbe second(arbiter.Connect());
  ASSERT_TRUE(second.Say(HelloOf("b")));
  const auto welcome = second.Await([](const auto& one) { return one.has_welcome(); });
  ASSERT_TRUE(welcome.has_value());
  ASSERT_EQ(welcome->welcome().known_vips_size(), 1);
  EXPECT_EQ(welcome->welcome().known_vips(0), "10.0.0.100");

  v1::VipReport other = AbsentVip();
  other.set_address("10.0.0.101");
  ASSERT_TRUE(first.Report(other));
  TestProbe third(arbiter.Connect());
  ASSERT_TRUE(third.Attach(HelloOf("c"), {}));
  EXPECT_TRUE(first.Await([](const auto& one) { return one.known_vips().vips_size() == 2; }).has_value());
}

TEST(ProbeSession, ShowsANodeWhileItsStreamIsThere) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  {
    TestProbe probe(arbiter.Connect());
    ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
    EXPECT_TRUE(Eventually([&] { return op.NodeState("a") == v1::NODE_STATE_CONNECTED; }));
    EXPECT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_HELD; }));
  }
  EXPECT_TRUE(Eventually([&] { return op.NodeState("a") == v1::NODE_STATE_DISCONNECTED; }));
}

TEST(ProbeSession, IsStaleWithoutHeartbeatsAndFreshAgainWithOne) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.policy.heartbeat_interval = milliseconds(20);
  const TestArbiter arbiter(&store, options);
  Operator op(arbiter);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {}));
  EXPECT_TRUE(Eventually([&] { return op.NodeState("a") == v1::NODE_STATE_STALE; }));
  EXPECT_TRUE(Eventually([&] {
    probe.Heartbeat();
    return op.NodeState("a") == v1::NODE_STATE_CONNECTED;
  }));
}

// Two nodes that hold the VIP, up to the moment at which b is under a hold.
class Split {
 public:
  explicit Split(const TestArbiter& arbiter) : a_(arbiter.Connect()), b_(arbiter.Connect()) {}

  void AttachBoth() {
    ASSERT_TRUE(a_.Attach(HelloOf("a"), {HeldVip(100)}));
    ASSERT_TRUE(b_.Attach(HelloOf("b"), {HeldVip(90)}));
  }

  void Affirm() {
    const auto ask_a = a_.AwaitAffirm();
    const auto ask_b = b_.AwaitAffirm();
    ASSERT_TRUE(ask_a.has_value() && ask_b.has_value());
    a_.Affirm(*ask_a, HeldVip(100));
    b_.Affirm(*ask_b, HeldVip(90));
  }

  void ShutAtFirstSight() {
    const auto shut = b_.AwaitDirective(v1::Directive::kShutForAWhile);
    ASSERT_TRUE(shut.has_value());
    EXPECT_EQ(shut->vip(), "10.0.0.100");
    EXPECT_GT(shut->as_of_probe_time_ns(), 0U);
    b_.Done(*shut, Behind(HeldVip(90), v1::GATE_STATE_SHUT_FOR_A_WHILE));
  }

  void Hold() {
    const auto hold = b_.AwaitDirective(v1::Directive::kHold);
    ASSERT_TRUE(hold.has_value());
    EXPECT_EQ(hold->hold().survivor(), "a");
    EXPECT_FALSE(hold->incident().empty());
    b_.Done(*hold, Behind(HeldVip(90), v1::GATE_STATE_SHUT));
  }

  void Run() {
    AttachBoth();
    Affirm();
    ShutAtFirstSight();
    EXPECT_TRUE(a_.AwaitDirective(v1::Directive::kAnnounce).has_value());
    Hold();
  }

  TestProbe& a() { return a_; }
  TestProbe& b() { return b_; }

 private:
  TestProbe a_;
  TestProbe b_;
};

TEST(ProbeSession, HealsASplit) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  Split split(arbiter);
  split.Run();
  EXPECT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_GUARDED; }));

  grpc::ClientContext context;
  v1::ListIncidentsResponse incidents;
  ASSERT_TRUE(op.stub().ListIncidents(&context, {}, &incidents).ok());
  ASSERT_EQ(incidents.incidents_size(), 1);
  EXPECT_EQ(incidents.incidents(0).survivor(), "a");
  EXPECT_EQ(incidents.incidents(0).demoted(0), "b");

  const auto audit = store.ListAudit({});
  ASSERT_TRUE(audit.ok());
  const auto says = [&](const std::string& what) {
    return std::any_of(audit->entries.begin(), audit->entries.end(),
                       [&](const auto& entry) { return entry.what == what; });
  };
  EXPECT_TRUE(says("directive shut_for_a_while"));
  EXPECT_TRUE(says("directive announce"));
}

TEST(ProbeSession, OrdersNoHoldThatIsNotDurable) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  Split split(arbiter);
  split.AttachBoth();
  store.FailWrites(absl::ResourceExhaustedError("disk full"));
  split.Affirm();
  split.ShutAtFirstSight();
  ASSERT_TRUE(Eventually([&] { return op.Status().arbiter().warnings_size() > 0; }));
  EXPECT_NE(op.Status().arbiter().warnings(0).find("disk full"), std::string::npos);
  store.FailWrites(absl::OkStatus());
  EXPECT_TRUE(Eventually([&] { return op.Status().arbiter().warnings_size() == 0; }));
}

TEST(ProbeSession, ReleasesOnAnOperatorsWord) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  Split split(arbiter);
  split.Run();
  ASSERT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_GUARDED; }));
  grpc::ClientContext context;
  v1::ReleaseRequest request;
  request.set_node("b");
  request.set_vip("10.0.0.100");
  v1::ReleaseResponse response;
  const grpc::Status status = op.stub().Release(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  const auto release = split.b().AwaitDirective(v1::Directive::kRelease);
  EXPECT_TRUE(release.has_value());
}

TEST(ProbeSession, ARestartedArbiterRemembersTheHold) {
  store::MemoryStore store;
  {
    const TestArbiter arbiter(&store, {});
    Operator op(arbiter);
    Split split(arbiter);
    split.Run();
    ASSERT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_GUARDED; }));
  }
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  TestProbe a(arbiter.Connect());
  a.AffirmAlways(HeldVip(100));
  ASSERT_TRUE(a.Attach(HelloOf("a"), {HeldVip(100)}));
  // b was rebooted: its gate is open and it knows of no hold.
  TestProbe b(arbiter.Connect());
  b.AffirmAlways(HeldVip(90));
  ASSERT_TRUE(b.Attach(HelloOf("b"), {HeldVip(90)}));
  const auto hold = b.AwaitDirective(v1::Directive::kHold);
  ASSERT_TRUE(hold.has_value());
  EXPECT_EQ(hold->term(), 2U);
}

TEST(ProbeSession, AProbeThatRemembersANewerTermMakesTheArbiterTakeOne) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  TestProbe bystander(arbiter.Connect());
  ASSERT_TRUE(bystander.Attach(HelloOf("b"), {}));
  v1::Hello hello = HelloOf("a");
  hello.set_newest_term(57);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Say(hello));
  EXPECT_EQ(first.AwaitEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(bystander.AwaitEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(op.Status().arbiter().term(), 58U);

  TestProbe again(arbiter.Connect());
  EXPECT_TRUE(again.Attach(hello, {}));
  // But not as often as it likes.
  hello = HelloOf("c");
  hello.set_newest_term(1'000);
  TestProbe liar(arbiter.Connect());
  ASSERT_TRUE(liar.Say(hello));
  EXPECT_EQ(liar.AwaitEnd().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(op.Status().arbiter().term(), 58U);
}

TEST(ProbeSession, ATermThatNoArbiterComesToIsRefusedWithTheWayOut) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  for (const std::uint64_t term : {std::uint64_t{2'000'000}, std::uint64_t{1} << 47, ~std::uint64_t{0}}) {
    v1::Hello hello = HelloOf("a");
    hello.set_newest_term(term);
    TestProbe liar(arbiter.Connect());
    ASSERT_TRUE(liar.Say(hello));
    const grpc::Status end = liar.AwaitEnd();
    EXPECT_EQ(end.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << term;
    EXPECT_THAT(end.error_message(), HasSubstr("arbiter-probe holds --forget-term")) << term;
  }
  EXPECT_EQ(op.Status().arbiter().term(), 1U);
}

TEST(ProbeSession, AClusterOfWhichNothingIsKnownDoesNotMoveTheTermOfOthers) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  TestProbe bystander(arbiter.Connect());
  ASSERT_TRUE(bystander.Attach(HelloOf("b"), {}));
  ASSERT_TRUE(Eventually([&] { return op.NodeState("b") == v1::NODE_STATE_CONNECTED; }));
  v1::Hello hello = HelloOf("a");
  hello.set_cluster("stranger");
  hello.set_newest_term(57);
  TestProbe stranger(arbiter.Connect());
  ASSERT_TRUE(stranger.Say(hello));
  EXPECT_EQ(stranger.AwaitEnd().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(op.Status().arbiter().term(), 1U);
}

TEST(ProbeSession, DirectivesWaitForTheFirstReadingOfTheProbesClock) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe a(arbiter.Connect());
  ASSERT_TRUE(a.Attach(HelloOf("a"), {HeldVip(100)}));
  TestProbe b(arbiter.Connect());
  ASSERT_TRUE(b.Say(HelloOf("b")));
  v1::ProbeMessage snapshot;
  snapshot.mutable_snapshot()->mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
  *snapshot.mutable_snapshot()->add_vips() = HeldVip(90);
  ASSERT_TRUE(b.Send(snapshot));
  const auto ask_a = a.AwaitAffirm();
  const auto ask_b = b.AwaitAffirm();
  ASSERT_TRUE(ask_a.has_value() && ask_b.has_value());
  a.Affirm(*ask_a, HeldVip(100));
  b.Affirm(*ask_b, HeldVip(90));  // carries the first reading
  const auto shut = b.AwaitDirective(v1::Directive::kShutForAWhile);
  ASSERT_TRUE(shut.has_value());
  EXPECT_GT(shut->as_of_probe_time_ns(), 0U);
}

TEST(ProbeSession, ASecondLiveProbeIsRefusedAndOperatorsSeeIt) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a", "i1"), {}));
  ASSERT_TRUE(Eventually([&] { return op.NodeState("a") == v1::NODE_STATE_CONNECTED; }));
  TestProbe second(arbiter.Connect());
  ASSERT_TRUE(second.Say(HelloOf("a", "i2")));
  EXPECT_FALSE(second.Await([](const auto& one) { return one.has_welcome(); }).has_value())
      << "it has the cluster's fingerprint key";
  const grpc::Status status = second.AwaitEnd();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_NE(status.error_message().find("node prod/a has a live probe already, from 127.0.0.1:"), std::string::npos)
      << status.error_message();
  EXPECT_EQ(op.NodeState("a"), v1::NODE_STATE_CONNECTED);
  const v1::GetStatusResponse shown = op.Status();
  ASSERT_EQ(shown.clusters(0).warnings_size(), 1);
  EXPECT_NE(shown.clusters(0).warnings(0).find("two live probes claim the name a"), std::string::npos);
}

TEST(ProbeSession, AReconnectReplacesTheOldStream) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a", "i1"), {HeldVip(100)}));
  ASSERT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_HELD; }));
  TestProbe again(arbiter.Connect());
  ASSERT_TRUE(again.Attach(HelloOf("a", "i1"), {AbsentVip()}));
  EXPECT_EQ(first.AwaitEnd().error_code(), grpc::StatusCode::ABORTED);
  EXPECT_TRUE(Eventually([&] { return op.VipState() == v1::VIP_STATE_UNHELD; }));
  EXPECT_EQ(op.NodeState("a"), v1::NODE_STATE_CONNECTED);
}

TEST(ProbeSession, ANewProbeTakesOverFromASilentOne) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.policy.heartbeat_interval = milliseconds(20);
  const TestArbiter arbiter(&store, options);
  Operator op(arbiter);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a", "i1"), {}));
  ASSERT_TRUE(Eventually([&] { return op.NodeState("a") == v1::NODE_STATE_STALE; }));
  TestProbe second(arbiter.Connect());
  EXPECT_TRUE(second.Attach(HelloOf("a", "i2"), {}));
  EXPECT_EQ(first.AwaitEnd().error_code(), grpc::StatusCode::ABORTED);
}

TEST(ProbeSession, StatusAnswersWhateverANodeSaid) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator op(arbiter);
  std::string euros;
  while (euros.size() < 1'000'000) euros += "\u20ac";
  TestProbe probe(arbiter.Connect());
  v1::VipReport vip = HeldVip(100);
  vip.set_gate_reason(euros);
  vip.set_instance(euros);
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {vip}));
  ASSERT_TRUE(Eventually([&] { return op.Nodes().nodes_size() == 1 && op.Nodes().nodes(0).vips_size() == 1; }));
  const v1::ListNodesResponse nodes = op.Nodes();
  EXPECT_EQ(nodes.nodes(0).vips(0).gate_reason(), euros.substr(0, 1023));
  EXPECT_LT(nodes.ByteSizeLong(), 10'000U);
  EXPECT_LT(op.Status().ByteSizeLong(), 10'000U);
  // What is no UTF-8 is no message: it ends its own stream and nothing else.
  TestProbe liar(arbiter.Connect());
  ASSERT_TRUE(liar.Attach(HelloOf("b"), {}));
  vip.set_gate_reason("\xff\xfe");
  liar.Report(vip);
  (void)liar.AwaitEnd();
  EXPECT_TRUE(Eventually([&] { return op.NodeState("b") == v1::NODE_STATE_DISCONNECTED; }));
  EXPECT_TRUE(probe.Heartbeat());
  EXPECT_EQ(op.NodeState("a"), v1::NODE_STATE_CONNECTED);
}

TEST(ProbeSession, ANodeWithThousandsOfVipsOfOneInstanceAttachesAndIsShown) {
  constexpr int kVips = 5'000;
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  Operator alice(arbiter);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Say(HelloOf("a")));
  ASSERT_TRUE(probe.Await([](const auto& one) { return one.has_welcome(); }).has_value());
  v1::ProbeMessage message;
  v1::Snapshot& snapshot = *message.mutable_snapshot();
  snapshot.mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
  v1::VipReport& common = *snapshot.add_shared();
  common = HeldVip(100);
  common.clear_bound_together();
  for (int i = 0; i < kVips; ++i) {
    const std::string address = absl::StrCat("10.1.", i / 250, ".", 1 + i % 250);
    common.add_bound_together(address);
    v1::VipReport& own = *snapshot.add_vips();
    own.set_address(address);
    own.set_configured(true);
    own.set_effective(true);
    own.set_gate(v1::GATE_STATE_OPEN);
    own.set_in_daemon_config(true);
    own.set_shared(1);
  }
  EXPECT_LT(message.ByteSizeLong(), 1'000'000U);
  ASSERT_TRUE(probe.Send(message));
  ASSERT_TRUE(Eventually([&] {
    const v1::GetStatusResponse status = alice.Status();
    return status.clusters_size() == 1 && status.clusters(0).vips_size() == kVips;
  }));
  const v1::ListNodesResponse nodes = alice.Nodes();
  ASSERT_EQ(nodes.nodes_size(), 1);
  EXPECT_EQ(nodes.nodes(0).vips_size(), kVips);
  EXPECT_LT(nodes.ByteSizeLong(), 2'000'000U) << "what they have in common stands there once";
}

}  // namespace
}  // namespace arbiter::server
