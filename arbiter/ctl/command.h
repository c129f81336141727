// What a command of arbctl is: options that it adds to the command line, and an action for when it was chosen.
#ifndef ARBITER_CTL_COMMAND_H_
#define ARBITER_CTL_COMMAND_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/ctl/connection.h"
#include "arbiter/ctl/console.h"
#include "arbiter/ctl/options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace arbiter::ctl {

// All that an action works with. Lives as long as the action runs.
struct Session {
  const Options& options;
  const Console& console;
  const Connection& arbiter;
};

// Gives the exit code; a status becomes a line on stderr and the exit code of its kind.
using Action = std::function<absl::StatusOr<int>(const Session&)>;
// The same without an arbiter.
using OfflineAction = std::function<absl::StatusOr<int>(const Options&, const Console&)>;

// The command line's result. Commands put their action here when they are chosen.
struct Choice {
  Action action;
  OfflineAction offline;           // in its place
  bool plugin = false;             // every failure is the monitoring plugin's UNKNOWN
  std::vector<std::string> words;  // to be completed, the last one is being written
};

// A command as it is added to the command line. What is read goes to where `to` points when the command line is parsed;
// it outlives the command line. Options that hold for every command may follow the command's own.
class Command {
 public:
  Command(CLI::App* root, const std::string& name, const std::string& summary, const std::string& footer);

  // A word that must be there, one of `choices` unless that is empty.
  Command& Operand(const std::string& name, std::string* to, const std::string& help,
                   const std::vector<std::string>& choices = {});
  // Words that may be there, any number of them.
  Command& Operands(const std::string& name, std::vector<std::string>* to, const std::string& help);
  Command& Flag(const std::string& names, bool* to, const std::string& help);
  // `type` is what stands for the value in the help.
  Command& Text(const std::string& names, std::string* to, const std::string& help, const std::string& type);
  // May be there several times.
  Command& Texts(const std::string& name, std::vector<std::string>* to, const std::string& help,
                 const std::string& type);
  Command& Number(const std::string& names, std::uint32_t* to, const std::string& help);
  // Not shown in the help.
  Command& Hidden();
  // Called when the command was chosen, after all was read.
  void Then(std::function<void()> chosen);

 private:
  CLI::App* app_;
};

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
