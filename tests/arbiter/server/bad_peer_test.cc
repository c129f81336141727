// What a peer may not do, and that it harms nobody else.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "tests/arbiter/server/test_arbiter.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

using std::chrono::seconds;

core::Instant In(core::Duration ahead) { return std::chrono::steady_clock::now() + ahead; }

v1::ProbeMessage SnapshotOf(int vips) {
  v1::ProbeMessage message;
  message.mutable_snapshot()->mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
  for (int i = 0; i < vips; ++i) {
    v1::VipReport* vip = message.mutable_snapshot()->add_vips();
    vip->set_address("10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                     std::to_string(i % 256));
    vip->set_gate(v1::GATE_STATE_OPEN);
    vip->set_daemon(v1::DAEMON_STATE_UNKNOWN);
  }
  return message;
}

void ExpectEnd(TestProbe* probe, grpc::StatusCode code, const std::string& text) {
  const grpc::Status status = probe->AwaitEnd();
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  EXPECT_NE(status.error_message().find(text), std::string::npos) << status.error_message();
}

TEST(BadPeer, ABadFieldIsNamed) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {}));
  v1::VipReport vip = HeldVip(100);
  vip.set_vrid(300);
  ASSERT_TRUE(probe.Report(vip));
  ExpectEnd(&probe, grpc::StatusCode::INVALID_ARGUMENT, "node prod/a: change.vips[0].vrid: 300 is not within 0..255");
}

TEST(BadPeer, ABadNameIsRefused) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Say(HelloOf("a b")));
  ExpectEnd(&probe, grpc::StatusCode::INVALID_ARGUMENT, "hello.node");
}

TEST(BadPeer, NothingComesBeforeHello) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe report(arbiter.Connect());
  report.Report(HeldVip(100));
  ExpectEnd(&report, grpc::StatusCode::INVALID_ARGUMENT, "before Hello");
  TestProbe snapshot(arbiter.Connect());
  snapshot.Send(SnapshotOf(1));
  ExpectEnd(&snapshot, grpc::StatusCode::INVALID_ARGUMENT, "before Hello");
}

TEST(BadPeer, HelloAndSnapshotComeOnce) {
  store::MemoryStore store;
  const TestArbiter arbiter(&store, {});
  TestProbe hello(arbiter.Connect());
  ASSERT_TRUE(hello.Attach(HelloOf("a"), {}));
  hello.Say(HelloOf("a"));
  ExpectEnd(&hello, grpc::StatusCode::INVALID_ARGUMENT, "second Hello");
  TestProbe snapshot(arbiter.Connect());
  ASSERT_TRUE(snapshot.Attach(HelloOf("b"), {}));
  snapshot.Send(SnapshotOf(0));
  ExpectEnd(&snapshot, grpc::StatusCode::INVALID_ARGUMENT, "second Snapshot");
}

TEST(BadPeer, TooManyVipsAreRefused) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.report.vips = 10;
  const TestArbiter arbiter(&store, options);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Say(HelloOf("a")));
  probe.Send(SnapshotOf(11));
  ExpectEnd(&probe, grpc::StatusCode::RESOURCE_EXHAUSTED, "11 VIPs, at most 10 are taken");
}

TEST(BadPeer, WhoTellsOfMoreAndMoreVipsIsRefusedWhenTooMuchIsKept) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.kept.vips = 10;
  TestArbiter arbiter(&store, options);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {}));
  v1::VipReport vip = AbsentVip();
  for (int i = 0; i <= 10; ++i) {
    vip.set_address("10.0.1." + std::to_string(i));
    probe.Report(vip);
  }
  ExpectEnd(&probe, grpc::StatusCode::RESOURCE_EXHAUSTED, "node prod/a: it has told of 11 VIPs");
  // It may come again, and say less.
  TestProbe again(arbiter.Connect());
  EXPECT_TRUE(again.Attach(HelloOf("a"), {HeldVip(100)}));
}

