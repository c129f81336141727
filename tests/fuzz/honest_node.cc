#include "tests/fuzz/honest_node.h"

#include <algorithm>
#include <variant>

#include "proto/value/ip_address.h"

namespace fuzz {
namespace {

namespace core = arbiter::core;
namespace v1 = arbiter::v1;

bool IsFor(const core::Directive& directive, const v1::VipReport& report) {
  const auto vip = arbiter::IpAddress::Parse(report.address());
  return vip.ok() && std::find(directive.vips.begin(), directive.vips.end(), *vip) != directive.vips.end();
}

void SetGate(const core::Action& action, v1::VipReport* report) {
  if (std::holds_alternative<core::OrderHold>(action) || std::holds_alternative<core::EndTrial>(action)) {
    report->set_gate(v1::GATE_STATE_SHUT);
  } else if (std::holds_alternative<core::ShutForAWhile>(action)) {
    report->set_gate(v1::GATE_STATE_SHUT_FOR_A_WHILE);
  } else if (const auto* trial = std::get_if<core::StartTrial>(&action)) {
    report->set_gate(trial->adverts ? v1::GATE_STATE_ADVERTS_ONLY : v1::GATE_STATE_SHUT);
  } else if (std::holds_alternative<core::Release>(action)) {
    report->set_gate(v1::GATE_STATE_OPEN);
  }
}

}  // namespace

HonestNode::HonestNode() {
  v1::Reach& reach = (*said_.mutable_reach())[""];
  reach.set_asked(2);
  reach.set_answered(2);
}

void HonestNode::Said(const v1::ProbeMessage& message) {
  const auto take = [this](const auto& said) {
    if (said.vips().empty()) return;
    *said_.mutable_vips() = said.vips();
    *said_.mutable_shared() = said.shared();
  };
  if (message.has_snapshot()) take(message.snapshot());
  if (message.has_change()) take(message.change());
  if (message.has_result()) take(message.result());
  if (!message.has_affirmation()) return;
  take(message.affirmation());
  *said_.mutable_reach() = message.affirmation().reach();
  *said_.mutable_segment_asked() = message.affirmation().segment_asked();
  *said_.mutable_segment_answered() = message.affirmation().segment_answered();
}

v1::ProbeMessage HonestNode::AnswerTo(const core::AskAffirm& ask) const {
  v1::ProbeMessage message;
  *message.mutable_affirmation() = said_;
  message.mutable_affirmation()->set_nonce(ask.nonce);
  if (!ask.ask_segment) {
    message.mutable_affirmation()->clear_segment_asked();
    message.mutable_affirmation()->clear_segment_answered();
  }
  return message;
}

v1::ProbeMessage HonestNode::Obey(const core::Directive& directive) {
  v1::ProbeMessage message;
  v1::DirectiveResult& result = *message.mutable_result();
  result.set_term(directive.fence.term);
  result.set_sequence(directive.fence.sequence);
  result.set_outcome(v1::DIRECTIVE_OUTCOME_DONE);
  *result.mutable_shared() = said_.shared();
  for (v1::VipReport& report : *said_.mutable_vips()) {
    if (!IsFor(directive, report)) continue;
    SetGate(directive.action, &report);
    *result.add_vips() = report;
  }
  return message;
}

}  // namespace fuzz
