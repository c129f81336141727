#include "probe/keepalived/process_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probe::keepalived {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{256} << 10;

// The file's first kMaxBytes. A process that ends meanwhile is NotFound.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  }
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  do {
    got = read(fd, buffer.data(), buffer.size());
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  } while ((got > 0 && text.size() < kMaxBytes) || (got < 0 && errno == EINTR));
  const int error = errno;
  close(fd);
  if (got < 0) {
    return error == ESRCH ? absl::NotFoundError(absl::StrCat("read ", path, ": the process has ended"))
                          : absl::ErrnoToStatus(error, absl::StrCat("read ", path));
  }
  return text;
}

// By the kernel's name of the process, which has 15 characters.
constexpr std::array<std::pair<absl::string_view, absl::string_view>, 3> kAddressManagers = {{
    {"systemd-network", "systemd-networkd"},
    {"NetworkManager", "NetworkManager"},
    {"dhcpcd", "dhcpcd"},
}};

}  // namespace

std::vector<std::string> AddressManagersRunning() {
  std::set<std::string> running;
  std::error_code error;
  std::filesystem::directory_iterator processes("/proc", error);
  for (const auto end = std::filesystem::end(processes); !error && processes != end; processes.increment(error)) {
    const std::string pid = processes->path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const absl::StatusOr<std::string> comm = ReadSmallFile(absl::StrCat("/proc/", pid, "/comm"));
    if (!comm.ok()) continue;
    const absl::string_view name = absl::StripSuffix(*comm, "\n");
    const auto* manager = std::find_if(kAddressManagers.begin(), kAddressManagers.end(),
                                       [name](const auto& known) { return known.first == name; });
    if (manager != kAddressManagers.end()) running.emplace(manager->second);
  }
  return {running.begin(), running.end()};
}

absl::StatusOr<ProcessStat> ParseStat(absl::string_view text) {
  // "PID (NAME) STATE PPID ...": the name may hold blanks and brackets, so the last bracket ends it.
  const absl::Status bad = absl::InvalidArgumentError("read the state of a process: not in the form of proc(5)");
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == absl::string_view::npos || close == absl::string_view::npos || close < open) {
    return bad;
  }
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kStart = 19;  // field 22 of proc(5), the name being field 2
  const std::vector<absl::string_view> fields = absl::StrSplit(text.substr(close + 1), ' ', absl::SkipEmpty());
  ProcessStat stat;
  stat.name = std::string(text.substr(open + 1, close - open - 1));
  if (fields.size() <= kStart || fields[kState].size() != 1 || !absl::SimpleAtoi(text.substr(0, open), &stat.pid) ||
      !absl::SimpleAtoi(fields[kParent], &stat.parent) || !absl::SimpleAtoi(fields[kStart], &stat.start_ticks)) {
    return bad;
  }
  stat.state = fields[kState].front();
  return stat;
}

absl::StatusOr<ProcessStat> ReadStat(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadSmallFile(absl::StrCat("/proc/", pid, "/stat"));
  if (!text.ok()) {
    return text.status();
  }
  return ParseStat(*text);
}

absl::StatusOr<std::vector<pid_t>> ReadChildren(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadSmallFile(absl::StrCat("/proc/", pid, "/task/", pid, "/children"));
  if (!text.ok()) {
    return text.status();
  }
  std::vector<pid_t> children;
  for (const absl::string_view word : absl::StrSplit(*text, ' ', absl::SkipWhitespace())) {
    pid_t child = 0;
    if (absl::SimpleAtoi(word, &child)) {
      children.push_back(child);
    }
  }
  return children;
}

absl::StatusOr<std::vector<std::string>> ReadCommandLine(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadSmallFile(absl::StrCat("/proc/", pid, "/cmdline"));
  if (!text.ok()) {
    return text.status();
  }
  absl::string_view rest = *text;
  absl::ConsumeSuffix(&rest, absl::string_view("\0", 1));
  if (rest.empty()) {
    return std::vector<std::string>();
  }
  return std::vector<std::string>(absl::StrSplit(rest, '\0'));
}

absl::StatusOr<std::uint64_t> ReadTimeSlices(pid_t pid) {
  const std::string path = absl::StrCat("/proc/", pid, "/schedstat");
  const absl::StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) {
    return text.status();
  }
  // Time on a processor, time spent waiting for one, time slices.
  const std::vector<absl::string_view> fields = absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  std::uint64_t slices = 0;
  if (fields.size() < 3 || !absl::SimpleAtoi(fields[2], &slices)) {
    return absl::InvalidArgumentError(absl::StrCat("read ", path, ": not three numbers"));
  }
  return slices;
}

bool IsFrozenByCgroup(pid_t pid) {
  const absl::StatusOr<std::string> groups = ReadSmallFile(absl::StrCat("/proc/", pid, "/cgroup"));
  if (!groups.ok()) {
    return false;
  }
  for (absl::string_view line : absl::StrSplit(*groups, '\n')) {
    if (!absl::ConsumePrefix(&line, "0::")) {
      continue;
    }
    for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
      const absl::StatusOr<std::string> events = ReadSmallFile(absl::StrCat(root, line, "/cgroup.events"));
      if (events.ok() && absl::StrContains(*events, "frozen 1")) {
        return true;
      }
    }
  }
  return false;
}

absl::StatusOr<pid_t> ReadPidFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) {
    return text.status();
  }
  pid_t pid = 0;
  if (!absl::SimpleAtoi(*text, &pid) || pid <= 0) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no process id"));
  }
  return pid;
}

}  // namespace probe::keepalived
