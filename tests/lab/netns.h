// A named network namespace with one owner.
#ifndef TESTS_LAB_NETNS_H_
#define TESTS_LAB_NETNS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/lab/unique_fd.h"

namespace lab {

class NetNamespace {
 public:
  // Made by `ip netns add`; loopback is up, IPv6 addresses are usable at once (no duplicate address detection).
  explicit NetNamespace(std::string name);
  NetNamespace(const NetNamespace&) = delete;
  NetNamespace& operator=(const NetNamespace&) = delete;
  // Kills what still runs in it and deletes it.
  ~NetNamespace();

  [[nodiscard]] const std::string& name() const { return name_; }

  // Calls `work` on a thread that is inside the namespace, and waits for it. Sockets made there stay there.
  void Enter(const std::function<void()>& work) const;

  // Several `ip` commands in one process, one a line, without the word `ip`.
  [[nodiscard]] absl::Status IpBatch(absl::string_view lines) const;

 private:
  std::string name_;
  UniqueFd fd_;
};

// Kills the processes of the namespace called `name` (SIGKILL) and deletes it; for leftovers of dead runs.
void RemoveNetNamespace(const std::string& name);

}  // namespace lab

#endif  // TESTS_LAB_NETNS_H_
