#include "arbiter/client/local_peer.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "arbiter/client/local_channel.h"

namespace arbiter::client {
namespace {

using testing::HasSubstr;
using State = SocketFacts::State;

template <typename Body>
std::string Answer(std::uint16_t type, const Body& body) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_len = sizeof header + sizeof body;
  std::string bytes(sizeof header + sizeof body, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &body, sizeof body);
  return bytes;
}

std::string SocketAnswer(std::uint8_t state, std::uint32_t uid, std::uint32_t inode) {
  inet_diag_msg said{};
  said.idiag_state = state;
  said.idiag_uid = uid;
  said.idiag_inode = inode;
  return Answer(SOCK_DIAG_BY_FAMILY, said);
}

TEST(SocketFacts, AreReadFromTheKernelsAnswer) {
  const struct {
    std::string answer;
    State state;
    uid_t uid;
    bool owned;
  } kCases[] = {
      {SocketAnswer(1, 1000, 7), State::kEstablished, 1000, true},
      {SocketAnswer(10, 0, 7), State::kListens, 0, true},
      {SocketAnswer(1, 0, 0), State::kEstablished, 0, false},  // in a backlog: not root's
      {SocketAnswer(5, 0, 0), State::kOther, 0, false},
  };
  for (const auto& c : kCases) {
    const auto facts = ReadSocketFacts(c.answer);
    ASSERT_TRUE(facts.ok()) << facts.status();
    EXPECT_EQ(facts->state, c.state);
    EXPECT_EQ(facts->uid, c.uid);
    EXPECT_EQ(facts->owned, c.owned);
  }
}

TEST(SocketFacts, AreNotReadFromLessThanAnAnswer) {
  const std::string whole = SocketAnswer(1, 1000, 7);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadSocketFacts(absl::string_view(whole).substr(0, size)).ok()) << size;
  }
  nlmsgerr error{};
  error.error = -ENOENT;
  EXPECT_TRUE(absl::IsNotFound(ReadSocketFacts(Answer(NLMSG_ERROR, error)).status()));
  error.error = -EPERM;
  EXPECT_TRUE(absl::IsInternal(ReadSocketFacts(Answer(NLMSG_ERROR, error)).status()));
  error.error = 0;
  EXPECT_TRUE(absl::IsInternal(ReadSocketFacts(Answer(NLMSG_ERROR, error)).status()));
}

// A socket of this test's that listens on a loopback port.
class Listening {
 public:
  explicit Listening(int family = AF_INET) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address = Loopback(family, 0);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(fd_, 4), 0);
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);  // both families have it there
    client_ = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  ~Listening() {
    close(client_);
    if (fd_ >= 0) close(fd_);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  [[nodiscard]] int client() const { return client_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  int Accept() { return accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC); }
  void Stop() { close(std::exchange(fd_, -1)); }

 private:
  static sockaddr_storage Loopback(int family, std::uint16_t port) {
    sockaddr_storage address{};
    if (family == AF_INET6) {
      auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
      v6->sin6_family = AF_INET6;
      v6->sin6_addr = in6addr_loopback;
      v6->sin6_port = htons(port);
    } else {
      auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
      v4->sin_family = AF_INET;
      v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      v4->sin_port = htons(port);
    }
    return address;
  }

  int fd_;
  int client_ = -1;
  std::uint16_t port_ = 0;
};

TEST(LocalPeer, IsKnownOnBothSidesAndInABacklog) {
  for (const int family : {AF_INET, AF_INET6}) {
    Listening listening(family);
    EXPECT_EQ(*OwnerOfPeer(listening.client()), geteuid()) << "nobody has taken it up yet";
    const int accepted = listening.Accept();
    EXPECT_EQ(*OwnerOfPeer(listening.client()), geteuid());
    EXPECT_EQ(*OwnerOfPeer(accepted), geteuid());
    close(accepted);
  }
}

TEST(LocalPeer, ThatHasGoneIsNobodyWhoeverListensThereNow) {
  Listening listening;
  close(listening.Accept());
  EXPECT_TRUE(absl::IsNotFound(OwnerOfPeer(listening.client()).status()));
  listening.Stop();
  EXPECT_TRUE(absl::IsNotFound(OwnerOfPeer(listening.client()).status()));
}

TEST(LocalPeer, IsTakenOnlyWhereItsUserIsTrusted) {
  const Listening listening;
  EXPECT_TRUE(CheckPeerOwner(listening.client(), {geteuid()}).ok());
  const absl::Status refused = CheckPeerOwner(listening.client(), {geteuid() + 1});
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("a process of uid " + std::to_string(geteuid())));
}

TEST(TrustedUids, AreRootOnesOwnAndANamedUser) {
  EXPECT_EQ(TrustedUids(""), (Uids{0, geteuid()}));
  EXPECT_EQ(TrustedUids("no-such-user"), (Uids{0, geteuid()}));
  EXPECT_EQ(TrustedUids("nobody"), (Uids{0, geteuid(), 65534}));
}

TEST(LocalChannel, IsMadeToTrustedUsersOnlyAndSaysTheWayOut) {
  const Listening listening;
  const Endpoint endpoint{"127.0.0.1", listening.port()};
  EXPECT_TRUE(MakeLocalChannel(endpoint, {geteuid()}).ok());
  EXPECT_TRUE(MakeLocalChannel({"localhost", listening.port()}, {geteuid()}).ok());
  const absl::Status refused = MakeLocalChannel(endpoint, {geteuid() + 1}).status();
  EXPECT_TRUE(absl::IsPermissionDenied(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--insecure"));
}

TEST(LocalChannel, SaysThatNobodyListens) {
  Listening listening;
  listening.Stop();
  const absl::Status refused = MakeLocalChannel({"127.0.0.1", listening.port()}, {0}).status();
  EXPECT_EQ(refused, absl::UnavailableError("Connection refused"));
}

}  // namespace
}  // namespace arbiter::client