TEST(BadPeer, EachListOfANodeHasALimit) {
  struct {
    const char* refusal;
    std::function<void(v1::Snapshot&)> fill;
  } const kLists[] = {
      {"snapshot.holds: 11 entries, at most 10 are taken",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.add_holds()->set_vip("10.0.0." + std::to_string(i));
       }},
      {"snapshot.node.instances: 11 entries, at most 10 are taken",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_node()->add_instances()->set_name("VI");
       }},
      {"snapshot.node.config_problems: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_node()->add_config_problems("x");
       }},
      {"snapshot.node.interfaces: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_node()->add_interfaces("x");
       }},
      {"snapshot.node.macs: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_node()->add_macs("x");
       }},
      {"snapshot.node.dropped_adverts: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) (*snapshot.mutable_node()->mutable_dropped_adverts())[std::to_string(i)] = 1;
       }},
      {"snapshot.vips[0].heard: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_vips(0)->add_heard()->set_source("10.0.0.7");
       }},
      {"snapshot.vips[0].rungs: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_vips(0)->add_rungs()->set_kind(v1::RUNG_KIND_GATE);
       }},
      {"snapshot.vips[0].answers_on: 11 entries",
       [](v1::Snapshot& snapshot) {
         for (int i = 0; i < 11; ++i) snapshot.mutable_vips(0)->add_answers_on("eth0");
       }},
      {"snapshot.vips[0].heard[0].defects: 11 entries",
       [](v1::Snapshot& snapshot) {
         v1::HeardRouter* heard = snapshot.mutable_vips(0)->add_heard();
         heard->set_source("10.0.0.7");
         for (int i = 0; i < 11; ++i) heard->add_defects("TTL");
       }},
  };
  store::MemoryStore store;
  TestArbiter::Options options;
  codec::ReportLimits& limits = options.limits.report;
  limits.instances = limits.holds = limits.entries = limits.heard = limits.rungs = limits.answers_on = limits.details =
      10;
  TestArbiter arbiter(&store, options);
  for (const auto& list : kLists) {
    SCOPED_TRACE(list.refusal);
    TestProbe probe(arbiter.Connect());
    ASSERT_TRUE(probe.Say(HelloOf("a")));
    v1::ProbeMessage message = SnapshotOf(1);
    list.fill(*message.mutable_snapshot());
    probe.Send(message);
    ExpectEnd(&probe, grpc::StatusCode::RESOURCE_EXHAUSTED, list.refusal);
  }
}

TEST(BadPeer, ASnapshotOfAMillionAddressesIsRefusedAndOthersGoOn) {
  store::MemoryStore store;
  TestArbiter arbiter(&store, {});
  TestProbe good(arbiter.Connect());
  ASSERT_TRUE(good.Attach(HelloOf("good"), {HeldVip(100)}));
  TestProbe bad(arbiter.Connect());
  ASSERT_TRUE(bad.Say(HelloOf("bad")));
  bad.Send(SnapshotOf(1'000'000));
  ExpectEnd(&bad, grpc::StatusCode::RESOURCE_EXHAUSTED, "");
  EXPECT_TRUE(good.Report(AbsentVip()));
  EXPECT_TRUE(Eventually([&] {
    const auto view = arbiter.loop().Look(
        [](const core::Engine& engine, const ProbeRegistry&, core::Instant now) { return engine.View(now); });
    return view.ok() && view->size() == 1 && view->front().vips.size() == 1 &&
           view->front().vips.front().state == core::VipState::kUnheld;
  }));
}

TEST(BadPeer, TooManyAddressesInAMessageThatFitsAreRefused) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.report.addresses = 100;
  const TestArbiter arbiter(&store, options);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Say(HelloOf("a")));
  v1::ProbeMessage message = SnapshotOf(0);
  for (int i = 0; i < 101; ++i) {
    message.mutable_snapshot()->mutable_node()->add_addresses("10.0.0." + std::to_string(i));
  }
  probe.Send(message);
  ExpectEnd(&probe, grpc::StatusCode::RESOURCE_EXHAUSTED, "more than 100 addresses in one message");
}

TEST(BadPeer, AMessageOverTheLimitIsRefusedAndOthersGoOn) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.message_bytes = 10'000;
  const TestArbiter arbiter(&store, options);
  TestProbe good(arbiter.Connect());
  ASSERT_TRUE(good.Attach(HelloOf("good"), {HeldVip(100)}));
  TestProbe bad(arbiter.Connect());
  bad.Say(HelloOf(std::string(10'001, 'x')));
  ExpectEnd(&bad, grpc::StatusCode::RESOURCE_EXHAUSTED, "larger than max");
  EXPECT_TRUE(good.Heartbeat());
}

TEST(BadPeer, TooManyNodesAreRefused) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.nodes = 1;
  const TestArbiter arbiter(&store, options);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a"), {}));
  TestProbe second(arbiter.Connect());
  second.Say(HelloOf("b"));
  ExpectEnd(&second, grpc::StatusCode::RESOURCE_EXHAUSTED, "node prod/b would be one more than 1 nodes");
}

TEST(BadPeer, TooManyStreamsAreRefused) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.streams = 1;
  const TestArbiter arbiter(&store, options);
  TestProbe first(arbiter.Connect());
  ASSERT_TRUE(first.Attach(HelloOf("a"), {}));
  TestProbe second(arbiter.Connect());
  ExpectEnd(&second, grpc::StatusCode::RESOURCE_EXHAUSTED, "more than 1 streams");
}

