#include "arbiter/wire/probe_message.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace arbiter::wire {
namespace {

using testing::ElementsAre;

const core::Instant kNow = core::Instant(std::chrono::hours(100));

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

Sender From() { return {{"prod", "a"}, kNow, {}}; }

v1::Hello GoodHello() { return Parse<v1::Hello>(R"(node: "a" cluster: "prod" probe_version: "0.1.0" instance: "i1")"); }

constexpr char kVip[] = R"(address: "10.0.0.1" gate: GATE_STATE_OPEN daemon: DAEMON_STATE_RUNNING)";

std::string Vip(const std::string& field) { return field + " { " + kVip + " } "; }

TEST(Hello, NamesANode) {
  const auto node = ReadNodeKey(GoodHello());
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(*node, (core::NodeKey{"prod", "a"}));
}

TEST(Hello, IsRefusedWithABadName) {
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\n"), std::string("a/b"),
                                 std::string(254, 'x'), std::string("a\0b", 3)}) {
    v1::Hello hello = GoodHello();
    hello.set_node(bad);
    EXPECT_EQ(ReadNodeKey(hello).status().code(), absl::StatusCode::kInvalidArgument) << bad;
    hello = GoodHello();
    hello.set_cluster(bad);
    EXPECT_EQ(ReadNodeKey(hello).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(Hello, NeedsAnInstance) {
  v1::Hello hello = GoodHello();
  hello.clear_instance();
  EXPECT_EQ(ReadNodeKey(hello).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Snapshot, BecomesAnEventWithWhatHelloSaid) {
  const auto snapshot = Parse<v1::Snapshot>("node { daemon: DAEMON_STATE_RUNNING } " + Vip("vips") +
                                            R"(holds { vip: "10.0.0.1" incident: "1-1" })");
  const auto event = ReadSnapshot(snapshot, GoodHello(), "192.0.2.1:5", From());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->node, (core::NodeKey{"prod", "a"}));
  EXPECT_EQ(event->probe_version, "0.1.0");
  EXPECT_EQ(event->peer, "192.0.2.1:5");
  ASSERT_EQ(event->vips.size(), 1U);
  EXPECT_EQ(event->vips[0].vip.ToString(), "10.0.0.1");
  EXPECT_EQ(event->holds.size(), 1U);
}

TEST(Snapshot, NeedsANodeReport) {
  const auto event = ReadSnapshot(v1::Snapshot(), GoodHello(), "p", From());
  EXPECT_EQ(event.status().message(), "node prod/a: snapshot.node: missing");
}

TEST(Snapshot, NamesTheEntryThatIsWrong) {
  const auto snapshot =
      Parse<v1::Snapshot>("node { daemon: DAEMON_STATE_RUNNING } " + Vip("vips") + R"(vips { address: "x" })");
  EXPECT_EQ(ReadSnapshot(snapshot, GoodHello(), "p", From()).status().message(),
            "node prod/a: snapshot.vips[1].address: \"x\" is not an IP address");
}

TEST(Change, TellsOnlyWhatItHas) {
  const auto empty = ReadChange(v1::Change(), From());
  ASSERT_TRUE(empty.ok());
  EXPECT_FALSE(empty->report.has_value());
  EXPECT_FALSE(empty->holds.has_value());
  const auto change = Parse<v1::Change>(
      Vip("vips") + R"(forgotten_vips: "10.0.0.2" node { daemon: DAEMON_STATE_GONE } holds_changed: true)");
  const auto event = ReadChange(change, From());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->report->daemon, core::DaemonState::kGone);
  EXPECT_EQ(event->forgotten.size(), 1U);
  EXPECT_TRUE(event->holds->empty());
}

TEST(Change, IsRefusedWithABadField) {
  EXPECT_EQ(ReadChange(Parse<v1::Change>(R"(forgotten_vips: "x")"), From()).status().message(),
            "node prod/a: change.forgotten_vips: \"x\" is not an IP address");
  EXPECT_EQ(ReadChange(Parse<v1::Change>("node {}"), From()).status().message(),
            "node prod/a: change.node.daemon: 0 is no value that this arbiter knows");
  EXPECT_EQ(ReadChange(Parse<v1::Change>(R"(holds_changed: true holds { vip: "" })"), From()).status().message(),
            "node prod/a: change.holds[0].vip: \"\" is not an IP address");
}

TEST(Affirmation, CarriesReachByVip) {
  const auto message = Parse<v1::Affirmation>(
      "nonce: 9 " + Vip("vips") +
      R"(reach { key: "10.0.0.1" value { asked: 2 answered: 1 answered_by: "10.0.0.3" silent: "10.0.0.4" } })");
  const auto event = ReadAffirmation(message, From());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->nonce, 9U);
  ASSERT_EQ(event->reach.size(), 1U);
  EXPECT_EQ(event->reach[0].second.asked, 2U);
  EXPECT_EQ(event->reach[0].second.silent.size(), 1U);
}

