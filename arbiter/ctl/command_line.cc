#include "arbiter/ctl/command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/paint.h"
#include "arbiter/ctl/verdict.h"
#include "arbiter/ctl/version.h"
#include "arbiter/ctl/words_so_far.h"
#include "proto/value/duration.h"
#include "proto/yaml/nearest_name.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Every option may also stand behind the command. Flags win over the environment: $ARBCTL_SERVER, $ARBCTL_CLUSTER,
$ARBCTL_TLS_CERT, $ARBCTL_TLS_KEY, $ARBCTL_TLS_CA. Results go to stdout, all else to stderr. No colour with $NO_COLOR.

Examples
  arbctl status                                who holds which VIP, and what to do next
  arbctl status --watch                        the same, all the time
  arbctl incident 3-1                          why it split, with the evidence
  arbctl release b 192.168.1.212               let a node back once the cause is mended
  arbctl diff a.conf b.conf                    what two keepalived.conf differ in, without an arbiter
  arbctl mode observe --cluster prod --for 30m
  arbctl --server witness:7430 --tls-cert me.crt --tls-key me.key --tls-ca ca.crt status
  arbctl COMMAND --help                        more about one command, with examples

Exit codes
  0 done, 1 failed, 64 wrong usage, 69 arbiter unreachable, 77 not permitted, 78 wrong configuration;
  `arbctl check` has those of a monitoring plugin, `arbctl diff FILE...` 1 for a fault)";

// CLI11 may say more than one line; the first says it all.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string DurationError(const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration.ok()) return std::string(duration.status().message());
  return duration->count() == 0 ? "must not be 0" : "";
}

void AddOptions(CLI::App* app, Options* options) {
  app->add_option("-s,--server", options->server, "The arbiter (default 127.0.0.1:7430)")
      ->envname("ARBCTL_SERVER")
      ->option_text("HOST:PORT");
  app->add_option_function<std::string>(
         "-o,--output",
         [options](const std::string& format) {
           options->format = format == "json" ? Format::kJson : format == "wide" ? Format::kWide : Format::kTable;
         },
         "table (default), wide or json")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->option_text("FORMAT");
  app->add_option("-c,--cluster", options->cluster, "Only this cluster")
      ->envname("ARBCTL_CLUSTER")
      ->option_text("NAME");
  app->add_option_function<std::string>(
         "--timeout", [options](const std::string& text) { options->timeout = *ParseDuration(text); },
         "How long to wait for an answer (default 5s)")
      ->check(DurationError)
      ->option_text("DURATION");
  app->add_option("--tls-cert", options->tls.cert, "Your certificate, PEM")
      ->envname("ARBCTL_TLS_CERT")
      ->option_text("FILE");
  app->add_option("--tls-key", options->tls.key, "Its key, PEM")->envname("ARBCTL_TLS_KEY")->option_text("FILE");
  app->add_option("--tls-ca", options->tls.ca, "The authority that the arbiter's certificate is of, PEM")
      ->envname("ARBCTL_TLS_CA")
      ->option_text("FILE");
}

void AddCommands(CLI::App* app, Choice* choice) {
  for (const auto add : {AddStatus, AddNodes, AddIncidents, AddIncident, AddAudit, AddEvents, AddDiff, AddDemote,
                         AddRelease, AddForget, AddMode, AddCheck, AddCompletion, AddComplete}) {
    add(app, choice);
  }
}

// What was wrong, in one line.
std::string UsageText(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  const WordsSoFar words = ReadWords(app, arguments);
  if (words.command.empty()) return absl::StrCat(FirstLine(error.what()), " (see arbctl --help)");
  if (FindCommand(app, words.command) != nullptr) {
    return absl::StrCat(FirstLine(error.what()), " (see arbctl ", words.command, " --help)");
  }
  std::vector<std::string> names;
  for (const CLI::App* command : CommandsOf(app)) names.push_back(command->get_name());
  const std::string nearest = NearestName(words.command, names);
  const std::string hint = nearest.empty() ? "see arbctl --help" : absl::StrCat("did you mean '", nearest, "'?");
  return absl::StrCat("there is no command '", words.command, "' (", hint, ")");
}

int Fail(const absl::Status& status, int code, const Choice& choice, const Console& console) {
  if (choice.plugin) {
    console.out << "ARBITER UNKNOWN - " << status.message() << "\n";
    return kCheckUnknown;
  }
  console.err << "arbctl: " << status.message() << "\n";
  return code;
}

int Act(const Options& options, const Choice& choice, const Console& console) {
  if (choice.offline != nullptr) {
    const absl::StatusOr<int> code = choice.offline(options, console);
    return code.ok() ? *code : Fail(code.status(), ExitCodeOf(code.status()), choice, console);
  }
  const absl::StatusOr<Connection> arbiter = Connection::Open(options);
  if (!arbiter.ok()) {
    const int code = ExitCodeOf(arbiter.status());
    return Fail(arbiter.status(), code == kFailed ? kWrongConfiguration : code, choice, console);
  }
  const absl::StatusOr<int> code = choice.action({options, console, *arbiter});
  return code.ok() ? *code : Fail(code.status(), ExitCodeOf(code.status()), choice, console);
}

// `arbctl complete -- WORDS...`: the words are an unfinished command line, and not ours to parse.
int WithoutWordsToComplete(int argc, const char* const* argv, Choice* choice) {
  if (argc < 2 || absl::string_view(argv[1]) != "complete") return argc;
  const int first = argc > 2 && absl::string_view(argv[2]) == "--" ? 3 : 2;
  choice->words.assign(argv + first, argv + argc);
  return 2;
}

}  // namespace

int Run(int argc, const char* const* argv, const Console& console) {
  Options options;
  Choice choice;
  CLI::App app("Asks and instructs an arbiter, which watches virtual IP addresses for a split brain and heals it.",
               "arbctl");
  app.set_version_flag("--version", absl::StrCat("arbctl ", kVersion));
  app.footer(kFooter);
  app.require_subcommand(1);
  AddOptions(&app, &options);
  AddCommands(&app, &choice);
  // CLI11 reports by exceptions; they end here.
  try {
    app.parse(WithoutWordsToComplete(argc, argv, &choice), argv);
  } catch (const CLI::Success& success) {
    return app.exit(success, console.out, console.err);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    choice.plugin = ReadWords(app, words).command == "check";  // before its callback said so
    return Fail(absl::InvalidArgumentError(UsageText(app, error, words)), kUsage, choice, console);
  }
  return Act(options, choice, console);
}

}  // namespace arbiter::ctl
