#include "arbiter/ctl/words_so_far.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace arbiter::ctl {
namespace {

// The option of the command or of the program; null: neither has it.
const CLI::Option* FindOption(const CLI::App& root, const std::string& command, const std::string& name) {
  const CLI::App* app = FindCommand(root, command);
  const CLI::Option* option = app == nullptr ? nullptr : app->get_option_no_throw(name);
  return option != nullptr ? option : root.get_option_no_throw(name);
}

std::string LongName(const CLI::Option& option) {
  return option.get_lnames().empty() ? option.get_name() : option.get_lnames().front();
}

// One word that begins with a dash.
void ReadOption(const CLI::App& root, const std::string& word, WordsSoFar* out) {
  const std::size_t equals = word.find('=');
  const CLI::Option* option = FindOption(root, out->command, word.substr(0, equals));
  if (option == nullptr || option->get_items_expected_max() == 0) return;
  if (equals != std::string::npos) {
    out->options[LongName(*option)] = word.substr(equals + 1);
  } else {
    out->open_option = LongName(*option);
  }
}

}  // namespace

WordsSoFar ReadWords(const CLI::App& root, absl::Span<const std::string> words) {
  WordsSoFar out;
  for (const std::string& word : words) {
    if (!out.open_option.empty()) {
      out.options[out.open_option] = word;
      out.open_option.clear();
    } else if (word.size() > 1 && word.front() == '-') {
      ReadOption(root, word, &out);
    } else if (out.command.empty()) {
      out.command = word;
    } else {
      out.operands.push_back(word);
    }
  }
  return out;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& root) {
  std::vector<const CLI::App*> commands = root.get_subcommands([](const CLI::App* app) {
    return !app->get_group().empty();  // one without a group is not shown
  });
  std::sort(commands.begin(), commands.end(),
            [](const CLI::App* a, const CLI::App* b) { return a->get_name() < b->get_name(); });
  return commands;
}

const CLI::App* FindCommand(const CLI::App& root, const std::string& name) {
  const auto found =
      root.get_subcommands([&](const CLI::App* app) { return !name.empty() && app->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

std::vector<std::string> OptionNamesOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(absl::StrCat("--", name));
  }
  return names;
}

}  // namespace arbiter::ctl
