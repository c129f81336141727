#include "tests/lab/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/lab/check.h"

namespace lab {
namespace {

UniqueFd MemoryFile(const char* name) {
  UniqueFd file(memfd_create(name, MFD_CLOEXEC));
  if (file.get() < 0) Check(absl::ErrnoToStatus(errno, "memfd_create"));
  return file;
}

// By offset, so that the writer's own position stays where it is.
std::string Contents(int fd) {
  std::string contents;
  std::array<char, 4096> block{};
  while (true) {
    const ssize_t got = pread(fd, block.data(), block.size(), static_cast<off_t>(contents.size()));
    if (got <= 0) return contents;
    contents.append(block.data(), static_cast<std::size_t>(got));
  }
}

// `ip netns exec` executes in place (the id stays) and shows the program the /sys of its namespace.
std::vector<std::string> FullArgv(const Command& command) {
  std::vector<std::string> argv;
  if (!command.netns.empty()) argv = {"ip", "netns", "exec", command.netns};
  argv.insert(argv.end(), command.argv.begin(), command.argv.end());
  return argv;
}

// Between fork and exec: calls that are safe after a fork of a program with threads, and no other.
[[noreturn]] void BecomeCommand(char* const* argv, int in, int out, int err, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execvp(argv[0], argv);
  _exit(127);
}

int ExitCode(const siginfo_t& end) { return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status; }

}  // namespace

Process::Process(const Command& command)
    : in_(MemoryFile("stdin")), out_(MemoryFile("stdout")), err_(MemoryFile("stderr")) {
  if (pwrite(in_.get(), command.input.data(), command.input.size(), 0) < 0) {
    Check(absl::ErrnoToStatus(errno, "write the standard input"));
  }
  std::vector<std::string> argv = FullArgv(command);
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (std::string& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) BecomeCommand(pointers.data(), in_.get(), out_.get(), err_.get(), parent);
  if (pid_ < 0) {
    Check(absl::ErrnoToStatus(errno, absl::StrCat("fork for ", argv[0])));
    exit_code_ = 127;
    return;
  }
  setpgid(pid_, pid_);  // here too: whoever is first
  pidfd_ = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (pidfd_.get() < 0) Check(absl::ErrnoToStatus(errno, "pidfd_open"));
}

Process::~Process() { Kill(); }

void Process::Signal(int number) {
  if (Running()) kill(pid_, number);
}

void Process::Kill() {
  // Until it is waited for its id is nobody else's, so the group is ours.
  if (exit_code_.has_value()) return;
  kill(-pid_, SIGKILL);
  Wait(std::chrono::seconds(5));
}

std::optional<int> Process::Wait(Duration limit) {
  if (exit_code_.has_value()) return exit_code_;
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  const auto limit_ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (poll(&ended, 1, static_cast<int>(limit_ms)) <= 0) return std::nullopt;
  siginfo_t end{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED) == 0) exit_code_ = ExitCode(end);
  return exit_code_;
}

Duration Process::ProcessorTime() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The second field is the program's name in brackets, which may have blanks in it; utime and stime are 14 and 15.
  const std::vector<std::string> fields = absl::StrSplit(text.substr(text.rfind(')') + 1), ' ', absl::SkipEmpty());
  std::int64_t user = 0;
  std::int64_t system = 0;
  constexpr std::size_t kUser = 11;
  if (fields.size() <= kUser + 1 || !absl::SimpleAtoi(fields[kUser], &user) ||
      !absl::SimpleAtoi(fields[kUser + 1], &system)) {
    return Duration::zero();
  }
  return Duration(std::chrono::seconds(1)) * (user + system) / sysconf(_SC_CLK_TCK);
}

std::string Process::Out() const { return Contents(out_.get()); }

std::string Process::Err() const { return Contents(err_.get()); }

absl::StatusOr<Outcome> Execute(const Command& command, Duration limit) {
  Process process(command);
  const std::optional<int> exit_code = process.Wait(limit);
  if (!exit_code.has_value()) {
    return absl::DeadlineExceededError(absl::StrCat("run `", absl::StrJoin(command.argv, " "), "`: not done after ",
                                                    Milliseconds(limit), " ms: ", process.Out(), process.Err()));
  }
  return Outcome{.exit_code = *exit_code, .out = process.Out(), .err = process.Err()};
}

absl::StatusOr<std::string> OutputOf(const Command& command) {
  absl::StatusOr<Outcome> outcome = Execute(command);
  if (!outcome.ok()) return outcome.status();
  if (outcome->exit_code != 0) {
    return absl::InternalError(absl::StrCat("run `", absl::StrJoin(command.argv, " "), "`: exit code ",
                                            outcome->exit_code, ": ", outcome->err, outcome->out));
  }
  return outcome->out;
}

}  // namespace lab
