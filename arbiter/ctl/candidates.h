// What could stand next on the command line.
#ifndef ARBITER_CTL_CANDIDATES_H_
#define ARBITER_CTL_CANDIDATES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "arbiter/ctl/words_so_far.h"
#include "arbiter/v1/operations_service.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace arbiter::ctl {

// What the arbiter knows; empty messages when it cannot be asked.
struct Known {
  std::function<v1::GetStatusResponse()> status;
  std::function<v1::ListIncidentsResponse()> incidents;
};

// Every word that may stand behind `words`, with "\tdescription" where there is one. `dash`: an option was begun. Only
// what is needed is asked of the arbiter.
std::vector<std::string> Candidates(const CLI::App& root, const WordsSoFar& words, bool dash, const Known& known);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_CANDIDATES_H_
