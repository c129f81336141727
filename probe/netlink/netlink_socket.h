// A netlink socket: requests, dumps and notifications. Not thread-safe. Move-only.
#ifndef PROBE_NETLINK_NETLINK_SOCKET_H_
#define PROBE_NETLINK_NETLINK_SOCKET_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct nl_sock;
struct nl_msg;
struct nlmsghdr;

namespace probe::netlink {

struct NlMsgDeleter {
  void operator()(nl_msg* message) const;
};
using NlMsgHandle = std::unique_ptr<nl_msg, NlMsgDeleter>;

// An empty message of `type` with `flags` besides NLM_F_REQUEST; dies on lack of memory.
NlMsgHandle MakeMessage(int type, int flags);

class NetlinkSocket {
 public:
  using Visit = absl::FunctionRef<void(const nlmsghdr&)>;

  // `protocol` is NETLINK_ROUTE or NETLINK_NETFILTER. The socket is in the network namespace of the calling thread and
  // stays there.
  static absl::StatusOr<NetlinkSocket> Open(int protocol);

  // Subscribes to a multicast group and makes reading non-blocking; `receive_buffer` in bytes, 0 keeps the default.
  absl::Status Follow(int group, int receive_buffer);

  // Sends `message` and waits for the kernel's one answer: an acknowledgement if it has NLM_F_ACK, else the object that
  // it asks for. `act` begins the status, for example "remove 10.0.0.1".
  absl::Status Transact(NlMsgHandle message, absl::string_view act);

  // Sends a dump request and shows each answer to `visit`. Aborted when the kernel says that the dump is inconsistent.
  absl::Status Dump(NlMsgHandle message, absl::string_view act, Visit visit);

  // Sends a request for one object, and shows it to `visit`. Internal where the kernel has a refusal for it that has no
  // code of its own here (no route).
  absl::Status Ask(NlMsgHandle message, absl::string_view act, Visit visit);

  enum class DrainEnd { kEmpty, kOverrun };
  // Shows every queued notification to `visit`. kOverrun: the kernel dropped some, and the state must be read anew.
  absl::StatusOr<DrainEnd> Drain(Visit visit);

  [[nodiscard]] int fd() const;

 private:
  struct Deleter {
    void operator()(nl_sock* socket) const;
  };
  explicit NetlinkSocket(nl_sock* socket) : socket_(socket) {}

  std::unique_ptr<nl_sock, Deleter> socket_;
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_NETLINK_SOCKET_H_
