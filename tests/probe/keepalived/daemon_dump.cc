#include "tests/probe/keepalived/daemon_dump.h"

#include <csignal>
#include <regex>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "probe/keepalived/scope.h"
#include "tests/lab/process.h"
#include "tests/lab/wait.h"

namespace probe::keepalived {
namespace {

constexpr absl::string_view kFirst = "------< VRRP Topology >------";
constexpr absl::string_view kAfter = "------< Interfaces >------";

void Append(std::string* list, const std::string& element) {
  absl::StrAppend(list, list->empty() ? "" : ", ", element);
}

// "10.0.0.1/24 dev vm4@eth0 scope global ..." as "10.0.0.1/24 eth0 vmac".
std::string AddressFact(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  std::string fact = words.at(0);
  if (!absl::StrContains(fact, '/')) {
    absl::StrAppend(&fact, absl::StrContains(fact, ':') ? "/128" : "/32");
  }
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "dev") {
      const std::vector<std::string> parts = absl::StrSplit(words[i + 1], '@');
      absl::StrAppend(&fact, " ", parts.back(), parts.size() > 1 ? " vmac" : "");
    }
  }
  return fact;
}

// "1 sec" and "40950 milli-sec" as milliseconds.
std::string IntervalFact(absl::string_view value) {
  int number = 0;
  const std::vector<absl::string_view> words = absl::StrSplit(value, ' ');
  return absl::SimpleAtoi(words[0], &number) && words.size() == 2
             ? absl::StrCat(number * (words[1] == "sec" ? 1000 : 1))
             : std::string(value);
}

// "vm4, vmac on eth0" and "vrrp.3, vmac on eth1, xmit base i/f" as the parent interface.
std::string InterfaceFact(absl::string_view value) {
  const std::size_t parent = value.find("vmac on ");
  const absl::string_view name = parent == absl::string_view::npos ? value : value.substr(parent + 8);
  return std::string(name.substr(0, name.find(',')));
}

// Only a source out of the file; the other one is the interface's.
std::string SourceFact(absl::string_view value) {
  const std::size_t end = value.find(" (from configuration)");
  return end == absl::string_view::npos ? "" : std::string(value.substr(0, end));
}

std::string AuthFact(absl::string_view value) {
  return value == "none" ? "none" : absl::StrContains(value, "AH") ? "AH" : "PASS";
}

// Reads the lines of one dump, instance by instance.
class DumpParser {
 public:
  void Line(absl::string_view line) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == absl::string_view::npos || indent == 0) {
      return;  // another process of the daemon may speak in between, at the margin
    }
    const absl::string_view text = line.substr(indent);
    if (absl::StartsWith(text, "VRRP Instance = ")) {
      current_ = &dump_[std::string(absl::StripPrefix(text, "VRRP Instance = "))];
      *current_ = {{"group", ""}, {"addresses", ""}, {"excluded", ""}, {"files", ""}, {"peers", ""}, {"auth", "none"}};
      return;
    }
    if (current_ == nullptr) {
      return;
    }
    if (indent >= 5) {
      Element(text);
    } else {
      Field(text);
    }
  }

  Dump Take() { return std::move(dump_); }

 private:
  void Element(absl::string_view text) {
    if (list_ == "addresses" || list_ == "excluded") {
      Append(&(*current_)[list_], AddressFact(text));
    } else if (list_ == "peers") {
      Append(&(*current_)[list_], std::string(text.substr(0, text.find(' '))));
    } else if (list_ == "files") {
      Append(&(*current_)[list_], absl::StrReplaceAll(text, {{", weight", ""}}));
    }
  }

  void Field(absl::string_view text) {
    list_.clear();
    const std::map<absl::string_view, std::string> lists = {{"Virtual IP Excluded", "excluded"},
                                                            {"Virtual IP", "addresses"},
                                                            {"Unicast Peer", "peers"},
                                                            {"Tracked files", "files"}};
    const absl::string_view title = absl::StripAsciiWhitespace(text.substr(0, text.find_first_of("(:")));
    if (const auto list = lists.find(title); list != lists.end()) {
      list_ = list->second;
      return;
    }
    const std::size_t equals = text.find(" = ");
    if (equals == absl::string_view::npos) {
      return;
    }
    const std::map<absl::string_view, std::pair<std::string, std::string (*)(absl::string_view)>> fields = {
        {"VRRP Version", {"version", &Same}},
        {"Sync group", {"group", &Same}},
        {"Wantstate", {"state", &Same}},
        {"Interface", {"interface", &InterfaceFact}},
        {"Virtual Router ID", {"vrid", &Same}},
        {"Priority", {"priority", &Same}},
        {"Advert interval", {"interval", &IntervalFact}},
        {"Accept", {"accept", &Same}},
        {"Preempt", {"preempt", &Same}},
        {"Using src_ip", {"source", &SourceFact}},
        {"Authentication type", {"auth", &AuthFact}}};
    if (const auto field = fields.find(text.substr(0, equals)); field != fields.end()) {
      (*current_)[field->second.first] = field->second.second(text.substr(equals + 3));
    }
  }

  static std::string Same(absl::string_view value) { return std::string(value); }

  Dump dump_;
  Facts* current_ = nullptr;
  std::string list_;
};

