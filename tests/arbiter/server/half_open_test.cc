// Connections that never become a stream: they are closed in time, and nobody else notices.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "arbiter/client/channel.h"
#include "tests/arbiter/process/raw_connections.h"
#include "tests/arbiter/server/test_arbiter.h"
#include "tests/arbiter/server/test_authority.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

constexpr int kConnections = 100;
// A TLS record with the first bytes of a ClientHello.
std::string TlsBegun() { return {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}; }

TestArbiter::Options Impatient() {
  TestArbiter::Options options;
  options.limits.handshake_within = std::chrono::milliseconds(500);
  return options;
}

void ExpectAllClosed(const std::vector<process::Descriptor>& connections) {
  ASSERT_EQ(connections.size(), kConnections);
  for (const process::Descriptor& connection : connections) {
    EXPECT_TRUE(process::IsClosed(connection));
  }
}

TEST(HalfOpen, ConnectionsThatSayNothingAreClosedAndProbesStay) {
  store::MemoryStore store;
  TestArbiter arbiter(&store, Impatient());
  TestProbe early(arbiter.Connect());
  ASSERT_TRUE(early.Attach(HelloOf("early"), {HeldVip(100)}));
  const std::vector<process::Descriptor> connections = process::ConnectMany(arbiter.endpoint().port, kConnections, "");
  TestProbe late(arbiter.Connect());
  EXPECT_TRUE(late.Attach(HelloOf("late"), {}));
  ExpectAllClosed(connections);
  EXPECT_TRUE(early.Heartbeat());
  EXPECT_EQ(arbiter.probes().streams(), 2U);
}

TEST(HalfOpen, TlsHandshakesThatNeverEndAreClosedAndProbesStay) {
  store::MemoryStore store;
  TestAuthority authority(testing::TempDir(), "half-open-authority");
  TestArbiter::Options options = Impatient();
  options.tls = authority.Issue("half-open-w1", "DNS:w1,IP:127.0.0.1");
  TestArbiter arbiter(&store, options);
  const auto connect = [&](const client::TlsFiles& files) {
    return client::MakeChannel(arbiter.endpoint(), *client::MakeCredentials(files));
  };
  TestProbe early(connect(authority.Issue("half-open-early", "DNS:early")));
  ASSERT_TRUE(early.Attach(HelloOf("early"), {HeldVip(100)}));
  const std::vector<process::Descriptor> silent = process::ConnectMany(arbiter.endpoint().port, kConnections, "");
  const std::vector<process::Descriptor> begun =
      process::ConnectMany(arbiter.endpoint().port, kConnections, TlsBegun());
  ExpectAllClosed(silent);
  ExpectAllClosed(begun);
  EXPECT_TRUE(early.Heartbeat());
  TestProbe late(connect(authority.Issue("half-open-late", "DNS:late")));
  EXPECT_TRUE(late.Attach(HelloOf("late"), {}));
}

}  // namespace
}  // namespace arbiter::server
