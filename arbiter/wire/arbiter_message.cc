#include "arbiter/wire/arbiter_message.h"

#include <variant>

#include "arbiter/wire/enum_table.h"
#include "arbiter/wire/report.h"

namespace arbiter::wire {
namespace {

// Writes the member of the oneof that stands for an action.
class ActionWriter {
 public:
  explicit ActionWriter(v1::Directive* message) : message_(message) {}

  void operator()(const core::ShutForAWhile& action) const {
    *message_->mutable_shut_for_a_while()->mutable_duration() = ToProto(action.duration);
  }
  void operator()(const core::OrderHold& action) const {
    v1::Hold* hold = message_->mutable_hold();
    hold->set_reason(action.reason);
    hold->set_survivor(action.survivor);
    for (const IpAddress& address : action.survivor_addresses) {
      hold->add_survivor_addresses(address.ToString());
    }
    hold->set_survivor_vrid(action.survivor_vrid);
    *hold->mutable_silence_limit() = ToProto(action.silence_limit);
    for (const core::RungKind rung : action.forbidden_rungs) {
      hold->add_forbidden_rungs(EnumToProto(kRungKinds, rung));
    }
  }
  void operator()(const core::StartTrial& action) const {
    v1::Trial* trial = message_->mutable_trial();
    trial->set_adverts(action.adverts);
    *trial->mutable_adverts_for() = ToProto(action.adverts_for);
  }
  void operator()(const core::EndTrial&) const { message_->mutable_end_trial(); }
  void operator()(const core::Release& action) const { message_->mutable_release()->set_reason(action.reason); }
  void operator()(const core::Announce&) const { message_->mutable_announce(); }

 private:
  v1::Directive* message_;
};

struct NameOfAction {
  absl::string_view operator()(const core::ShutForAWhile&) const { return "shut_for_a_while"; }
  absl::string_view operator()(const core::OrderHold&) const { return "hold"; }
  absl::string_view operator()(const core::StartTrial& trial) const {
    return trial.adverts ? "trial_adverts" : "trial";
  }
  absl::string_view operator()(const core::EndTrial&) const { return "end_trial"; }
  absl::string_view operator()(const core::Release&) const { return "release"; }
  absl::string_view operator()(const core::Announce&) const { return "announce"; }
};

}  // namespace

v1::AffirmRequest ToProto(const core::AskAffirm& ask) {
  v1::AffirmRequest message;
  message.set_nonce(ask.nonce);
  for (const IpAddress& vip : ask.vips) {
    message.add_vips(vip.ToString());
  }
  *message.mutable_within() = ToProto(ask.within);
  for (const IpAddress& address : ask.node_addresses) {
    message.add_node_addresses(address.ToString());
  }
  message.set_gate_may_follow(ask.gate_may_follow);
  message.set_ask_segment(ask.ask_segment);
  message.set_in_contest(ask.in_contest);
  return message;
}

v1::Directive ToProto(const core::Directive& directive, std::uint64_t as_of_probe_time_ns) {
  v1::Directive message;
  message.set_term(directive.fence.term);
  message.set_sequence(directive.fence.sequence);
  message.set_as_of_probe_time_ns(as_of_probe_time_ns);
  *message.mutable_valid_for() = ToProto(directive.valid_for);
  message.set_vip(directive.vips.front().ToString());
  for (const IpAddress& vip : directive.vips) {
    message.add_vips(vip.ToString());
  }
  message.set_incident(directive.incident);
  std::visit(ActionWriter(&message), directive.action);
  return message;
}

v1::KnownVips ToProto(const std::vector<IpAddress>& known_vips) {
  v1::KnownVips message;
  for (const IpAddress& vip : known_vips) {
    message.add_vips(vip.ToString());
  }
  return message;
}

absl::string_view ActionName(const core::Action& action) { return std::visit(NameOfAction(), action); }

absl::string_view OutcomeName(core::Outcome outcome) {
  switch (outcome) {
    case core::Outcome::kDone:
      return "done";
    case core::Outcome::kRefused:
      return "refused";
    case core::Outcome::kFailed:
      return "failed";
  }
  return "";
}

std::vector<absl::string_view> ActionNames() {
  std::vector<absl::string_view> names;
  for (const core::Action& action :
       {core::Action(core::ShutForAWhile{}), core::Action(core::OrderHold{}), core::Action(core::StartTrial{false, {}}),
        core::Action(core::StartTrial{true, {}}), core::Action(core::EndTrial{}), core::Action(core::Release{}),
        core::Action(core::Announce{})}) {
    names.push_back(ActionName(action));
  }
  return names;
}

std::vector<absl::string_view> OutcomeNames() {
  return {OutcomeName(core::Outcome::kDone), OutcomeName(core::Outcome::kRefused), OutcomeName(core::Outcome::kFailed)};
}

}  // namespace arbiter::wire
