#include "proto/model/directive.h"

namespace arbiter::model {
namespace {

struct NameOfAction {
  absl::string_view operator()(const ShutForAWhile&) const { return "shut_for_a_while"; }
  absl::string_view operator()(const OrderHold&) const { return "hold"; }
  absl::string_view operator()(const StartTrial& trial) const { return trial.adverts ? "trial_adverts" : "trial"; }
  absl::string_view operator()(const EndTrial&) const { return "end_trial"; }
  absl::string_view operator()(const Release&) const { return "release"; }
  absl::string_view operator()(const Announce&) const { return "announce"; }
};

}  // namespace

absl::string_view ActionName(const Action& action) { return std::visit(NameOfAction(), action); }

absl::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "done";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kFailed:
      return "failed";
  }
  return "";
}

std::vector<absl::string_view> ActionNames() {
  std::vector<absl::string_view> names;
  for (const Action& action :
       {Action(ShutForAWhile{}), Action(OrderHold{}), Action(StartTrial{false, {}}), Action(StartTrial{true, {}}),
        Action(EndTrial{}), Action(Release{}), Action(Announce{})}) {
    names.push_back(ActionName(action));
  }
  return names;
}

std::vector<absl::string_view> OutcomeNames() {
  return {OutcomeName(Outcome::kDone), OutcomeName(Outcome::kRefused), OutcomeName(Outcome::kFailed)};
}

}  // namespace arbiter::model
