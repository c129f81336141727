// Reads a shell script far enough to know which commands it runs, in which pipelines. Pure. Not a shell: what it cannot
// follow (eval, arrays, here-documents' contents) it leaves out.
#ifndef PROBE_DOCTOR_SHELL_TEXT_H_
#define PROBE_DOCTOR_SHELL_TEXT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace probe::doctor {

using Words = std::vector<std::string>;  // of one command, without quotes, redirections and leading assignments

struct Pipeline {
  int line = 0;  // from 1, where it begins
  std::vector<Words> commands;
};

struct ShellText {
  std::vector<Pipeline> pipelines;
  std::set<std::string> functions;
  std::map<std::string, std::string> variables;  // NAME=value, the last one of each name

  // `word` with the variables that are known put in for $NAME and ${NAME}.
  [[nodiscard]] std::string Expand(absl::string_view word) const;
};

ShellText ReadShellText(absl::string_view text);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_SHELL_TEXT_H_
