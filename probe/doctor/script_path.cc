#include "probe/doctor/script_path.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "probe/doctor/word_list.h"

namespace probe::doctor {
namespace {

// Programs that run what their arguments name, which keepalived does not look at.
constexpr absl::string_view kRunners[] = {"env",  "nice", "timeout", "nohup", "setsid", "sudo", "runuser",
                                          "perl", "php",  "python",  "ruby",  "lua",    "awk",  "tclsh"};

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

std::string UserText(uid_t uid) {
  const passwd* entry = getpwuid(uid);  // NOLINT(concurrency-mt-unsafe): one thread
  return entry == nullptr ? absl::StrCat("uid ", uid) : absl::StrCat(entry->pw_name, " (uid ", uid, ")");
}

std::string GroupText(gid_t gid) {
  const struct group* entry = getgrgid(gid);  // NOLINT(concurrency-mt-unsafe): one thread
  return entry == nullptr ? absl::StrCat("gid ", gid) : absl::StrCat(entry->gr_name, " (gid ", gid, ")");
}

// While it lives, this process looks at files with the account's rights. Without root's it stays what it is.
class ActingAs {
 public:
  explicit ActingAs(const Account& account)
      : root_(geteuid() == 0),
        group_(getegid()),
        ok_(!root_ || (setegid(account.gid) == 0 && seteuid(account.uid) == 0)) {}
  ~ActingAs() {
    if (root_ && (seteuid(0) != 0 || setegid(group_) != 0)) std::abort();  // the real user is root still
  }
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

  // False where even root may not, as in a container that does not have that user.
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  const bool root_;
  const gid_t group_;
  const bool ok_;
};

struct Free {
  void operator()(char* text) const { std::free(text); }
};

// Without any link.
absl::StatusOr<std::string> RealPath(const std::string& path, const Account& account) {
  const ActingAs acting(account);
  if (!acting.ok()) return absl::ErrnoToStatus(errno, absl::StrCat("act as user ", account.name));
  const std::unique_ptr<char, Free> real(realpath(path.c_str(), nullptr));
  if (real == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("user ", account.name, " cannot come to ", path));
  return std::string(real.get());
}

bool IsSameFile(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  return stat(a.c_str(), &of_a) == 0 && stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
         of_a.st_ino == of_b.st_ino;
}

// Without the groups that the user is in besides: keepalived does not ask for those.
bool MayExecute(const struct stat& file, const Account& account) {
  if (account.uid == 0) return (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  if (account.uid == file.st_uid) return (file.st_mode & S_IXUSR) != 0;
  return (file.st_mode & (account.gid == file.st_gid ? S_IXGRP : S_IXOTH)) != 0;
}

bool HasRootsPowers(const struct stat& file, const Account& account) {
  return account.uid == 0 || account.gid == 0 || (file.st_uid == 0 && (file.st_mode & S_ISUID) != 0) ||
         (file.st_gid == 0 && (file.st_mode & S_ISGID) != 0 && (file.st_mode & S_IXGRP) != 0);
}

std::optional<PathFault> FaultOf(const std::string& path, const struct stat& status) {
  if (status.st_uid != 0) {
    return PathFault{absl::StrCat(path, " belongs to ", UserText(status.st_uid)),
                     absl::StrCat(S_ISLNK(status.st_mode) ? "chown -h root " : "chown root ", path)};
  }
  const bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if (S_ISLNK(status.st_mode) || sticky) return std::nullopt;
  if ((status.st_mode & S_IWOTH) != 0) {
    return PathFault{absl::StrCat(path, " may be written by everybody"), absl::StrCat("chmod go-w ", path)};
  }
  if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0) {
    return PathFault{absl::StrCat(path, " may be written by group ", GroupText(status.st_gid)),
                     absl::StrCat("chmod g-w ", path)};
  }
  return std::nullopt;
}

bool RunsItsArguments(const std::string& program) {
  const std::string name = BaseName(program);
  if (IsOneOf(kShells, name)) return true;
  for (const absl::string_view runner : kRunners) {  // python3.11 as well
    if (absl::StartsWith(name, runner)) return true;
  }
  return false;
}

// A file that the program is told to run.
std::optional<PathFault> FaultOfArguments(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    const absl::StatusOr<std::string> path = RealPath(FromRoot(argument), {});
    struct stat status {};
    if (!path.ok() || stat(path->c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    for (const std::string& way : {FromRoot(argument), *path}) {
      if (std::optional<PathFault> fault = FindPathFault(way)) return fault;
    }
  }
  return std::nullopt;
}

NotRun Dropped(std::string why, std::string repair) { return {true, std::move(why), std::move(repair)}; }

}  // namespace

std::string FromRoot(const std::string& path) { return absl::StartsWith(path, "/") ? path : absl::StrCat("/", path); }

std::optional<PathFault> FindPathFault(const std::string& path) {
  for (std::size_t end = 1;; ++end) {
    const bool last = end == path.size();
    if (!last && end != 1 && path[end] != '/') continue;
    const std::string component = path.substr(0, end);
    struct stat status {};
    if (lstat(component.c_str(), &status) != 0) return std::nullopt;  // it is not found then
    if (std::optional<PathFault> fault = FaultOf(component, status)) return fault;
    if (last) return std::nullopt;
  }
}

Permit AskToRun(const std::string& command, const std::vector<std::string>& arguments, const Account& account,
                bool secured) {
  const std::string written = FromRoot(command);
  const absl::StatusOr<std::string> found = RealPath(written, account);
  if (!found.ok()) {
    return {"", Dropped(std::string(found.status().message()),
                        absl::StrCat("let user ", account.name, " come to it, or name another `user`"))};
  }
  const std::string& real = *found;
  Permit permit;
  permit.executed = absl::StrCat(FolderOf(real), BaseName(written));
  if (!IsSameFile(permit.executed, real)) permit.executed = real;
  struct stat file {};
  if (stat(real.c_str(), &file) != 0 || !S_ISREG(file.st_mode) || !MayExecute(file, account)) {
    permit.not_run =
        Dropped(absl::StrCat(real, " is not executable for user ", account.name), absl::StrCat("chmod a+rx ", real));
    return permit;
  }
  if (!HasRootsPowers(file, account)) return permit;
  for (const std::string& way : {permit.executed, real}) {
    const std::optional<PathFault> fault = FindPathFault(way);
    if (!fault) continue;
    permit.not_run = NotRun{secured, fault->what, fault->repair};
    return permit;
  }
  if (!RunsItsArguments(real)) return permit;
  if (const std::optional<PathFault> fault = FaultOfArguments(arguments)) {
    permit.not_run = NotRun{false, fault->what, fault->repair};
  }
  return permit;
}

}  // namespace probe::doctor
