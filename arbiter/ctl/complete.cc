// arbctl complete -- WORDS...: what the shells' completion functions ask. Not shown in the help.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "arbiter/ctl/candidates.h"
#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"

namespace arbiter::ctl {
namespace {

constexpr auto kPatience = std::chrono::seconds(1);  // somebody waits with a finger on the tab key

// The arbiter that the unfinished command line means.
Options Meant(const Options& own, const WordsSoFar& words) {
  Options options = own;
  options.timeout = std::min<std::chrono::nanoseconds>(own.timeout, kPatience);
  const auto take = [&](const char* name, std::string* to) {
    const auto value = words.options.find(name);
    if (value != words.options.end()) *to = value->second;
  };
  take("server", &options.server);
  take("cluster", &options.cluster);
  take("tls-cert", &options.tls.cert);
  take("tls-key", &options.tls.key);
  take("tls-ca", &options.tls.ca);
  return options;
}

Known KnownBy(const Options& options) {
  Known known;
  known.status = [options] {
    const absl::StatusOr<Connection> arbiter = Connection::Open(options);
    if (!arbiter.ok()) return v1::GetStatusResponse();
    v1::GetStatusRequest request;
    request.set_cluster(options.cluster);
    return arbiter->Ask(request).value_or(v1::GetStatusResponse());
  };
  known.incidents = [options] {
    const absl::StatusOr<Connection> arbiter = Connection::Open(options);
    if (!arbiter.ok()) return v1::ListIncidentsResponse();
    v1::ListIncidentsRequest request;
    request.set_page_size(100);
    request.set_cluster(options.cluster);
    return arbiter->Ask(request).value_or(v1::ListIncidentsResponse());
  };
  return known;
}

// The last word is the one that is being written.
absl::StatusOr<int> Complete(const CLI::App& root, const Session& session, const std::vector<std::string>& all) {
  const std::string last = all.empty() ? "" : all.back();
  const WordsSoFar words = ReadWords(root, absl::MakeConstSpan(all.data(), all.empty() ? 0 : all.size() - 1));
  const Options options = Meant(session.options, words);
  for (const std::string& word : Candidates(root, words, !last.empty() && last.front() == '-', KnownBy(options))) {
    if (word.compare(0, last.size(), last) == 0) session.console.out << word << "\n";
  }
  return kDone;
}

}  // namespace

void AddComplete(CLI::App* root, Choice* choice) {
  Command(root, "complete", "Say what could stand next", "").Hidden().Then([root, choice] {
    choice->action = [root, choice](const Session& session) { return Complete(*root, session, choice->words); };
  });
}

}  // namespace arbiter::ctl
