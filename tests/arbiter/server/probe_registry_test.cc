#include "arbiter/server/probe_registry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace arbiter::server {
namespace {

using std::chrono::seconds;

const core::Instant kNow = core::Instant(std::chrono::hours(1));

class FakeLink final : public ProbeLink {
 public:
  FakeLink(std::string node, std::string instance, std::string cluster = "prod")
      : node_{std::move(cluster), std::move(node)}, instance_(std::move(instance)) {}

  [[nodiscard]] const core::NodeKey& node() const override { return node_; }
  [[nodiscard]] const std::string& instance() const override { return instance_; }
  [[nodiscard]] std::string peer() const override { return "peer-" + instance_; }
  [[nodiscard]] const std::string& certificate() const override { return certificate_; }
  [[nodiscard]] std::uint64_t newest_term() const override { return 0; }
  [[nodiscard]] core::Instant last_heard() const override { return heard; }
  void SendWelcome(const v1::Welcome& /*welcome*/) override {}
  void SendAsk(const core::AskAffirm& /*ask*/) override {}
  void SendDirective(const core::Directive& /*directive*/) override {}
  void SendKnownVips(const std::vector<IpAddress>& /*vips*/) override {}
  void SendAlive() override {}
  void Close(const absl::Status& status) override { closed = status; }
  void Taken() override {}
  core::Instant TakeHeartbeat() override { return heard; }

  core::Instant heard = kNow;
  absl::Status closed;

 private:
  core::NodeKey node_;
  std::string instance_;
  std::string certificate_;
};

ProbeRegistry Registry(std::size_t nodes = 100) { return ProbeRegistry({.stale_after = seconds(3), .nodes = nodes}); }

TEST(ProbeRegistry, GivesAFreeNameToTheFirst) {
  ProbeRegistry registry = Registry();
  const auto link = std::make_shared<FakeLink>("a", "i1");
  EXPECT_FALSE(registry.IsCurrent(link.get()));
  ASSERT_TRUE(registry.Claim(link, kNow).ok());
  EXPECT_TRUE(registry.IsCurrent(link.get()));
  EXPECT_EQ(registry.Find({"prod", "a"}), link.get());
  EXPECT_EQ(registry.Find({"other", "a"}), nullptr);
}

TEST(ProbeRegistry, RefusesASecondLiveProbe) {
  ProbeRegistry registry = Registry();
  const auto first = std::make_shared<FakeLink>("a", "i1");
  const auto second = std::make_shared<FakeLink>("a", "i2");
  ASSERT_TRUE(registry.Claim(first, kNow).ok());
  EXPECT_EQ(registry.Claim(second, kNow + seconds(2)).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(registry.IsCurrent(first.get()));
  EXPECT_FALSE(registry.Remove(second.get()));
  EXPECT_TRUE(registry.IsCurrent(first.get()));
}

TEST(ProbeRegistry, WarnsOfASecondProbeForAMinute) {
  ProbeRegistry registry = Registry();
  ASSERT_TRUE(registry.Claim(std::make_shared<FakeLink>("a", "i1"), kNow).ok());
  ASSERT_FALSE(registry.Claim(std::make_shared<FakeLink>("a", "i2"), kNow).ok());
  ASSERT_FALSE(registry.Claim(std::make_shared<FakeLink>("a", "i2"), kNow).ok());
  const auto warnings = registry.Warnings("prod", kNow + seconds(4));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(
      warnings[0],
      "two live probes claim the name a: peer-i1 is attached, peer-i2 was refused 2 times, last 4.0s ago; give the "
      "second one a name of its own");
  EXPECT_TRUE(registry.Warnings("other", kNow).empty());
  EXPECT_TRUE(registry.Warnings("prod", kNow + seconds(61)).empty());
}

TEST(ProbeRegistry, LetsAReconnectReplaceItsOldStream) {
  ProbeRegistry registry = Registry();
  const auto first = std::make_shared<FakeLink>("a", "i1");
  const auto again = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(first, kNow).ok());
  ASSERT_TRUE(registry.Attach(first.get()));
  ASSERT_TRUE(registry.Claim(again, kNow).ok());
  EXPECT_EQ(first->closed.code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(registry.Attach(first.get()));
  EXPECT_FALSE(registry.Remove(first.get()));
  EXPECT_TRUE(registry.IsCurrent(again.get()));
}

TEST(ProbeRegistry, LetsANewProbeReplaceASilentOne) {
  ProbeRegistry registry = Registry();
  const auto silent = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(silent, kNow).ok());
  EXPECT_TRUE(registry.Claim(std::make_shared<FakeLink>("a", "i2"), kNow + seconds(3)).ok());
  EXPECT_EQ(silent->closed.code(), absl::StatusCode::kAborted);
}

TEST(ProbeRegistry, TellsOfALostNodeOnlyWhatTheEngineKnows) {
  ProbeRegistry registry = Registry();
  const auto link = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(link, kNow).ok());
  EXPECT_FALSE(registry.Remove(link.get()));  // it never attached

  ASSERT_TRUE(registry.Claim(link, kNow).ok());
  ASSERT_TRUE(registry.Attach(link.get()));
  EXPECT_TRUE(registry.Remove(link.get()));
  EXPECT_EQ(registry.Find({"prod", "a"}), nullptr);
}

TEST(ProbeRegistry, ANodeThatReconnectsAndIsLostBeforeItsSnapshotIsLost) {
  ProbeRegistry registry = Registry();
  const auto first = std::make_shared<FakeLink>("a", "i1");
  const auto again = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(first, kNow).ok());
  ASSERT_TRUE(registry.Attach(first.get()));
  ASSERT_TRUE(registry.Claim(again, kNow).ok());
  EXPECT_TRUE(registry.Remove(again.get()));
}

TEST(ProbeRegistry, RemembersNamesAgainstItsLimit) {
  ProbeRegistry registry = Registry(2);
  const auto a = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(a, kNow).ok());
  ASSERT_TRUE(registry.Claim(std::make_shared<FakeLink>("b", "i1"), kNow).ok());
  EXPECT_FALSE(registry.Remove(a.get()));
  EXPECT_EQ(registry.Claim(std::make_shared<FakeLink>("c", "i1"), kNow).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(registry.Claim(a, kNow).ok());
}

TEST(ProbeRegistry, ClosesAllAndForgetsThem) {
  ProbeRegistry registry = Registry();
  const auto link = std::make_shared<FakeLink>("a", "i1");
  ASSERT_TRUE(registry.Claim(link, kNow).ok());
  ASSERT_TRUE(registry.Attach(link.get()));
  registry.CloseAll(absl::UnavailableError("again"));
  EXPECT_EQ(link->closed.message(), "again");
  EXPECT_FALSE(registry.IsCurrent(link.get()));
  EXPECT_FALSE(registry.Remove(link.get()));
}

TEST(ProbeRegistry, ListsTheLinksOfACluster) {
  ProbeRegistry registry = Registry();
  const auto a = std::make_shared<FakeLink>("a", "i");
  const auto b = std::make_shared<FakeLink>("b", "i");
  const auto c = std::make_shared<FakeLink>("c", "i", "other");
  for (const auto& link : {a, b, c}) {
    ASSERT_TRUE(registry.Claim(link, kNow).ok());
  }
  EXPECT_FALSE(registry.Remove(a.get()));
  const auto links = registry.InCluster("prod");
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0], b.get());
  EXPECT_TRUE(registry.InCluster("nowhere").empty());
}

}  // namespace
}  // namespace arbiter::server
