#include "probe/doctor/script_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "probe/doctor/process_run.h"
#include "probe/doctor/script_path.h"
#include "probe/doctor/script_remarks.h"
#include "probe/doctor/text_file.h"
#include "probe/doctor/word_list.h"

namespace probe::doctor {
namespace {

using keepalived::Config;
using keepalived::Script;
using std::chrono::seconds;

// What systemd gives a service (systemd.exec(5)), and what login gives.
constexpr char kServicePath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr char kUserPath[] = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
constexpr char kPathMark[] = "arbiter-path=";
constexpr seconds kLongestRun(30);
constexpr std::size_t kMaxScriptBytes = 1 << 18;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool IsShell(const std::string& program) { return IsOneOf(kShells, BaseName(program)); }

bool IsProgram(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

bool MayNotBeSeen(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) != 0 && errno == EACCES;
}

// Where a command leads; empty: nowhere. A path that this process may not look at is taken to lead somewhere.
std::string Resolve(const std::string& command, const std::string& path) {
  if (absl::StrContains(command, "/")) {
    const std::string program = FromRoot(command);
    return IsProgram(program) || MayNotBeSeen(program) ? program : "";
  }
  for (const absl::string_view directory : absl::StrSplit(path, ':', absl::SkipEmpty())) {
    std::string program = absl::StrCat(directory, "/", command);
    if (IsProgram(program)) return program;
  }
  return "";
}

std::string PathIn(const std::vector<std::string>& environment) {
  for (absl::string_view variable : environment) {
    if (absl::ConsumePrefix(&variable, "PATH=")) return std::string(variable);
  }
  return "";
}

// Of the daemon that runs; else what it would be started with.
std::vector<std::string> EnvironmentOf(pid_t daemon) {
  std::vector<std::string> environment;
  if (daemon > 0) {
    const absl::StatusOr<std::string> text = ReadTextFile(absl::StrCat("/proc/", daemon, "/environ"), 1 << 20);
    if (text.ok()) environment = absl::StrSplit(*text, '\0', absl::SkipEmpty());
  }
  if (environment.empty()) environment = {absl::StrCat("PATH=", kServicePath)};
  return environment;
}

constexpr char kDefaultUser[] = "keepalived_script";

std::string UserOf(const Script& script, const Config& config) {
  if (!script.user.empty()) return script.user;
  if (!config.globals.script_user.value.empty()) return config.globals.script_user.value;
  const bool default_needed = config.globals.script_security.value;
  return default_needed || FindAccount(kDefaultUser, "").ok() ? kDefaultUser : "root";
}

std::string GroupOf(const Script& script, const Config& config) {
  return script.user.empty() ? config.globals.script_group : script.group;
}

std::vector<std::string> TrackedBy(const Script& script, const Config& config) {
  const auto tracks = [&script](const std::vector<keepalived::Tracked>& all) {
    return std::any_of(all.begin(), all.end(), [&script](const auto& tracked) { return tracked.name == script.name; });
  };
  std::vector<std::string> names;
  for (const keepalived::Instance& instance : config.instances) {
    if (tracks(instance.scripts)) names.push_back(instance.name);
  }
  for (const keepalived::SyncGroup& group : config.groups) {
    if (tracks(group.scripts)) names.push_back(group.name);
  }
  return names;
}

// A login shell of an account.
class LoginShell {
 public:
  explicit LoginShell(const Account& account) : account_(account), shell_(account.shell) {
    if (!IsShell(shell_) || !IsProgram(shell_)) shell_ = IsProgram("/bin/bash") ? "/bin/bash" : "/bin/sh";
  }

  [[nodiscard]] absl::StatusOr<ScriptRun> Run(const std::string& code, const std::vector<std::string>& arguments,
                                              std::chrono::milliseconds limit) const {
    ProcessPlan plan;
    plan.program = shell_;
    plan.arguments = {shell_, "-l", "-c", code, shell_};
    plan.arguments.insert(plan.arguments.end(), arguments.begin(), arguments.end());
    plan.environment = {absl::StrCat("HOME=", account_.home),
                        absl::StrCat("USER=", account_.name),
                        absl::StrCat("LOGNAME=", account_.name),
                        absl::StrCat("SHELL=", shell_),
                        absl::StrCat("PATH=", account_.uid == 0 ? kServicePath : kUserPath),
                        "TERM=dumb"};
    plan.directory = std::filesystem::is_directory(account_.home) ? account_.home : "/";
    plan.account = account_;
    plan.time_limit = limit;
    return RunProcess(plan);
  }

  [[nodiscard]] std::string Path() const {
    const auto run = Run(absl::StrCat("printf '%s' \" ", kPathMark, "$PATH \""), {}, seconds(10));
    std::string fallback = account_.uid == 0 ? kServicePath : kUserPath;
    if (!run.ok()) return fallback;
    const std::size_t mark = run->output.rfind(kPathMark);
    if (mark == std::string::npos) return fallback;
    const std::string rest = run->output.substr(mark + sizeof kPathMark - 1);
    return rest.substr(0, rest.find(' '));
  }

 private:
  const Account& account_;
  std::string shell_;
};

// The first argument of a shell that is no option, but for -c; nothing where there is none.
std::optional<std::size_t> AfterOptions(const std::vector<std::string>& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "-c" || !absl::StartsWith(arguments[i], "-")) return i;
  }
  return std::nullopt;
}

