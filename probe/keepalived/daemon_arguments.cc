#include "probe/keepalived/daemon_arguments.h"

#include <cstddef>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace probe::keepalived {
namespace {

// Options that take an argument; `field` is where ours goes, null when it does not matter to us.
struct Option {
  char letter;
  absl::string_view name;
  std::string DaemonArguments::*field;
};

constexpr Option kOptions[] = {{'f', "use-file", &DaemonArguments::config_path},
                               {'i', "config-id", &DaemonArguments::config_id},
                               {'p', "pid", &DaemonArguments::pid_file},
                               {'r', "vrrp_pid", &DaemonArguments::vrrp_pid_file},
                               {'S', "log-facility", nullptr},
                               {'u', "umask", nullptr},
                               {'c', "checkers_pid", nullptr},
                               {'b', "bfd_pid", nullptr},
                               {'A', "snmp-agent-socket", nullptr},
                               {'M', "core-dump-pattern", nullptr},
                               {'s', "namespace", nullptr}};

template <typename Predicate>
const Option* Find(Predicate predicate) {
  for (const Option& option : kOptions) {
    if (predicate(option)) {
      return &option;
    }
  }
  return nullptr;
}

void Set(const Option& option, absl::string_view value, DaemonArguments* arguments) {
  if (option.field != nullptr) {
    arguments->*option.field = std::string(value);
  }
}

// "--name=value" or "--name value". Returns how many words it took.
std::size_t ReadLong(absl::Span<const std::string> words, DaemonArguments* arguments) {
  const absl::string_view word = absl::string_view(words[0]).substr(2);
  const std::size_t equals = word.find('=');
  const Option* option = Find([&](const Option& one) { return one.name == word.substr(0, equals); });
  if (option == nullptr) {
    return 1;
  }
  if (equals != absl::string_view::npos) {
    Set(*option, word.substr(equals + 1), arguments);
    return 1;
  }
  Set(*option, words.size() > 1 ? absl::string_view(words[1]) : absl::string_view(), arguments);
  return 2;
}

// "-lDf FILE", "-fFILE". Returns how many words it took.
std::size_t ReadShort(absl::Span<const std::string> words, DaemonArguments* arguments) {
  const absl::string_view word = words[0];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Option* option = Find([&](const Option& one) { return one.letter == word[i]; });
    if (option == nullptr) {
      continue;
    }
    if (i + 1 < word.size()) {
      Set(*option, word.substr(i + 1), arguments);
      return 1;
    }
    Set(*option, words.size() > 1 ? absl::string_view(words[1]) : absl::string_view(), arguments);
    return 2;
  }
  return 1;
}

}  // namespace

DaemonArguments ParseDaemonArguments(absl::Span<const std::string> command_line) {
  DaemonArguments arguments;
  std::size_t at = 1;
  while (at < command_line.size()) {
    const absl::Span<const std::string> rest = command_line.subspan(at);
    if (absl::StartsWith(rest[0], "--")) {
      at += ReadLong(rest, &arguments);
    } else if (absl::StartsWith(rest[0], "-")) {
      at += ReadShort(rest, &arguments);
    } else {
      ++at;
    }
  }
  return arguments;
}

}  // namespace probe::keepalived
