#include "tests/probe/keepalived/mock_daemon.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "probe/keepalived/process_table.h"

namespace probe::keepalived {
namespace {

// In a child: sleeps until a signal ends it.
[[noreturn]] void SleepForEver(const char* name) {
  prctl(PR_SET_NAME, name);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    pause();
  }
}

// The parent's life: it starts its children, and tells their ids through the pipe.
[[noreturn]] void LiveAsParent(const char* name, int children, int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGCHLD, SIG_IGN);  // its children leave no zombies
  for (int i = 0; i < children; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      close(pipe);  // or the test would wait for its end
      SleepForEver(name);
    }
    if (write(pipe, &child, sizeof(child)) != sizeof(child)) {
      _exit(1);
    }
  }
  close(pipe);
  SleepForEver(name);
}

void WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the state of a process did not change";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool HasName(pid_t pid, const std::string& name) {
  const absl::StatusOr<ProcessStat> stat = ReadStat(pid);
  return stat.ok() && stat->name == name;
}

}  // namespace

MockDaemon::MockDaemon(int children, const std::string& name) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  parent_ = fork();
  if (parent_ == 0) {
    close(ends[0]);
    LiveAsParent(name.c_str(), children, ends[1]);
  }
  close(ends[1]);
  pid_t child = 0;
  while (read(ends[0], &child, sizeof(child)) == sizeof(child)) {
    children_.push_back(child);
  }
  close(ends[0]);
  EXPECT_EQ(children_.size(), static_cast<std::size_t>(children));
  WaitUntil([&] { return HasName(parent_, name); });
  for (const pid_t one : children_) {
    WaitUntil([&] { return HasName(one, name); });
  }
}

MockDaemon::~MockDaemon() { Kill(); }

void MockDaemon::Stop(pid_t pid) {
  kill(pid, SIGSTOP);
  WaitUntil([&] { return ReadStat(pid)->stopped(); });
}

void MockDaemon::Continue(pid_t pid) {
  kill(pid, SIGCONT);
  WaitUntil([&] { return !ReadStat(pid)->stopped(); });
}

void MockDaemon::Kill() {
  if (parent_ > 0) {
    kill(parent_, SIGKILL);
    waitpid(parent_, nullptr, 0);
    parent_ = -1;
  }
}

}  // namespace probe::keepalived
