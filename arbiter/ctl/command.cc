#include "arbiter/ctl/command.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace arbiter::ctl {

Command::Command(CLI::App* root, const std::string& name, const std::string& summary, const std::string& footer)
    : app_(root->add_subcommand(name, summary)) {
  app_->footer(absl::StrCat(footer, "\n\nOptions that every command has: arbctl --help"));
  app_->fallthrough();
}

Command& Command::Operand(const std::string& name, std::string* to, const std::string& help,
                          const std::vector<std::string>& choices) {
  CLI::Option* option = app_->add_option(name, *to, help)->required();
  if (!choices.empty()) option->check(CLI::IsMember(choices))->option_text(absl::StrJoin(choices, "|"));
  return *this;
}

Command& Command::Operands(const std::string& name, std::vector<std::string>* to, const std::string& help) {
  app_->add_option(name, *to, help)->option_text("...");
  return *this;
}

Command& Command::Flag(const std::string& names, bool* to, const std::string& help) {
  app_->add_flag(names, *to, help);
  return *this;
}

Command& Command::Text(const std::string& names, std::string* to, const std::string& help, const std::string& type) {
  app_->add_option(names, *to, help)->type_name(type);
  return *this;
}

Command& Command::Texts(const std::string& name, std::vector<std::string>* to, const std::string& help,
                        const std::string& type) {
  app_->add_option(name, *to, help)->option_text(type)->expected(1)->take_all();
  return *this;
}

Command& Command::Number(const std::string& names, std::uint32_t* to, const std::string& help) {
  app_->add_option(names, *to, help)->type_name("NUMBER");
  return *this;
}

Command& Command::Hidden() {
  app_->group("");
  return *this;
}

void Command::Then(std::function<void()> chosen) { app_->callback(std::move(chosen)); }

}  // namespace arbiter::ctl
