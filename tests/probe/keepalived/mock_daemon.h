// Processes that look like keepalived from outside: a parent and children, each with the daemon's name.
#ifndef TESTS_PROBE_KEEPALIVED_MOCK_DAEMON_H_
#define TESTS_PROBE_KEEPALIVED_MOCK_DAEMON_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace probe::keepalived {

// Starts when it is made and is killed when it goes. The children die with the parent.
class MockDaemon {
 public:
  explicit MockDaemon(int children, const std::string& name = "keepalived");
  ~MockDaemon();
  MockDaemon(const MockDaemon&) = delete;
  MockDaemon& operator=(const MockDaemon&) = delete;

  [[nodiscard]] pid_t parent() const { return parent_; }
  [[nodiscard]] pid_t child(std::size_t index) const { return children_.at(index); }

  // Stops or continues one of its processes, and waits until the kernel says so.
  static void Stop(pid_t pid);
  static void Continue(pid_t pid);

  // SIGKILL to the parent, which is waited for, so that nothing is left of it.
  void Kill();

 private:
  pid_t parent_ = -1;
  std::vector<pid_t> children_;
};

}  // namespace probe::keepalived

#endif  // TESTS_PROBE_KEEPALIVED_MOCK_DAEMON_H_
