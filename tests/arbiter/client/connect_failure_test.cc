#include "arbiter/client/connect_failure.h"

#include <gtest/gtest.h>

#include <string>

namespace arbiter::client {
namespace {

struct Account {
  const char* name;
  bool tls;
  const char* text;  // as gRPC 1.51 says it
  const char* cause;
  const char* hint;  // a part of it
};

class ConnectFailureOf : public testing::TestWithParam<Account> {};

TEST_P(ConnectFailureOf, IsToldWithoutItsLayers) {
  const ConnectFailure failure = ReadConnectFailure(GetParam().text, GetParam().tls);
  EXPECT_EQ(failure.cause, GetParam().cause);
  EXPECT_NE(failure.hint.find(GetParam().hint), std::string::npos) << failure.hint;
  EXPECT_EQ(failure.hint.empty(), std::string(GetParam().hint).empty()) << failure.hint;
}

INSTANTIATE_TEST_SUITE_P(
    Each, ConnectFailureOf,
    testing::Values(
        Account{"NobodyThere", true,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7430: Failed to connect to "
                "remote host: Connection refused",
                "Connection refused", ""},
        Account{"OtherAuthority", true,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7430: Tls handshake failed: "
                "SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify failed",
                "its certificate is refused here", "--tls-ca"},
        Account{"OtherName", true,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7431: Custom verification "
                "check failed with error: UNAUTHENTICATED: Hostname Verification Check failed.",
                "its certificate does not name this host", "--host"},
        Account{"NoTlsThere", true,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7430: Tls handshake failed: "
                "SSL_ERROR_SSL: error:0A00010B:SSL routines::wrong version number",
                "it speaks no TLS", "certificates"},
        Account{"OurCertificateRefused", true,
                "failed to connect to all addresses; last error: UNAVAILABLE: ipv4:127.0.0.1:7430: Socket closed",
                "it closes the connection", "take this certificate"},
        Account{"TlsWanted", false,
                "failed to connect to all addresses; last error: UNAVAILABLE: ipv4:127.0.0.1:7430: Socket closed",
                "it closes the connection", "ask for TLS"},
        Account{"NotAnArbiter", true,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7431: Custom verification "
                "check failed with error: UNAUTHENTICATED: the peer's certificate is not an arbiter's",
                "its certificate is not an arbiter's", "arbiter-certs arbiter"},
        Account{"OtherUser", false,
                "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7430: recvmsg:Connection "
                "reset by peer",
                "it closes the connection", "root and its own user only"},
        Account{"LostLater", true, "Socket closed", "Socket closed", ""},
        Account{"Other", true, "failed to connect to all addresses; last error: UNKNOWN: something new",
                "UNKNOWN: something new", ""},
        Account{"OfTheArbiter", true, "restarting", "restarting", ""}),
    [](const auto& test) { return test.param.name; });

TEST(ConnectFailure, OfAPeerThatSaidNothingIsThatItLetsNobodyIn) {
  for (const char* found_out :
       {"Socket closed", "Transport closed", "recvmsg:Connection reset by peer", "Broken pipe"}) {
    EXPECT_EQ(ReadConnectFailure(found_out, false, true).cause, "it closes the connection") << found_out;
  }
}

}  // namespace
}  // namespace arbiter::client