TEST(BadPeer, AStreamThatSaysNothingIsEnded) {
  store::MemoryStore store;
  TestArbiter arbiter(&store, {});
  TestProbe mute(arbiter.Connect());
  ASSERT_TRUE(Eventually([&] { return arbiter.probes().streams() == 1; }));
  arbiter.probes().CheckTimes(In(seconds(9)));
  EXPECT_EQ(arbiter.probes().streams(), 1U);
  arbiter.probes().CheckTimes(In(seconds(11)));
  ExpectEnd(&mute, grpc::StatusCode::DEADLINE_EXCEEDED, "no Hello and Snapshot within 10.0s");
}

TEST(BadPeer, AnAttachedStreamThatFallsSilentIsEnded) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.write_within = std::chrono::hours(1);  // what is on its way to the probe does not count here
  TestArbiter arbiter(&store, options);
  TestProbe probe(arbiter.Connect());
  ASSERT_TRUE(probe.Attach(HelloOf("a"), {HeldVip(100)}));
  ASSERT_TRUE(Eventually([&] { return arbiter.events().Next() > 1; }));
  arbiter.probes().CheckTimes(In(seconds(29)));
  EXPECT_EQ(arbiter.probes().streams(), 1U);
  arbiter.probes().CheckTimes(In(seconds(31)));
  ExpectEnd(&probe, grpc::StatusCode::DEADLINE_EXCEEDED, "nothing heard for 30.0s");
}

TEST(BadPeer, AProbeThatNeverReadsIsCutOff) {
  store::MemoryStore store;
  TestArbiter::Options options;
  options.limits.write_within = seconds(1);
  TestArbiter arbiter(&store, options);
  TestProbe deaf(arbiter.Connect(), TestProbe::Reading::kNo);
  ASSERT_TRUE(deaf.Say(HelloOf("deaf")));
  ASSERT_TRUE(deaf.Send(SnapshotOf(0)));
  TestProbe other(arbiter.Connect());
  ASSERT_TRUE(other.Attach(HelloOf("other"), {}));
  ASSERT_TRUE(Eventually([&] { return arbiter.probes().streams() == 2; }));
  v1::ProbeMessage many;
  *many.mutable_change()->mutable_vips() = SnapshotOf(2'000).snapshot().vips();
  ASSERT_TRUE(other.Send(many));
  // Each new VIP tells the deaf one of all of them anew, until nothing more fits between the two.
  int round = 0;
  EXPECT_TRUE(Eventually([&] {
    v1::VipReport fresh = AbsentVip();
    fresh.set_address("10.99." + std::to_string(round / 250) + "." + std::to_string(round % 250));
    ++round;
    other.Report(fresh);
    arbiter.probes().CheckTimes(In(seconds(0)));
    return arbiter.probes().streams() == 1;
  }));
  EXPECT_TRUE(other.Heartbeat());
}

TEST(BadPeer, AFloodOfChangesLosesNothingAndLetsOthersIn) {
  store::MemoryStore store;
  TestArbiter arbiter(&store, {});
  TestProbe flooder(arbiter.Connect());
  ASSERT_TRUE(flooder.Attach(HelloOf("flooder"), {HeldVip(1)}));
  std::thread flood([&flooder] {
    for (std::uint32_t i = 0; i < 10'000; ++i) {
      flooder.Report(HeldVip(1 + i % 200));
    }
    flooder.Report(HeldVip(222));
  });
  TestProbe other(arbiter.Connect());
  EXPECT_TRUE(other.Attach(HelloOf("other", "i", "elsewhere"), {HeldVip(100)}));
  flood.join();
  EXPECT_TRUE(Eventually([&] {
    const auto view = arbiter.loop().Look(
        [](const core::Engine& engine, const ProbeRegistry&, core::Instant now) { return engine.View(now, "prod"); });
    return view.ok() && !view->empty() && !view->front().vips.empty() && !view->front().vips[0].holders.empty() &&
           view->front().vips[0].holders[0].report.priority == 222;
  }));
}

}  // namespace
}  // namespace arbiter::server
