// Whose process is at the other end of a TCP connection within this machine.
#ifndef ARBITER_CLIENT_LOCAL_PEER_H_
#define ARBITER_CLIENT_LOCAL_PEER_H_

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace arbiter::client {

// Users, by number.
using Uids = std::set<uid_t>;

// What the kernel says of a TCP socket (sock_diag(7)).
struct SocketFacts {
  enum class State : std::uint8_t { kEstablished, kListens, kOther };
  State state = State::kOther;
  // Of whoever made the socket or took it out of a backlog. One that nobody owns, for it waits in a backlog or was
  // closed, has 0 in the kernel's answer, which is no word for root.
  uid_t uid = 0;
  bool owned = false;
};

// Reads the kernel's answer to a question for one socket. NotFound: there is none. Internal: any other refusal, and
// what is no such answer.
absl::StatusOr<SocketFacts> ReadSocketFacts(absl::string_view answer);

// The user of the process at the other end of a connected TCP socket. Of a connection that still waits in a backlog it
// is the listener's. NotFound: the other end is gone, or not in this network namespace.
absl::StatusOr<uid_t> OwnerOfPeer(int connection);

// Root, this process's own user and, where there is one of this name, `user`; empty: none. Asks the name service.
Uids TrustedUids(const std::string& user);

// OK where one of `trusted` is at the other end. PermissionDenied says who is, or why that cannot be told.
absl::Status CheckPeerOwner(int connection, const Uids& trusted);

}  // namespace arbiter::client

#endif  // ARBITER_CLIENT_LOCAL_PEER_H_