std::string AddressFacts(const std::vector<VirtualAddress>& addresses) {
  return absl::StrJoin(addresses, ", ", [](std::string* out, const VirtualAddress& one) {
    absl::StrAppend(out, one.address.ToString(), "/", one.prefix_length, " ", one.device, one.on_vmac ? " vmac" : "");
  });
}

// Only files that count: the daemon drops references to what is not defined above them.
std::string FileFacts(const Config& config, const Instance& instance) {
  std::string facts;
  for (const Tracked& tracked : instance.files) {
    if (tracked.defined) {
      Append(&facts, absl::StrCat(tracked.name, " ", EffectiveWeight(config, instance, tracked)));
    }
  }
  return facts;
}

Facts FactsOf(const Config& config, const Instance& instance) {
  const SyncGroup* group = GroupOf(config, instance);
  return {
      {"version", absl::StrCat(instance.version.value)},
      {"group", group == nullptr ? "" : group->name},
      {"state", instance.state.value == InitialState::kMaster ? "MASTER" : "BACKUP"},
      {"interface", instance.interface.value},
      {"vrid", instance.vrid.has_value() ? absl::StrCat(instance.vrid->value.value()) : ""},
      {"priority", absl::StrCat(instance.priority.value.value())},
      {"interval", absl::StrCat(instance.advert_interval.value.count())},
      {"accept", instance.accept.value ? "enabled" : "disabled"},
      {"preempt", instance.preempts ? "enabled" : "disabled"},
      {"auth", instance.authentication.type == AuthType::kNone       ? "none"
               : instance.authentication.type == AuthType::kPassword ? "PASS"
                                                                     : "AH"},
      {"addresses", AddressFacts(instance.addresses)},
      {"excluded", AddressFacts(instance.excluded)},
      {"source", instance.source.has_value() ? instance.source->value.ToString() : ""},
      {"peers",
       absl::StrJoin(instance.peers, ", ",
                     [](std::string* out, const UnicastPeer& peer) { absl::StrAppend(out, peer.address.ToString()); })},
      {"files", FileFacts(config, instance)},
  };
}

}  // namespace

absl::StatusOr<Dump> ParseDump(absl::string_view log) {
  const std::size_t first = log.find(kFirst);
  const std::size_t after = log.find(kAfter, first == absl::string_view::npos ? 0 : first);
  if (first == absl::string_view::npos || after == absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("no dump in what keepalived said:\n", log));
  }
  const std::regex time("^[A-Z][a-z]{2} [A-Z][a-z]{2} +[0-9]+ [0-9:]+ [0-9]{4}: ");
  DumpParser parser;
  for (const absl::string_view line : absl::StrSplit(log.substr(first, after - first), '\n')) {
    const std::string bare = std::regex_replace(std::string(line), time, "");
    if (absl::StrContains(bare, "------< ") && !absl::StrContains(bare, kFirst)) {
      break;  // sync groups and more follow
    }
    parser.Line(bare);
  }
  return parser.Take();
}

Dump DumpOf(const Config& config) {
  Dump dump;
  for (const Instance& instance : config.instances) {
    dump[instance.name] = FactsOf(config, instance);
  }
  return dump;
}

absl::StatusOr<std::string> RunForItsDump(const std::string& netns, const std::string& config_path) {
  // A mount namespace of its own hides its pid files, and a /run of its own what else it writes.
  const std::string command = absl::StrCat(
      "mount -t tmpfs tmpfs /run && exec keepalived --dont-fork --log-console --no-syslog --log-detail --dump-conf "
      "--vrrp "
      "--config-id west --use-file '",
      config_path, "'");
  lab::Process daemon({.argv = {"unshare", "--mount", "sh", "-c", command}, .netns = netns});
  const testing::AssertionResult ended =
      lab::WaitUntil("keepalived dumps its data or ends", std::chrono::seconds(20), [&] {
        const bool dumped = absl::StrContains(daemon.Out() + daemon.Err(), kAfter);
        return lab::Seen{dumped || !daemon.Running(), "no dump yet"};
      });
  daemon.Signal(SIGTERM);
  daemon.Wait(std::chrono::seconds(10));
  const std::string log = daemon.Out() + daemon.Err();
  if (!ended) {
    return absl::DeadlineExceededError(absl::StrCat(ended.message(), "\n", log));
  }
  return log;
}

}  // namespace probe::keepalived
