#include "probe/doctor/process_run.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "probe/actuate/pidfd.h"
#include "probe/netlink/unique_fd.h"

namespace probe::doctor {
namespace {

using netlink::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 1024;
constexpr int kCannotExecute = 127;

std::vector<char*> Pointers(std::vector<std::string>* texts) {
  std::vector<char*> pointers;
  for (std::string& text : *texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool Become(const Account& account) {
  if (geteuid() != 0) return true;  // it is that account already
  return setgroups(account.groups.size(), account.groups.data()) == 0 && setgid(account.gid) == 0 &&
         setuid(account.uid) == 0;
}

// In the child. Only what is safe after a fork.
[[noreturn]] void Execute(const ProcessPlan& plan, int output, char* const* arguments, char* const* environment) {
  setpgid(0, 0);
  const int input = open("/dev/null", O_RDONLY);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
      !Become(plan.account) || chdir(plan.directory.c_str()) != 0) {
    _exit(kCannotExecute);
  }
  execve(plan.program.c_str(), arguments, environment);
  _exit(errno == ENOENT ? kCannotExecute : kCannotExecute - 1);
}

void ReadSome(int fd, std::string* output, bool* is_open) {
  std::array<char, 4096> buffer{};
  const ssize_t length = read(fd, buffer.data(), buffer.size());
  if (length < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (length <= 0) {
    *is_open = false;
    return;
  }
  const std::size_t room = kMostOutput - std::min(kMostOutput, output->size());
  output->append(buffer.data(), std::min(room, static_cast<std::size_t>(length)));
}

// Reads what the child says until it has ended. False when the limit came first.
bool Listen(const UniqueFd& process, int output, steady_clock::time_point until, std::string* said) {
  bool is_open = true;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds(0)) return false;
    std::array<pollfd, 2> watched = {pollfd{process.get(), POLLIN, 0}, pollfd{is_open ? output : -1, POLLIN, 0}};
    poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    const bool ended = (watched[0].revents & POLLIN) != 0;
    if (ended || (watched[1].revents & (POLLIN | POLLHUP)) != 0) ReadSome(output, said, &is_open);
    if (ended) return true;
  }
}

// Follows the child until it ends, or is killed at the limit.
ScriptRun Follow(pid_t pid, int output, milliseconds limit) {
  ScriptRun run;
  const auto start = steady_clock::now();
  const UniqueFd process = actuate::OpenPidfd(pid);
  run.timed_out = !Listen(process, output, start + limit, &run.output);
  if (run.timed_out) kill(-pid, SIGKILL);
  int how = 0;
  while (waitpid(pid, &how, 0) < 0 && errno == EINTR) continue;
  run.exit_code = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
  run.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  return run;
}

// One printable line.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = ' ';
  }
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace

absl::StatusOr<Account> FindAccount(const std::string& name, const std::string& group_name) {
  const passwd* entry = getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
  if (entry == nullptr) return absl::NotFoundError(absl::StrCat("there is no user ", name));
  Account account{name, entry->pw_uid, entry->pw_gid, {}, entry->pw_dir, entry->pw_shell};
  if (!group_name.empty()) {
    const struct group* wanted = getgrnam(group_name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
    if (wanted == nullptr) return absl::NotFoundError(absl::StrCat("there is no group ", group_name));
    account.gid = wanted->gr_gid;
  }
  int count = 64;
  account.groups.resize(static_cast<std::size_t>(count));
  if (getgrouplist(name.c_str(), account.gid, account.groups.data(), &count) < 0) count = 64;
  account.groups.resize(static_cast<std::size_t>(count));
  return account;
}

absl::StatusOr<ScriptRun> RunProcess(const ProcessPlan& plan) {
  if (geteuid() != 0 && geteuid() != plan.account.uid) {
    return absl::PermissionDeniedError(
        absl::StrCat("run ", plan.program, " as ", plan.account.name, ": Operation not permitted"));
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "make a pipe");
  const UniqueFd output(ends[0]);
  UniqueFd write_end(ends[1]);
  fcntl(output.get(), F_SETFL, O_NONBLOCK);
  std::vector<std::string> arguments = plan.arguments;
  std::vector<std::string> environment = plan.environment;
  const std::vector<char*> argument_pointers = Pointers(&arguments);
  const std::vector<char*> environment_pointers = Pointers(&environment);
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, absl::StrCat("run ", plan.program));
  if (pid == 0) Execute(plan, write_end.get(), argument_pointers.data(), environment_pointers.data());
  setpgid(pid, pid);
  write_end.reset();
  ScriptRun run = Follow(pid, output.get(), plan.time_limit);
  run.output = Printable(std::move(run.output));
  return run;
}

}  // namespace probe::doctor