TEST(Affirmation, TellsReachOnceForAllThatHaveNoneOfTheirOwn) {
  const auto message =
      Parse<v1::Affirmation>("nonce: 9 " + Vip("vips") + R"(reach { key: "" value { asked: 2 answered: 1 } })");
  const auto event = ReadAffirmation(message, From());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_TRUE(event->reach.empty());
  ASSERT_TRUE(event->reach_of_others.has_value());
  EXPECT_EQ(event->reach_of_others->asked, 2U);
}

TEST(Affirmation, TellsForWhichVipsAnotherHostAnswers) {
  const auto message = Parse<v1::Affirmation>(
      R"(nonce: 9 segment_asked: "10.0.0.1" segment_asked: "10.0.0.2" segment_answered: "10.0.0.2"
         segment_answered: "10.0.0.9")");
  const auto event = ReadAffirmation(message, From());
  ASSERT_TRUE(event.ok()) << event.status();
  ASSERT_EQ(event->segment.size(), 2U) << "nobody had asked about 10.0.0.9";
  EXPECT_EQ(event->segment[0], std::pair(IpAddress::Parse("10.0.0.1").value(), false));
  EXPECT_EQ(event->segment[1], std::pair(IpAddress::Parse("10.0.0.2").value(), true));
  EXPECT_FALSE(ReadAffirmation(Parse<v1::Affirmation>(R"(segment_asked: "x")"), From()).ok());
}

TEST(Affirmation, IsRefusedWhenMoreAnsweredThanWereAsked) {
  const auto message = Parse<v1::Affirmation>(R"(reach { key: "10.0.0.1" value { asked: 1 answered: 2 } })");
  EXPECT_EQ(ReadAffirmation(message, From()).status().message(),
            "node prod/a: affirmation.reach.answered: 2 of 1 hosts cannot have answered");
  EXPECT_FALSE(ReadAffirmation(Parse<v1::Affirmation>(R"(reach { key: "x" value {} })"), From()).ok());
}

TEST(Result, TakesTheVipFromTheDirectiveOrTheReport) {
  const auto bare =
      Parse<v1::DirectiveResult>("term: 7 sequence: 3 outcome: DIRECTIVE_OUTCOME_REFUSED detail: \"late\"");
  const IpAddress vip = IpAddress::Parse("10.0.0.1").value();
  const auto known = ReadResult(bare, {vip}, From());
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_THAT(known->result.vips, ElementsAre(vip));
  EXPECT_EQ(known->result.fence, (core::Fence{7, 3}));
  EXPECT_TRUE(known->reports.empty());

  auto reported = bare;
  *reported.mutable_vip() = Parse<v1::VipReport>(kVip);
  const auto late = ReadResult(reported, {}, From());
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_THAT(late->result.vips, ElementsAre(vip));
  EXPECT_EQ(late->reports.size(), 1U);
}

TEST(Result, IsOfAllVipsOfItsDirectiveWithWhatBecameOfEach) {
  const auto message = Parse<v1::DirectiveResult>(
      "term: 7 sequence: 3 outcome: DIRECTIVE_OUTCOME_DONE " + Vip("vips") +
      R"(exceptions { vip: "10.0.0.2" outcome: DIRECTIVE_OUTCOME_REFUSED detail: "it is not here" })");
  const IpAddress first = IpAddress::Parse("10.0.0.1").value();
  const IpAddress second = IpAddress::Parse("10.0.0.2").value();
  const auto one = ReadResult(message, {first, second}, From());
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_THAT(one->result.vips, ElementsAre(first)) << "what it says nothing of is not answered";
  ASSERT_EQ(one->result.exceptions.size(), 1U);
  EXPECT_EQ(one->result.exceptions[0].vip, second);
  EXPECT_EQ(one->result.exceptions[0].outcome, core::Outcome::kRefused);
  EXPECT_EQ(one->result.exceptions[0].detail, "it is not here");
}

TEST(Result, IsRefusedWhenItDoesNotTellItsVip) {
  const auto bare = Parse<v1::DirectiveResult>("term: 7 sequence: 3 outcome: DIRECTIVE_OUTCOME_DONE");
  EXPECT_EQ(ReadResult(bare, {}, From()).status().message(),
            "node prod/a: result.vip: missing, and directive 7.3 is none that waits for a result");
  auto other = bare;
  *other.mutable_vip() = Parse<v1::VipReport>(kVip);
  EXPECT_EQ(ReadResult(other, {IpAddress::Parse("10.0.0.9").value()}, From()).status().message(),
            "node prod/a: result.vip.address: 10.0.0.1, but the directive was for 10.0.0.9");
}

TEST(Result, IsRefusedWithABadOutcomeOrRung) {
  const IpAddress vip = IpAddress::Parse("10.0.0.1").value();
  EXPECT_EQ(ReadResult(v1::DirectiveResult(), {vip}, From()).status().message(),
            "node prod/a: result.outcome: 0 is no value that this arbiter knows");
  EXPECT_EQ(ReadResult(Parse<v1::DirectiveResult>(
                           "outcome: DIRECTIVE_OUTCOME_DONE rungs { kind: RUNG_KIND_GATE took { nanos: -1 } }"),
                       {vip}, From())
                .status()
                .message(),
            "node prod/a: result.rungs[0].took: is negative");
}

}  // namespace
}  // namespace arbiter::wire
