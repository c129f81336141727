// A command line that may be unfinished or wrong, read loosely: for completion, and to say what was meant.
#ifndef ARBITER_CTL_WORDS_SO_FAR_H_
#define ARBITER_CTL_WORDS_SO_FAR_H_

#include <map>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace CLI {
class App;
}  // namespace CLI

namespace arbiter::ctl {

struct WordsSoFar {
  std::string command;                         // empty: none yet; may be one that does not exist
  std::vector<std::string> operands;           // of the command
  std::map<std::string, std::string> options;  // values by long name without dashes, of those that take one
  std::string open_option;                     // the last word is this option and waits for its value
};

// The words behind the program's name.
WordsSoFar ReadWords(const CLI::App& root, absl::Span<const std::string> words);

// Commands that people are shown, by name.
std::vector<const CLI::App*> CommandsOf(const CLI::App& root);

// Null: there is no such command.
const CLI::App* FindCommand(const CLI::App& root, const std::string& name);

// "--server" and the like of an application, and not of its commands.
std::vector<std::string> OptionNamesOf(const CLI::App& app);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_WORDS_SO_FAR_H_
