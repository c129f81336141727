#include "arbiter/client/local_peer.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace arbiter::client {
namespace {

// The kernel's numbers (net/tcp_states.h), which netinet/tcp.h has under the same names as types of another header.
constexpr int kTcpEstablished = 1;
constexpr int kTcpListen = 10;

class Netlink {
 public:
  Netlink() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
  ~Netlink() {
    if (fd_ >= 0) close(fd_);
  }
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  const int fd_;
};

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

struct End {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
};

void SetEnd(const End& end, std::uint16_t* port, std::uint32_t* address) {
  if (end.address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &end.address, sizeof v6);
    *port = v6.sin6_port;
    std::memcpy(address, &v6.sin6_addr, sizeof v6.sin6_addr);
    return;
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &end.address, sizeof v4);
  *port = v4.sin_port;
  std::memcpy(address, &v4.sin_addr, sizeof v4.sin_addr);
}

// The socket with this local end; the connected one, or the one that listens.
Question QuestionFor(const End& local, const End& remote, bool listener) {
  Question question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = static_cast<std::uint8_t>(local.address.ss_family);
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = ~0U;
  inet_diag_sockid& id = question.request.id;
  SetEnd(local, &id.idiag_sport, id.idiag_src);
  SetEnd(remote, &id.idiag_dport, id.idiag_dst);
  if (listener) id.idiag_dport = 0;
  id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return question;
}

absl::StatusOr<SocketFacts> Ask(const Question& question) {
  const Netlink netlink;
  const auto failed = [](const char* act) {
    return absl::ErrnoToStatus(errno, absl::StrCat("ask the kernel for a socket: ", act));
  };
  if (netlink.fd() < 0) return failed("socket");
  const timeval limit{.tv_sec = 1, .tv_usec = 0};  // it answers before send returns
  setsockopt(netlink.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (connect(netlink.fd(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0) return failed("connect");
  if (send(netlink.fd(), &question, sizeof question, 0) < 0) return failed("send");
  std::array<char, 4096> answer{};
  const ssize_t size = recv(netlink.fd(), answer.data(), answer.size(), 0);
  if (size < 0) return failed("receive");
  return ReadSocketFacts({answer.data(), static_cast<std::size_t>(size)});
}

// Copies the front of `bytes` into a structure of the kernel's; false where there is less.
template <typename Value>
bool TakeFront(absl::string_view* bytes, Value* value) {
  if (bytes->size() < sizeof *value) return false;
  std::memcpy(value, bytes->data(), sizeof *value);
  bytes->remove_prefix(sizeof *value);
  return true;
}

absl::Status NotEstablished() {
  return absl::NotFoundError("the other end of the connection is closed, or not on this machine");
}

}  // namespace

absl::StatusOr<SocketFacts> ReadSocketFacts(absl::string_view answer) {
  const absl::Status garbled = absl::InternalError("ask the kernel for a socket: its answer is none that is known");
  nlmsghdr header{};
  if (!TakeFront(&answer, &header)) return garbled;
  if (header.nlmsg_type == NLMSG_ERROR) {
    nlmsgerr error{};
    if (!TakeFront(&answer, &error) || error.error >= 0) return garbled;
    if (error.error == -ENOENT) return absl::NotFoundError("there is no such socket");
    return absl::InternalError(absl::StrCat("ask the kernel for a socket: ", std::strerror(-error.error)));
  }
  inet_diag_msg said{};
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || !TakeFront(&answer, &said)) return garbled;
  SocketFacts facts;
  if (said.idiag_state == kTcpEstablished) facts.state = SocketFacts::State::kEstablished;
  if (said.idiag_state == kTcpListen) facts.state = SocketFacts::State::kListens;
  facts.uid = said.idiag_uid;
  facts.owned = said.idiag_inode != 0;
  return facts;
}

// A connection in a backlog ends with its listener. So where it waits there both before and after the look at the
// listener, that listener is the one whose it is. A question for a connection that is gone finds who listens on its
// port.
absl::StatusOr<uid_t> OwnerOfPeer(int connection) {
  End here;
  End there;
  if (getsockname(connection, reinterpret_cast<sockaddr*>(&here.address), &here.size) != 0 ||
      getpeername(connection, reinterpret_cast<sockaddr*>(&there.address), &there.size) != 0) {
    return absl::ErrnoToStatus(errno, "ask for the ends of a connection");
  }
  const auto ask = [&](bool listener) { return Ask(QuestionFor(there, here, listener)); };
  const absl::StatusOr<SocketFacts> first = ask(false);
  if (!first.ok()) return absl::IsNotFound(first.status()) ? NotEstablished() : first.status();
  if (first->state != SocketFacts::State::kEstablished) return NotEstablished();
  if (first->owned) return first->uid;
  const absl::StatusOr<SocketFacts> listener = ask(true);
  const absl::StatusOr<SocketFacts> second = ask(false);
  if (!listener.ok()) return listener.status();
  if (!second.ok()) return second.status();
  if (second->state != SocketFacts::State::kEstablished) return NotEstablished();
  if (second->owned) return second->uid;
  if (listener->state != SocketFacts::State::kListens || !listener->owned) return NotEstablished();
  return listener->uid;
}

Uids TrustedUids(const std::string& user) {
  Uids uids{0, geteuid()};
  if (user.empty()) return uids;
  constexpr std::size_t kEntryBytes = 16 * 1024;
  std::vector<char> texts(kEntryBytes);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwnam_r(user.c_str(), &entry, texts.data(), texts.size(), &found) == 0 && found != nullptr) {
    uids.insert(found->pw_uid);
  }
  return uids;
}

absl::Status CheckPeerOwner(int connection, const Uids& trusted) {
  const absl::StatusOr<uid_t> owner = OwnerOfPeer(connection);
  if (!owner.ok()) {
    return absl::PermissionDeniedError(
        absl::StrCat("whose process it is cannot be told: ", std::string(owner.status().message())));
  }
  if (trusted.contains(*owner)) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("it is a process of uid ", *owner));
}

}  // namespace arbiter::client
