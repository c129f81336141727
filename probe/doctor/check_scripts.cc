#include "probe/doctor/check_scripts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "probe/doctor/script_remarks.h"
#include "probe/doctor/word_list.h"
#include "probe/doctor/wording.h"

namespace probe::doctor {
namespace {

constexpr char kCheck[] = "check-script";
constexpr std::size_t kMostOutput = 160;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string TrackedBy(const ScriptFacts& script) {
  return script.tracked_by.empty() ? std::string("nobody tracks it") : absl::StrJoin(script.tracked_by, ", ");
}

std::string Said(const ScriptRun& run) {
  if (run.output.empty()) return "";
  return absl::StrCat(", said \"", run.output.substr(0, kMostOutput), "\"");
}

std::string EndOf(const ScriptRun& run) {
  if (run.timed_out) return "it did not end in time";
  return absl::StrCat("exit ", run.exit_code, Said(run));
}

// Commands that only one of the two finds, or that lead to different files.
std::string PathDifferences(const ScriptFacts& script) {
  std::vector<std::string> differences;
  for (const auto& [command, resolved] : script.bare) {
    if (resolved.by_keepalived == resolved.by_login_shell) continue;
    const auto shown = [](const std::string& path) { return path.empty() ? std::string("nothing") : path; };
    differences.push_back(absl::StrCat("`", command, "` is ", shown(resolved.by_keepalived), " by keepalived's PATH (",
                                       script.keepalived_path, ") and ", shown(resolved.by_login_shell),
                                       " by a login shell's (", script.login_path, ")"));
  }
  return absl::StrJoin(differences, "; ");
}

std::string PathRepair(const ScriptFacts& script) {
  std::vector<std::string> repairs;
  for (const auto& [command, resolved] : script.bare) {
    if (resolved.by_keepalived == resolved.by_login_shell || resolved.by_login_shell.empty()) continue;
    repairs.push_back(
        absl::StrCat("in ", script.text_file, " write ", resolved.by_login_shell, " in place of ", command));
  }
  return absl::StrJoin(repairs, "; ");
}

class Examination {
 public:
  explicit Examination(const ScriptFacts& script) : script_(script) {}

  Findings Run() {
    ExamineCommand();
    ExamineText();
    if (script_.program.empty()) return std::move(findings_);
    script_.not_run ? SayNotRun(*script_.not_run) : ExamineRuns();
    return std::move(findings_);
  }

 private:
  void Say(Verdict verdict, std::string evidence, std::string repair = "") {
    findings_.push_back({kCheck, script_.name, verdict, std::move(evidence), std::move(repair)});
  }

  void ExamineCommand() {
    if (script_.arguments.empty()) return;
    const std::string& command = script_.arguments[0];
    if (script_.program.empty()) {
      const bool login = !script_.login_program.empty();
      Say(Verdict::kFault,
          absl::StrCat("keepalived does not find `", command, "`",
                       login ? absl::StrCat(" by its PATH (", script_.keepalived_path, ")") : std::string(),
                       ": it drops the script, and ", TrackedBy(script_), " goes on as if it succeeded",
                       login ? absl::StrCat("; a login shell finds ", script_.login_program) : std::string()),
          absl::StrCat("write ", login ? script_.login_program : std::string("the path of a program that is there"),
                       " at ", script_.at));
    } else if (command.find('/') == std::string::npos) {
      Say(Verdict::kWarning, absl::StrCat("`", command, "` has no path; keepalived finds ", script_.program),
          absl::StrCat("write ", script_.program, " at ", script_.at));
    }
    ExamineShellSyntax();
  }

  void ExamineShellSyntax() {
    static constexpr absl::string_view kSyntax[] = {"|", "||", "&&", "&", ";", ">", ">>", "<", "2>&1"};
    if (IsOneOf(kShells, BaseName(script_.arguments[0]))) return;
    for (const std::string& argument : script_.arguments) {
      if (!IsOneOf(kSyntax, argument)) continue;
      Say(Verdict::kFault,
          absl::StrCat("keepalived runs no shell: `", argument, "` is handed to ", script_.arguments[0],
                       " as an argument"),
          absl::StrCat("put the commands into a script of their own and name that at ", script_.at));
      return;
    }
  }

  void ExamineText() {
    if (script_.text_file.empty()) return;
    const ShellText shell = ReadShellText(script_.text);
    const ScriptProcess process{script_.process_title, script_.process_name};
    for (const SelfCount& count : FindSelfCounts(shell, process)) SayCount(count);
    SayBare();
  }

