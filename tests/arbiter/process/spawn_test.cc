#include "arbiter/process/spawn.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "arbiter/process/write.h"

namespace arbiter::process {
namespace {

// What a shell that runs `script` writes; 256 bytes of it.
std::string OutputOf(const std::string& script, const std::vector<std::string>& environment = {}) {
  const absl::StatusOr<Descriptor> input = MemoryFile("input", "given\n");
  const absl::StatusOr<Descriptor> output = MemoryFile("output", "");
  const absl::StatusOr<pid_t> pid = Spawn({.argv = {"/bin/sh", "-c", script},
                                           .environment = environment,
                                           .input = input->get(),
                                           .output = output->get(),
                                           .error = output->get()});
  EXPECT_TRUE(pid.ok()) << pid.status();
  int how = 0;
  while (waitpid(*pid, &how, 0) < 0 && errno == EINTR) continue;
  std::string text(256, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, pread(output->get(), text.data(), text.size(), 0))));
  return text;
}

TEST(Spawn, HasItsStreamsItsEnvironmentAndNothingElseOfOurs) {
  const int inherited = dup(STDOUT_FILENO);  // not closed by exec
  setenv("SECRET", "x", 1);
  EXPECT_EQ(OutputOf("cat; pwd; env | grep -c SECRET; echo $ABOUT >&2", {"ABOUT=a b"}), "given\n/\n0\na b\n");
  EXPECT_EQ(OutputOf("test -e /proc/self/fd/" + std::to_string(inherited) + " && echo open"), "");
  close(inherited);
}

TEST(Spawn, HasAGroupOfItsOwnAndNoSignalBlockedOrIgnored) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(OutputOf("set -- $(cat /proc/$$/stat); test $5 = $$ && echo own; grep SigBlk /proc/self/status"),
            "own\nSigBlk:\t0000000000000000\n");
  EXPECT_EQ(OutputOf("kill -PIPE $$; echo survived"), "");
}

TEST(Spawn, SaysWhatCannotRun) {
  EXPECT_EQ(Spawn({.argv = {"/nowhere"}, .environment = {}}).status().message(),
            "run /nowhere: No such file or directory");
}

}  // namespace
}  // namespace arbiter::process
