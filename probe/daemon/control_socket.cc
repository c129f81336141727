#include "probe/daemon/control_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "probe/daemon/instance_lock.h"
#include "proto/value/duration.h"

namespace probe::daemon {
namespace {

using netlink::UniqueFd;

// SOCK_SEQPACKET keeps messages whole: one is a request, one an answer ("<status code> <text>").
constexpr std::size_t kMaxRequest = 1024;
constexpr std::size_t kMaxAnswer = std::size_t{1} << 17;

absl::StatusOr<sockaddr_un> AddressIn(const std::string& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = absl::StrCat(directory, "/control.sock");
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": longer than a socket's path may be"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// connect() waits while others fill the queue of a probe that takes nobody.
absl::Status LimitWait(int fd, std::chrono::milliseconds patience) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  timeval time{};
  time.tv_sec = seconds.count();
  time.tv_usec = std::chrono::microseconds(patience - seconds).count();
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "limit the wait for the probe");
}

// Who listens at the other end, by the kernel where there is a connection, else by the lock file.
std::string ListenerOf(int fd, const std::string& directory) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0) return absl::StrCat(peer.pid);
  return LockOwner(directory);
}

absl::Status NoAnswer(const std::string& path, const std::string& pid, std::chrono::milliseconds patience) {
  return absl::DeadlineExceededError(
      absl::StrCat("the probe at ", path, " (process ", pid.empty() ? "unknown" : pid, ") does not answer within ",
                   arbiter::FormatDuration(patience), ", and the request is withdrawn. Next: kill -9 ",
                   pid.empty() ? "its process" : pid,
                   ", then the same again (what is shut stays shut meanwhile); or nft delete table netdev "
                   "arbiter_probe, which opens every gate until the probe goes on"));
}

}  // namespace

absl::StatusOr<ControlSocket> ControlSocket::Listen(const std::string& directory) {
  const absl::StatusOr<sockaddr_un> address = AddressIn(directory);
  if (!address.ok()) return address.status();
  UniqueFd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, "open a unix socket");
  unlink(address->sun_path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&*address);
  // Made with no rights for others in the moment in which it appears.
  if (fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0 || bind(fd.get(), generic, sizeof(*address)) != 0 ||
      chmod(address->sun_path, S_IRUSR | S_IWUSR) != 0 || listen(fd.get(), 8) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("listen on ", address->sun_path));
  }
  return ControlSocket(std::move(fd));
}

void ControlSocket::Serve(const Answer& answer) {
  const UniqueFd client(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client.ok()) return;
  pollfd ready{client.get(), POLLIN, 0};
  constexpr int kWriteAtOnceMs = 20;
  std::array<char, kMaxRequest> request{};
  if (poll(&ready, 1, kWriteAtOnceMs) != 1 || (ready.revents & POLLHUP) != 0) return;
  const ssize_t size = recv(client.get(), request.data(), request.size(), 0);
  if (size <= 0) return;
  const absl::StatusOr<std::string> said = answer({request.data(), static_cast<std::size_t>(size)});
  std::string text =
      said.ok() ? absl::StrCat("0 ", *said)
                : absl::StrCat(static_cast<int>(said.status().code()), " ", std::string(said.status().message()));
  if (text.size() > kMaxAnswer) text = text.substr(0, kMaxAnswer - 4) + "...\n";
  (void)send(client.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

absl::StatusOr<std::string> AskProbe(const std::string& directory, absl::string_view request,
                                     std::chrono::milliseconds patience) {
  const absl::StatusOr<sockaddr_un> address = AddressIn(directory);
  if (!address.ok()) return address.status();
  const UniqueFd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!fd.ok()) return absl::ErrnoToStatus(errno, "open a unix socket");
  if (absl::Status status = LimitWait(fd.get(), patience); !status.ok()) return status;
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    if (errno == EAGAIN) return NoAnswer(address->sun_path, ListenerOf(fd.get(), directory), patience);
    const bool nobody = errno == ENOENT || errno == ECONNREFUSED;
    const std::string what = absl::StrCat("connect to ", address->sun_path);
    return nobody ? absl::NotFoundError(absl::StrCat(what, ": ", kNoProbe)) : absl::ErrnoToStatus(errno, what);
  }
  if (send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("ask the probe at ", address->sun_path));
  }
  pollfd ready{fd.get(), POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(patience.count())) != 1) {
    return NoAnswer(address->sun_path, ListenerOf(fd.get(), directory), patience);
  }
  std::string text(kMaxAnswer, '\0');
  const ssize_t size = recv(fd.get(), text.data(), text.size(), 0);
  if (size <= 0) return absl::UnavailableError(absl::StrCat("the probe at ", address->sun_path, " hung up"));
  text.resize(static_cast<std::size_t>(size));
  const std::size_t space = text.find(' ');
  int code = 0;
  if (space == std::string::npos || !absl::SimpleAtoi(text.substr(0, space), &code)) {
    return absl::InternalError(absl::StrCat("the probe at ", address->sun_path, " answers in another language"));
  }
  if (code != 0) return absl::Status(static_cast<absl::StatusCode>(code), text.substr(space + 1));
  return text.substr(space + 1);
}

}  // namespace probe::daemon
