// arbctl completion SHELL
#include <memory>
#include <string>

#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Commands, options, clusters, nodes, VIPs and incidents are completed; for the last four the arbiter is asked, for at most a
second.

Examples
  source <(arbctl completion bash)                                     in ~/.bashrc
  arbctl completion bash > /usr/share/bash-completion/completions/arbctl
  arbctl completion zsh  > /usr/share/zsh/vendor-completions/_arbctl
  arbctl completion fish > ~/.config/fish/completions/arbctl.fish)";

// A colon ends a word for bash, so that what stands before it must not be completed again.
constexpr char kBash[] = R"bash(# bash completion for arbctl
_arbctl() {
  local cur words cword
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n =: cur words cword
  else
    cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  local IFS=$'\n'
  COMPREPLY=($("${words[0]}" complete -- "${words[@]:1:cword}" 2>/dev/null | cut -f1))
  if declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "$cur"
  fi
}
complete -o default -F _arbctl arbctl
)bash";

constexpr char kZsh[] = R"zsh(#compdef arbctl
_arbctl() {
  local line name
  local -a names
  for line in ${(f)"$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    name=${line%%$'\t'*}
    if [[ $line == *$'\t'* ]]; then
      names+=("${name//:/\\:}:${line#*$'\t'}")
    else
      names+=("${name//:/\\:}")
    fi
  done
  if (( ${#names} )); then
    _describe arbctl names
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _arbctl ]]; then
  _arbctl "$@"
else
  compdef _arbctl arbctl
fi
)zsh";

constexpr char kFish[] = R"fish(# fish completion for arbctl
function __arbctl_complete
    set -l words (commandline -opc)
    $words[1] complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c arbctl -f -a '(__arbctl_complete)'
complete -c arbctl -n '__fish_seen_subcommand_from diff' -F
complete -c arbctl -l tls-cert -r -F
complete -c arbctl -l tls-key -r -F
complete -c arbctl -l tls-ca -r -F
)fish";

std::string ScriptFor(const std::string& shell) {
  if (shell == "bash") return kBash;
  return shell == "zsh" ? kZsh : kFish;
}

}  // namespace

void AddCompletion(CLI::App* root, Choice* choice) {
  const auto shell = std::make_shared<std::string>();
  Command(root, "completion", "Print a completion script for a shell", kFooter)
      .Operand("SHELL", shell.get(), "bash, zsh or fish", {"bash", "zsh", "fish"})
      .Then([shell, choice] {
        choice->action = [shell](const Session& session) -> absl::StatusOr<int> {
          session.console.out << ScriptFor(*shell);
          return kDone;
        };
      });
}

}  // namespace arbiter::ctl
