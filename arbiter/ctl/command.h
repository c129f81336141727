// What a command of arbctl is: options that it adds to the command line, and an action for when it was chosen.
#ifndef ARBITER_CTL_COMMAND_H_
#define ARBITER_CTL_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/ctl/connection.h"
#include "arbiter/ctl/console.h"
#include "arbiter/ctl/options.h"

namespace arbiter::ctl {

// All that an action works with. Lives as long as the action runs.
struct Session {
  const Options& options;
  const Console& console;
  const Connection& arbiter;
};

// Gives the exit code; a status becomes a line on stderr and the exit code of its kind.
using Action = std::function<absl::StatusOr<int>(const Session&)>;

// The command line's result. Commands put their action here when they are chosen.
struct Choice {
  Action action;
  bool plugin = false;             // every failure is the monitoring plugin's UNKNOWN
  std::vector<std::string> words;  // to be completed, the last one is being written
};

// Adds a command whose options may be followed by those that hold for every command.
CLI::App* AddCommand(CLI::App* root, const std::string& name, const std::string& summary, const std::string& footer);

// One of these in each file that is named after its command. `choice` outlives the command line.
void AddStatus(CLI::App* root, Choice* choice);
void AddNodes(CLI::App* root, Choice* choice);
void AddIncidents(CLI::App* root, Choice* choice);
void AddIncident(CLI::App* root, Choice* choice);
void AddAudit(CLI::App* root, Choice* choice);
void AddEvents(CLI::App* root, Choice* choice);
void AddDiff(CLI::App* root, Choice* choice);
void AddDemote(CLI::App* root, Choice* choice);
void AddRelease(CLI::App* root, Choice* choice);
void AddForget(CLI::App* root, Choice* choice);
void AddMode(CLI::App* root, Choice* choice);
void AddCheck(CLI::App* root, Choice* choice);
void AddCompletion(CLI::App* root, Choice* choice);
void AddComplete(CLI::App* root, Choice* choice);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_COMMAND_H_