// What the first line of a script names, "/bin/sh" for one; empty where it names no shell.
std::string InterpreterOf(const std::string& text) {
  const std::string first = text.substr(0, text.find('\n'));
  if (!absl::StartsWith(first, "#!")) return "";
  const std::vector<std::string> words = absl::StrSplit(first.substr(2), absl::ByAnyChar(" \t"), absl::SkipEmpty());
  return std::any_of(words.begin(), words.end(), IsShell) ? absl::StrJoin(words, " ") : std::string();
}

// `sh -c CODE`, or `sh FILE`.
void ReadShellCommand(ScriptFacts* facts) {
  facts->process_title = absl::StrJoin(facts->arguments, " ");
  facts->process_name = BaseName(facts->program);
  const std::optional<std::size_t> next = AfterOptions(facts->arguments);
  if (!next) return;
  if (facts->arguments[*next] != "-c") {
    const absl::StatusOr<std::string> text = ReadTextFile(FromRoot(facts->arguments[*next]), kMaxScriptBytes);
    if (!text.ok()) return;
    facts->text = *text;
    facts->text_file = facts->arguments[*next];
  } else if (*next + 1 < facts->arguments.size()) {
    facts->text = facts->arguments[*next + 1];
    facts->text_file = facts->at;
  }
}

// The shell code behind a command, and how it stands in the process list.
void ReadText(ScriptFacts* facts) {
  if (facts->program.empty()) return;
  if (IsShell(facts->program)) return ReadShellCommand(facts);
  const absl::StatusOr<std::string> text = ReadTextFile(facts->program, kMaxScriptBytes);
  const std::string interpreter = text.ok() ? InterpreterOf(*text) : std::string();
  if (interpreter.empty()) return;
  facts->text = *text;
  facts->text_file = facts->program;
  facts->process_title = absl::StrCat(interpreter, " ", absl::StrJoin(facts->arguments, " "));
  facts->process_name = BaseName(facts->program);
}

// As a login shell finds it. What others can change is run by nobody with root's powers.
absl::StatusOr<ScriptRun> RunInLoginShell(const Account& account, const std::vector<std::string>& arguments,
                                          const ScriptFacts& facts) {
  std::vector<std::string> executed = arguments;
  if (!facts.login_program.empty() && facts.login_program != facts.program) {
    const Permit permit = AskToRun(facts.login_program, {arguments.begin() + 1, arguments.end()}, account, true);
    if (permit.not_run) return absl::FailedPreconditionError(permit.not_run->why);
    executed[0] = permit.executed;
  } else if (facts.login_program.empty()) {
    executed[0] = facts.arguments[0];
  }
  // Longer, so that a run that is near its timeout is not taken for another one.
  return LoginShell(account).Run("exec \"$@\"", executed, std::min(2 * facts.timeout, kLongestRun) + seconds(5));
}

void RunBoth(const Account& account, bool secured, const std::vector<std::string>& environment, ScriptFacts* facts) {
  // Who may not become the account cannot say what it may do, and is told so by the run.
  Permit permit{facts->program, std::nullopt};
  if (geteuid() == 0 || geteuid() == account.uid) {
    permit = AskToRun(facts->program, {facts->arguments.begin() + 1, facts->arguments.end()}, account, secured);
  }
  facts->not_run = permit.not_run;
  if (facts->not_run) return;
  ProcessPlan plan;
  plan.program = permit.executed;
  plan.arguments = facts->arguments;
  plan.arguments[0] = permit.executed;
  plan.environment = environment;
  plan.account = account;
  plan.time_limit = std::min(facts->timeout, kLongestRun);
  facts->as_keepalived = RunProcess(plan);
  facts->as_login_shell = RunInLoginShell(account, plan.arguments, *facts);
}

ScriptFacts ReadScript(const Script& script, const Config& config, const std::vector<std::string>& environment) {
  ScriptFacts facts;
  facts.name = script.name;
  facts.at = script.command.at.ToString();
  facts.arguments = script.arguments;
  facts.timeout = script.timeout.value_or(script.interval);
  facts.tracked_by = TrackedBy(script, config);
  facts.user = UserOf(script, config);
  facts.keepalived_path = PathIn(environment);
  facts.program = Resolve(script.arguments[0], facts.keepalived_path);
  facts.as_keepalived = absl::UnknownError("not run");
  facts.as_login_shell = absl::UnknownError("not run");
  const absl::StatusOr<Account> account = FindAccount(facts.user, GroupOf(script, config));
  if (!account.ok()) {
    facts.not_run =
        NotRun{true, std::string(account.status().message()),
               absl::StrCat("create it (useradd --system ", facts.user, "), or name another `script_user`")};
    return facts;
  }
  facts.login_path = LoginShell(*account).Path();
  facts.login_program = Resolve(script.arguments[0], facts.login_path);
  ReadText(&facts);
  for (const std::string& command : BareCommands(ReadShellText(facts.text))) {
    facts.bare[command] = {Resolve(command, facts.keepalived_path), Resolve(command, facts.login_path)};
  }
  if (!facts.program.empty()) RunBoth(*account, config.globals.script_security.value, environment, &facts);
  return facts;
}

}  // namespace

std::vector<ScriptFacts> ReadScripts(const Config& config, pid_t daemon) {
  const std::vector<std::string> environment = EnvironmentOf(daemon);
  std::vector<ScriptFacts> all;
  for (const Script& script : config.scripts) {
    if (!script.arguments.empty()) all.push_back(ReadScript(script, config, environment));
  }
  return all;
}

}  // namespace probe::doctor
