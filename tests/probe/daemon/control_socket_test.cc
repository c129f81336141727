#include "probe/daemon/control_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "probe/daemon/instance_lock.h"
#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using testing::EndsWith;
using testing::HasSubstr;

// Asks on a thread of its own while this one serves.
absl::StatusOr<std::string> AskWhileServing(const std::string& directory, ControlSocket& server,
                                            const std::string& request, const ControlSocket::Answer& answer) {
  absl::StatusOr<std::string> said;
  std::thread client([&] { said = AskProbe(directory, request); });
  pollfd ready{server.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&ready, 1, 10'000), 1);
  server.Serve(answer);
  client.join();
  return said;
}

TEST(ControlSocket, CarriesARequestAndItsAnswer) {
  Scratch scratch;
  auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  const auto said = AskWhileServing(scratch.path(), *server, "holds",
                                    [](absl::string_view request) { return std::string(request) + " it is\n"; });
  EXPECT_EQ(said.value(), "holds it is\n");
}

TEST(ControlSocket, CarriesAStatus) {
  Scratch scratch;
  auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  const auto said = AskWhileServing(scratch.path(), *server, "release x",
                                    [](absl::string_view) { return absl::NotFoundError("x is not held back"); });
  EXPECT_TRUE(absl::IsNotFound(said.status()));
  EXPECT_EQ(said.status().message(), "x is not held back");
}

TEST(ControlSocket, SaysWhenNobodyIsThere) {
  Scratch scratch;
  EXPECT_THAT(std::string(AskProbe(scratch.path(), "holds").status().message()), EndsWith(kNoProbe));
  { ASSERT_TRUE(ControlSocket::Listen(scratch.path()).ok()); }  // it left its socket behind
  EXPECT_THAT(std::string(AskProbe(scratch.path(), "holds").status().message()), EndsWith(kNoProbe));
}

TEST(ControlSocket, NamesAProbeThatDoesNotAnswerAndTheWayOut) {
  Scratch scratch;
  auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  const absl::Status status = AskProbe(scratch.path(), "release-all", std::chrono::milliseconds(1)).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("process " + std::to_string(getpid())));
  EXPECT_THAT(std::string(status.message()), HasSubstr("kill -9 " + std::to_string(getpid())));
  EXPECT_THAT(std::string(status.message()), HasSubstr("nft delete table netdev arbiter_probe"));
}

TEST(ControlSocket, WaitsNoLongerForAProbeWhoseQueueIsFull) {
  Scratch scratch;
  const auto lock = InstanceLock::Take(scratch.path());
  auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  for (int i = 0; i < 20; ++i) {
    const absl::Status status = AskProbe(scratch.path(), "holds", std::chrono::milliseconds(1)).status();
    EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("kill -9 " + std::to_string(getpid())));
  }
}

TEST(ControlSocket, DropsTheRequestOfAClientThatHasGone) {
  Scratch scratch;
  auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  ASSERT_FALSE(AskProbe(scratch.path(), "release-all", std::chrono::milliseconds(1)).ok());
  bool asked = false;
  const auto answer = [&asked](absl::string_view) {
    asked = true;
    return std::string("done");
  };
  server->Serve(answer);
  EXPECT_FALSE(asked);
  EXPECT_EQ(AskWhileServing(scratch.path(), *server, "holds", answer).value(), "done");
}

TEST(ControlSocket, IsForItsOwnerOnly) {
  Scratch scratch;
  const auto server = ControlSocket::Listen(scratch.path());
  ASSERT_TRUE(server.ok());
  struct stat status {};
  ASSERT_EQ(stat((scratch.path() + "/control.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(ControlSocket, RefusesAPathThatIsTooLong) {
  EXPECT_THAT(std::string(ControlSocket::Listen("/" + std::string(200, 'x')).status().message()),
              HasSubstr("longer than a socket's path"));
}

}  // namespace
}  // namespace probe::daemon
