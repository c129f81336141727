#include "probe/netlink/netlink_socket.h"

#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::netlink {
namespace {

struct CallbackDeleter {
  void operator()(nl_cb* callbacks) const { nl_cb_put(callbacks); }
};
using Callbacks = std::unique_ptr<nl_cb, CallbackDeleter>;

absl::Status ErrorStatus(int error, absl::string_view act) {
  const int code = std::abs(error);
  const std::string text = absl::StrCat(act, ": ", nl_geterror(code));
  switch (code) {
    case NLE_PERM:
    case NLE_NOACCESS:
      return absl::PermissionDeniedError(text);
    case NLE_OBJ_NOTFOUND:
    case NLE_NODEV:
    case NLE_NOADDR:
      return absl::NotFoundError(text);
    case NLE_EXIST:
      return absl::AlreadyExistsError(text);
    case NLE_AGAIN:
      return absl::DeadlineExceededError(text);
    default:
      return absl::InternalError(text);
  }
}

int OnMessage(nl_msg* message, void* visit) {
  (*static_cast<NetlinkSocket::Visit*>(visit))(*nlmsg_hdr(message));
  return NL_OK;
}

int AcceptAnySequence(nl_msg*, void*) { return NL_OK; }

Callbacks MakeCallbacks(NetlinkSocket::Visit& visit) {
  Callbacks callbacks(nl_cb_alloc(NL_CB_DEFAULT));
  if (!callbacks) std::abort();  // out of memory
  nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, OnMessage, &visit);
  return callbacks;
}

}  // namespace

void NlMsgDeleter::operator()(nl_msg* message) const { nlmsg_free(message); }
void NetlinkSocket::Deleter::operator()(nl_sock* socket) const { nl_socket_free(socket); }

NlMsgHandle MakeMessage(int type, int flags) {
  NlMsgHandle message(nlmsg_alloc_simple(type, NLM_F_REQUEST | flags));
  if (!message) std::abort();  // out of memory
  return message;
}

absl::StatusOr<NetlinkSocket> NetlinkSocket::Open(int protocol) {
  NetlinkSocket socket(nl_socket_alloc());
  if (!socket.socket_) return absl::ResourceExhaustedError("make a netlink socket: out of memory");
  if (const int error = nl_connect(socket.socket_.get(), protocol); error < 0) {
    return ErrorStatus(error, absl::StrCat("connect netlink socket of protocol ", protocol));
  }
  nl_socket_disable_auto_ack(socket.socket_.get());  // a request says itself whether it wants one
  // The kernel answers a request before sendmsg returns; a second without an answer is a fault, never a reason to hang.
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return socket;
}

absl::Status NetlinkSocket::Follow(int group, int receive_buffer) {
  const std::string act = absl::StrCat("follow netlink group ", group);
  nl_socket_disable_seq_check(socket_.get());
  if (const int error = nl_socket_set_nonblocking(socket_.get()); error < 0) return ErrorStatus(error, act);
  if (receive_buffer > 0) nl_socket_set_buffer_size(socket_.get(), receive_buffer, 0);
  if (const int error = nl_socket_add_membership(socket_.get(), group); error < 0) return ErrorStatus(error, act);
  return absl::OkStatus();
}

absl::Status NetlinkSocket::Transact(NlMsgHandle message, absl::string_view act) {
  if (int error = nl_send_auto(socket_.get(), message.get()); error < 0) return ErrorStatus(error, act);
  if (const int error = nl_wait_for_ack(socket_.get()); error < 0) return ErrorStatus(error, act);
  return absl::OkStatus();
}

absl::Status NetlinkSocket::Dump(NlMsgHandle message, absl::string_view act, Visit visit) {
  nlmsg_hdr(message.get())->nlmsg_flags |= NLM_F_DUMP;
  const Callbacks callbacks = MakeCallbacks(visit);
  if (const int error = nl_send_auto(socket_.get(), message.get()); error < 0) return ErrorStatus(error, act);
  if (const int error = nl_recvmsgs(socket_.get(), callbacks.get()); error < 0) {
    if (error == -NLE_DUMP_INTR) return absl::AbortedError(absl::StrCat(act, ": it changed while it was read"));
    return ErrorStatus(error, act);
  }
  return absl::OkStatus();
}

absl::Status NetlinkSocket::Ask(NlMsgHandle message, absl::string_view act, Visit visit) {
  const Callbacks callbacks = MakeCallbacks(visit);
  if (const int error = nl_send_auto(socket_.get(), message.get()); error < 0) return ErrorStatus(error, act);
  if (const int error = nl_recvmsgs(socket_.get(), callbacks.get()); error < 0) return ErrorStatus(error, act);
  return absl::OkStatus();
}

absl::StatusOr<NetlinkSocket::DrainEnd> NetlinkSocket::Drain(Visit visit) {
  const Callbacks callbacks = MakeCallbacks(visit);
  nl_cb_set(callbacks.get(), NL_CB_SEQ_CHECK, NL_CB_CUSTOM, AcceptAnySequence, nullptr);
  bool overrun = false;
  while (true) {
    const int error = nl_recvmsgs(socket_.get(), callbacks.get());
    if (error >= 0) continue;
    if (error == -NLE_AGAIN) return overrun ? DrainEnd::kOverrun : DrainEnd::kEmpty;
    if (error != -NLE_NOMEM) return ErrorStatus(error, "read netlink notifications");
    overrun = true;  // ENOBUFS; what is still queued is read all the same, to empty the socket
  }
}

int NetlinkSocket::fd() const { return nl_socket_get_fd(socket_.get()); }

}  // namespace probe::netlink
