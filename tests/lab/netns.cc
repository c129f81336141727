#include "tests/lab/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include <cerrno>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/lab/check.h"
#include "tests/lab/process.h"

namespace lab {
namespace {

void WriteSysctl(const std::string& path, absl::string_view value) {
  std::ofstream file("/proc/sys/" + path);
  file << value << std::flush;
  if (!file) Check(absl::ErrnoToStatus(errno, absl::StrCat("write sysctl ", path)));
}

}  // namespace

NetNamespace::NetNamespace(std::string name) : name_(std::move(name)) {
  Check(OutputOf({.argv = {"ip", "netns", "add", name_}}).status());
  fd_ = UniqueFd(open(("/run/netns/" + name_).c_str(), O_RDONLY | O_CLOEXEC));
  if (fd_.get() < 0) Check(absl::ErrnoToStatus(errno, absl::StrCat("open namespace ", name_)));
  Enter([] {
    for (const char* scope : {"all", "default"}) {
      WriteSysctl(absl::StrCat("net/ipv6/conf/", scope, "/accept_dad"), "0");
      WriteSysctl(absl::StrCat("net/ipv6/conf/", scope, "/dad_transmits"), "0");
    }
  });
  Check(IpBatch("link set lo up\n"));
}

NetNamespace::~NetNamespace() { RemoveNetNamespace(name_); }

void NetNamespace::Enter(const std::function<void()>& work) const {
  std::thread inside([&] {
    if (setns(fd_.get(), CLONE_NEWNET) != 0) {
      Check(absl::ErrnoToStatus(errno, absl::StrCat("enter namespace ", name_)));
      return;
    }
    work();
  });
  inside.join();
}

absl::Status NetNamespace::IpBatch(absl::string_view lines) const {
  return OutputOf({.argv = {"ip", "-n", name_, "-batch", "-"}, .input = std::string(lines)}).status();
}

void RemoveNetNamespace(const std::string& name) {
  const absl::StatusOr<std::string> ids = OutputOf({.argv = {"ip", "netns", "pids", name}});
  if (ids.ok()) {
    for (absl::string_view line : absl::StrSplit(*ids, '\n', absl::SkipEmpty())) {
      pid_t pid = 0;
      if (absl::SimpleAtoi(line, &pid) && pid > 1) kill(pid, SIGKILL);
    }
  }
  // Another run may remove the same leftover at the same time; whoever is late finds it gone.
  static_cast<void>(OutputOf({.argv = {"ip", "netns", "del", name}}));
}

}  // namespace lab
