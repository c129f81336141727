#include "probe/doctor/script_remarks.h"

#include <regex.h>

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/doctor/word_list.h"

namespace probe::doctor {
namespace {

constexpr std::size_t kNameLength = 15;  // of a process, as the kernel keeps it

std::string BaseName(const std::string& word) { return word.substr(word.rfind('/') + 1); }

// One grep or pgrep, as far as its result matters here.
struct Search {
  std::string pattern;
  bool extended = false;
  bool fixed = false;
  bool inverted = false;
  bool whole = false;  // -x
  bool full = false;   // pgrep -f
};

void ReadFlags(const std::string& flags, Search* search) {
  for (const char flag : flags) {
    if (flag == 'E') search->extended = true;
    if (flag == 'F') search->fixed = true;
    if (flag == 'v') search->inverted = true;
    if (flag == 'x') search->whole = true;
    if (flag == 'f') search->full = true;
  }
}

std::optional<Search> ReadSearch(const Words& words, const ShellText& shell) {
  Search search;
  const std::string tool = BaseName(words[0]);
  search.extended = tool == "egrep" || tool == "pgrep";
  search.fixed = tool == "fgrep";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "-e" && i + 1 < words.size()) {
      search.pattern = shell.Expand(words[i + 1]);
      return search;
    }
    if (word.size() > 1 && word[0] == '-') {
      if (word[1] != '-') ReadFlags(word.substr(1), &search);
      continue;
    }
    search.pattern = shell.Expand(word);
    return search;
  }
  return std::nullopt;
}

bool Finds(const Search& search, const std::string& text) {
  if (search.pattern.empty() || absl::StrContains(search.pattern, "$")) return false;  // not known
  if (search.fixed) return absl::StrContains(text, search.pattern);
  const std::string pattern = search.whole ? absl::StrCat("^", search.pattern, "$") : search.pattern;
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_NOSUB | (search.extended ? REG_EXTENDED : 0)) != 0) return false;
  const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

// ps with all processes: not those of a name or an id.
bool ListsAll(const Words& words) {
  return std::none_of(words.begin() + 1, words.end(), [](const std::string& word) {
    return absl::StartsWith(word, "-C") || absl::StartsWith(word, "-p") || absl::StartsWith(word, "-q") ||
           absl::StartsWith(word, "--pid");
  });
}

class SelfCounts {
 public:
  SelfCounts(const ShellText& shell, const ScriptProcess& process) : shell_(shell), process_(process) {}

  std::vector<SelfCount> Find() {
    for (const Pipeline& pipeline : shell_.pipelines) {
      LookForPgrep(pipeline);
      LookForGrep(pipeline);
    }
    return std::move(found_);
  }

 private:
  void LookForPgrep(const Pipeline& pipeline) {
    for (const Words& words : pipeline.commands) {
      if (BaseName(words[0]) != "pgrep") continue;
      const std::optional<Search> search = ReadSearch(words, shell_);
      if (!search) continue;
      const std::string seen = search->full ? process_.title : process_.name.substr(0, kNameLength);
      if (Finds(*search, seen)) found_.push_back({pipeline.line, search->pattern, "pgrep", true});
    }
  }

  void LookForGrep(const Pipeline& pipeline) {
    bool listed = false;
    std::vector<Search> searches;
    std::string grep_title;
    for (const Words& words : pipeline.commands) {
      const std::string tool = BaseName(words[0]);
      listed = listed || (tool == "ps" && ListsAll(words));
      if (!listed || (tool != "grep" && tool != "egrep" && tool != "fgrep")) continue;
      const std::optional<Search> search = ReadSearch(words, shell_);
      if (!search) continue;
      if (!search->inverted && grep_title.empty()) grep_title = shell_.Expand(absl::StrJoin(words, " "));
      searches.push_back(*search);
    }
    const auto wanted = std::find_if(searches.begin(), searches.end(), [](const Search& s) { return !s.inverted; });
    if (wanted == searches.end()) return;
    const auto passes = [&searches](const std::string& title) {
      return std::all_of(searches.begin(), searches.end(),
                         [&title](const Search& s) { return Finds(s, title) != s.inverted; });
    };
    if (passes(process_.title)) {
      found_.push_back({pipeline.line, wanted->pattern, "ps | grep", true});
    } else if (passes(grep_title)) {
      found_.push_back({pipeline.line, wanted->pattern, "ps | grep", false});
    }
  }

  const ShellText& shell_;
  const ScriptProcess& process_;
  std::vector<SelfCount> found_;
};

bool IsBuiltin(const std::string& word) {
  static constexpr absl::string_view kBuiltins[] = {
      ".",    ":",        "[",        "[[",      "]]",    "alias", "bg",     "break", "builtin", "case",
      "cd",   "command",  "continue", "declare", "echo",  "eval",  "exec",   "exit",  "export",  "false",
      "fg",   "function", "getopts",  "hash",    "jobs",  "kill",  "let",    "local", "printf",  "pwd",
      "read", "readonly", "return",   "set",     "shift", "shopt", "source", "test",  "times",   "trap",
      "true", "type",     "typeset",  "ulimit",  "umask", "unset", "wait"};
  return IsOneOf(kBuiltins, word);
}

// What `exec` and `command` run, or the command itself.
const std::string& CommandOf(const Words& words) {
  const bool wraps = (words[0] == "exec" || words[0] == "command") && words.size() > 1;
  return wraps ? words[1] : words[0];
}

// A name that is looked for in PATH.
bool IsBare(const std::string& word, const ShellText& shell) {
  const bool plain = !word.empty() && word.find_first_of("/$") == std::string::npos && word.find_first_of("=-") != 0;
  return plain && !IsBuiltin(word) && !shell.functions.contains(word);
}

}  // namespace

std::vector<SelfCount> FindSelfCounts(const ShellText& shell, const ScriptProcess& process) {
  return SelfCounts(shell, process).Find();
}

std::vector<std::string> BareCommands(const ShellText& shell) {
  std::vector<std::string> bare;
  for (const Pipeline& pipeline : shell.pipelines) {
    for (const Words& words : pipeline.commands) {
      const std::string& word = CommandOf(words);
      const bool known = std::find(bare.begin(), bare.end(), word) != bare.end();
      if (!known && IsBare(word, shell)) bare.push_back(word);
    }
  }
  return bare;
}

}  // namespace probe::doctor
