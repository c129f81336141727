// arbctl incident ID
#include <memory>
#include <string>

#include "arbiter/ctl/command.h"
#include "arbiter/ctl/exit_code.h"
#include "arbiter/ctl/json.h"
#include "arbiter/ctl/print_incident.h"

namespace arbiter::ctl {
namespace {

constexpr char kFooter[] =
    R"(Shows who survived and who gave the VIP up, why it split with the evidence for it, how to mend it, and what happened when.

Examples
  arbctl incident 3-1
  arbctl incident 3-1 -o json | jq -r '.timeline[] | .at + " " + .text')";

absl::StatusOr<int> Incident(const Session& session, const std::string& id) {
  v1::GetIncidentRequest request;
  request.set_id(id);
  const auto incident = session.arbiter.Ask(request);
  if (!incident.ok()) return incident.status();
  const Console& console = session.console;
  console.out << (session.options.format == Format::kJson
                      ? ToJson(*incident)
                      : IncidentText(*incident, console.zone,
                                     {session.options.format == Format::kWide, console.colour}));
  return kDone;
}

}  // namespace

void AddIncident(CLI::App* root, Choice* choice) {
  const auto id = std::make_shared<std::string>();
  Command(root, "incident", "Show one split: who, why, what to do, and when", kFooter)
      .Operand("ID", id.get(), "As `arbctl incidents` lists it")
      .Then([id, choice] { choice->action = [id](const Session& s) { return Incident(s, *id); }; });
}

}  // namespace arbiter::ctl
