// A network namespace for one test: made with ip(8), named after this process, deleted with the object.
#ifndef TESTS_PROBE_NETLINK_NAMESPACE_FIXTURE_H_
#define TESTS_PROBE_NETLINK_NAMESPACE_FIXTURE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "probe/netlink/unique_fd.h"

namespace probe::netlink::testing {

inline int Shell(const std::string& command) { return std::system(command.c_str()); }  // NOLINT(concurrency-mt-unsafe)

class TestNamespace {
 public:
  explicit TestNamespace(const std::string& role) : name_(absl::StrCat("act", getpid(), role)) {
    EXPECT_EQ(Shell(absl::StrCat("ip netns add ", name_)), 0) << "the lab needs root and iproute2";
    EXPECT_EQ(Run("ip link set lo up"), 0);
  }
  TestNamespace(const TestNamespace&) = delete;
  TestNamespace& operator=(const TestNamespace&) = delete;
  ~TestNamespace() { Shell(absl::StrCat("ip netns del ", name_)); }

  [[nodiscard]] const std::string& name() const { return name_; }

  // Runs a shell command in the namespace; returns its exit status as std::system does.
  [[nodiscard]] int Run(const std::string& command) const {
    return Shell(absl::StrCat("ip netns exec ", name_, " sh -c '", command, "'"));
  }

  // Runs `body` in a thread that is in the namespace, and waits for it. Sockets made there stay there.
  void Within(const std::function<void()>& body) const {
    std::thread([&] {
      const UniqueFd target(open(absl::StrCat("/run/netns/", name_).c_str(), O_RDONLY | O_CLOEXEC));
      ASSERT_EQ(setns(target.get(), CLONE_NEWNET), 0);
      body();
    }).join();
  }

 private:
  std::string name_;
};

// Waits until `condition` holds, woken by `fd` or every few milliseconds; false when `limit` passed first.
inline bool WaitFor(int fd, const std::function<bool()>& condition,
                    std::chrono::milliseconds limit = std::chrono::seconds(5)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    pollfd wait{fd, POLLIN, 0};
    poll(&wait, 1, 5);
  }
  return true;
}

}  // namespace probe::netlink::testing

#endif  // TESTS_PROBE_NETLINK_NAMESPACE_FIXTURE_H_
