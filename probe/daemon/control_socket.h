// How `arbiter-probe holds` talks to the probe that runs: a socket in the runtime directory, for root only.
#ifndef PROBE_DAEMON_CONTROL_SOCKET_H_
#define PROBE_DAEMON_CONTROL_SOCKET_H_

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/netlink/unique_fd.h"

namespace probe::daemon {

// One request of one line, one answer, for each connection. Not thread-safe.
class ControlSocket {
 public:
  // Answers a request: the text to print, or why not.
  using Answer = std::function<absl::StatusOr<std::string>(absl::string_view request)>;

  // Replaces what an earlier life left there: the caller has the InstanceLock.
  static absl::StatusOr<ControlSocket> Listen(const std::string& directory);

  [[nodiscard]] int fd() const { return fd_.get(); }

  // Serves one connection that waits. A client that does not write at once or does not read is dropped, and so is the
  // request of one that has gone: whoever gave up waiting must not be surprised by it later.
  void Serve(const Answer& answer);

 private:
  explicit ControlSocket(netlink::UniqueFd fd) : fd_(std::move(fd)) {}
  netlink::UniqueFd fd_;
};

// How the status of AskProbe ends when no probe runs.
inline constexpr char kNoProbe[] = "no probe runs here";

// Asks the probe of that runtime directory. NotFound where none runs, DeadlineExceeded with the way out where one runs
// and does not answer; else the status that it answered.
absl::StatusOr<std::string> AskProbe(const std::string& directory, absl::string_view request,
                                     std::chrono::milliseconds patience = std::chrono::seconds(5));

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_CONTROL_SOCKET_H_
