// The HTTP side, with peers that do not want to know anything.
#include "arbiter/process/http_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "tests/arbiter/process/raw_connections.h"

namespace arbiter::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

HttpAnswers Fine() {
  return {[] { return "metric 1\n"; }, [] { return HealthOf(absl::OkStatus()); },
          [] { return HealthOf(absl::UnavailableError("the disk is full")); }};
}

std::unique_ptr<HttpServer> OpenOn(HttpAnswers answers, const HttpLimits& limits = {}) {
  auto server = OpenHttpEndpoint(Endpoint{"127.0.0.1", 0}, std::move(answers), limits);
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

// All that comes until the end; nothing when the connection breaks or ten seconds pass.
std::string Receive(const Descriptor& connection) {
  std::string received;
  std::array<char, 65536> bytes{};
  while (true) {
    const ssize_t count = recv(connection.get(), bytes.data(), bytes.size(), 0);
    if (count <= 0) return count == 0 ? received : "";
    received.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

std::string Ask(int port, const std::string& path, const std::string& method = "GET") {
  const std::vector<Descriptor> connections =
      ConnectMany(port, 1, absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: here\r\n\r\n"));
  return connections.empty() ? "" : Receive(connections.front());
}

TEST(HttpRequest, IsReadWhenItsHeadIsWhole) {
  const std::string whole = "GET /metrics?name=x HTTP/1.1\r\nHost: here\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto request = ReadHttpRequest(whole.substr(0, length));
    ASSERT_TRUE(request.ok()) << length;
    EXPECT_FALSE(request->has_value()) << length;
  }
  const auto request = ReadHttpRequest(whole);
  ASSERT_TRUE(request.ok() && request->has_value());
  EXPECT_EQ((*request)->method, "GET");
  EXPECT_EQ((*request)->path, "/metrics");
}

TEST(HttpRequest, IsRefusedWhereItIsNone) {
  for (const char* bytes : {"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
                            "\x16\x03\x01 nonsense\n\n", "GET here HTTP/1.1\n\n"}) {
    EXPECT_FALSE(ReadHttpRequest(bytes).ok()) << bytes;
  }
  EXPECT_FALSE(ReadHttpRequest(std::string(kMostRequestBytes, 'a')).ok());
}

TEST(HttpEndpoint, AnswersWhatItHas) {
  const auto server = OpenOn(Fine());
  EXPECT_THAT(Ask(server->port(), "/metrics"),
              testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("metric 1\n")));
  EXPECT_THAT(Ask(server->port(), "/healthz"), EndsWith("\r\n\r\nok\n"));
  EXPECT_THAT(Ask(server->port(), "/readyz"),
              testing::AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"), EndsWith("the disk is full\n")));
  EXPECT_THAT(Ask(server->port(), "/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask(server->port(), "/healthz", "POST"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Ask(server->port(), "/healthz", "HEAD"),
              testing::AllOf(HasSubstr("Content-Length: 3\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(Ask(server->port(), "nowhere"), StartsWith("HTTP/1.1 400 "));
}

TEST(HttpEndpoint, ListensNowhereWhereNothingIsNamed) {
  const auto server = OpenHttpEndpoint(std::nullopt, Fine());
  EXPECT_TRUE(server.ok());
  EXPECT_EQ(server.value(), nullptr);
}

TEST(HttpEndpoint, SaysWhyItCannotListen) {
  const auto server = OpenOn(Fine());
  const auto second = OpenHttpEndpoint(Endpoint{"127.0.0.1", static_cast<std::uint16_t>(server->port())}, Fine());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("Address already in use"));
}

TEST(HttpEndpoint, AnswersBesideConnectionsThatTrickle) {
  const auto server = OpenOn(Fine());
  const std::string head = "GET /metrics HTTP/1.1\r\nX: ";
  std::atomic<bool> over = false;
  absl::Notification all_there;
  std::thread trickles([&] {
    std::vector<Descriptor> connections;
    while (!over) {
      while (connections.size() < 200) {
        std::vector<Descriptor> one = ConnectMany(server->port(), 1, head);
        if (one.empty()) break;
        connections.push_back(std::move(one.front()));
      }
      if (connections.size() == 200 && !all_there.HasBeenNotified()) all_there.Notify();
      // Those that were closed come anew.
      std::erase_if(connections, [](const Descriptor& fd) { return send(fd.get(), "a", 1, MSG_NOSIGNAL) != 1; });
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  EXPECT_TRUE(all_there.WaitForNotificationWithTimeout(absl::Seconds(10)));
  for (int i = 0; i < 100; ++i) {
    const auto asked = std::chrono::steady_clock::now();
    ASSERT_THAT(Ask(server->port(), "/healthz"), EndsWith("ok\n")) << i;
    ASSERT_THAT(Ask(server->port(), "/metrics"), EndsWith("metric 1\n")) << i;
    EXPECT_LT(std::chrono::steady_clock::now() - asked, seconds(2)) << i;
  }
  over = true;
  trickles.join();
}

TEST(HttpEndpoint, OneThatIsLateIsAnsweredBesideMoreThatTrickleThanThereArePlaces) {
  const auto server = OpenOn(Fine(), {.connections = 4});
  const std::vector<Descriptor> late = ConnectMany(server->port(), 1, "");
  ASSERT_EQ(late.size(), 1U);
  const std::vector<Descriptor> trickles = ConnectMany(server->port(), 12, "GET /met");
  ASSERT_EQ(trickles.size(), 12U);
  // The last three of them have their places.
  for (std::size_t i = 0; i + 3 < trickles.size(); ++i) EXPECT_TRUE(IsClosed(trickles[i])) << i;
  const std::string request = "GET /healthz HTTP/1.1\r\n\r\n";
  ASSERT_EQ(send(late.front().get(), request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  EXPECT_THAT(Receive(late.front()), EndsWith("ok\n"));
}

TEST(HttpEndpoint, EndsAConnectionWhoseRequestDoesNotCome) {
  const auto server = OpenOn(Fine(), {.request_within = milliseconds(200)});
  const std::vector<Descriptor> silent = ConnectMany(server->port(), 3, "GET /met");
  ASSERT_EQ(silent.size(), 3U);
  for (const Descriptor& one : silent) EXPECT_TRUE(IsClosed(one));
}

TEST(HttpEndpoint, EndsAConnectionWhoseAnswerIsNotTaken) {
  HttpAnswers large = Fine();
  large.metrics = [] { return std::string(std::size_t{64} << 20, 'x'); };
  const auto server = OpenOn(std::move(large), {.connections = 2, .answer_within = milliseconds(200)});
  const std::vector<Descriptor> deaf = ConnectMany(server->port(), 2, "GET /metrics HTTP/1.1\r\n\r\n");
  // All places are taken by them, until their time is over.
  const auto deadline = std::chrono::steady_clock::now() + seconds(10);
  bool answered = false;
  while (!answered && std::chrono::steady_clock::now() < deadline) answered = !Ask(server->port(), "/healthz").empty();
  EXPECT_TRUE(answered);
}

TEST(HttpEndpoint, AnswersBesideOneThatWaitsForItsAnswer) {
  absl::Notification goes_on;
  HttpAnswers slow = Fine();
  slow.metrics = [&] {
    goes_on.WaitForNotificationWithTimeout(absl::Seconds(10));
    return "late\n";
  };
  const auto server = OpenOn(std::move(slow));
  const std::vector<Descriptor> waiting = ConnectMany(server->port(), 1, "GET /metrics HTTP/1.1\r\n\r\n");
  ASSERT_EQ(waiting.size(), 1U);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(Ask(server->port(), "/healthz"), EndsWith("ok\n"));
  goes_on.Notify();
  EXPECT_THAT(Receive(waiting.front()), EndsWith("late\n"));
}

}  // namespace
}  // namespace arbiter::process