  void SayCount(const SelfCount& count) {
    const std::string where =
        absl::StrCat(script_.text_file, ":", count.line, ": ", count.tool, " for `", count.pattern, "`");
    if (count.script) {
      Say(Verdict::kWarning,
          absl::StrCat(where, " finds the script itself, which runs as `", script_.process_title,
                       "`: it counts one too many, and never none"),
          "ask for the exact name (`pgrep -x NAME`, `systemctl is-active UNIT`), or give the script another name");
    } else {
      Say(Verdict::kWarning, absl::StrCat(where, " finds the grep itself: it counts one too many, and never none"),
          "ask for the exact name (`pgrep -x NAME`), or write the pattern as `[x]yz`");
    }
  }

  void SayBare() {
    std::vector<std::string> found;
    std::vector<std::string> missing;
    for (const auto& [command, resolved] : script_.bare) {
      if (resolved.by_keepalived.empty()) {
        missing.push_back(command);
      } else {
        found.push_back(resolved.by_keepalived);
      }
    }
    if (!missing.empty()) {
      const std::string repair = PathRepair(script_);
      Say(Verdict::kFault,
          absl::StrCat(script_.text_file, " runs ", absl::StrJoin(missing, ", "),
                       ", which keepalived's PATH does not find: ", PathDifferencesOrPath()),
          repair.empty() ? absl::StrCat("install it, and write its path in ", script_.text_file) : repair);
    }
    if (!found.empty()) {
      Say(Verdict::kWarning,
          absl::StrCat(script_.text_file, " runs commands without a path; keepalived's PATH finds ",
                       absl::StrJoin(found, ", ")),
          "write these paths in it: another PATH (a unit file, a boot) finds other programs, or none");
    }
  }

  [[nodiscard]] std::string PathDifferencesOrPath() const {
    const std::string differences = PathDifferences(script_);
    return differences.empty() ? script_.keepalived_path : differences;
  }

  void SayNotRun(const NotRun& not_run) {
    if (not_run.dropped) {
      return Say(Verdict::kFault,
                 absl::StrCat("keepalived does not run it: ", not_run.why, "; it drops the script, and ",
                              TrackedBy(script_), " goes on as if it succeeded"),
                 not_run.repair);
    }
    Say(Verdict::kWarning,
        absl::StrCat("keepalived runs it with root's powers, and ", not_run.why,
                     ": whoever can change it becomes root. It was not tried here"),
        absl::StrCat(not_run.repair, "; and write `enable_script_security` in global_defs"));
  }

  void ExamineRuns() {
    if (!script_.as_keepalived.ok()) {
      Say(Verdict::kCouldNotLook, std::string(script_.as_keepalived.status().message()), "run it as root");
      return;
    }
    const ScriptRun& ours = *script_.as_keepalived;
    if (ours.timed_out) {
      Say(Verdict::kFault,
          absl::StrCat("it ran longer than its timeout of ", script_.timeout.count(),
                       " s: keepalived ends it and counts it as failed"),
          absl::StrCat("make it faster, or write a longer `timeout` at ", script_.at));
      return;
    }
    if (!script_.as_login_shell.ok()) return SayAlone(ours);
    const ScriptRun& login = *script_.as_login_shell;
    if (login.timed_out || ours.exit_code != login.exit_code) return SayDifference(ours, login);
    SayAlone(ours);
  }

  void SayAlone(const ScriptRun& run) {
    const std::string both = script_.as_login_shell.ok() ? " and in a login shell" : "";
    const std::string evidence = absl::StrCat(EndOf(run), " after ", run.took.count(),
                                              " ms as keepalived runs it (user ", script_.user, ")", both);
    if (run.exit_code == 0) return Say(Verdict::kOk, evidence);
    Say(Verdict::kWarning, absl::StrCat(evidence, ": the check fails now (", TrackedBy(script_), ")"),
        "mend what it checks; if that is well, the script");
  }

  void SayDifference(const ScriptRun& ours, const ScriptRun& login) {
    const std::string paths = PathDifferences(script_);
    std::string evidence = absl::StrCat(EndOf(ours), " as keepalived runs it (user ", script_.user,
                                        ", in /, its own environment); ", EndOf(login), " in a login shell");
    if (!paths.empty()) absl::StrAppend(&evidence, ": ", paths);
    std::string repair = PathRepair(script_);
    if (repair.empty()) {
      repair = absl::StrCat("make the script need neither PATH, HOME nor a working directory; try it so: env -i PATH=",
                            script_.keepalived_path, " ", script_.program);
    }
    Say(Verdict::kFault, std::move(evidence), std::move(repair));
  }

  const ScriptFacts& script_;
  Findings findings_;
};

}  // namespace

Findings CheckScript(const ScriptFacts& script) { return Examination(script).Run(); }

}  // namespace probe::doctor
