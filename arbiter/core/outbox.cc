#include "arbiter/core/outbox.h"

#include <algorithm>
#include <iterator>
#include <variant>

namespace arbiter::core {
namespace {

// Both lists by address, as is the result.
void Unite(std::vector<IpAddress>& vips, const std::vector<IpAddress>& more) {
  if (more.size() == 1 && (vips.empty() || vips.back() < more.front())) {
    vips.push_back(more.front());
    return;
  }
  std::vector<IpAddress> both;
  std::set_union(vips.begin(), vips.end(), more.begin(), more.end(), std::back_inserter(both));
  vips = std::move(both);
}

// For these the node does not care which incident they belong to.
bool GivesBack(const Action& action) {
  return std::holds_alternative<Release>(action) || std::holds_alternative<Announce>(action);
}

}  // namespace

void Outbox::Ask(AskAffirm ask) {
  const auto [known, is_new] = asked_.try_emplace(std::pair(ask.to, ask.nonce), effects_.size());
  if (is_new) return Put(std::move(ask));
  AskAffirm& asked = std::get<AskAffirm>(*effects_[known->second]);
  Unite(asked.vips, ask.vips);
  asked.ask_segment = asked.ask_segment || ask.ask_segment;
  asked.in_contest = asked.in_contest || ask.in_contest;
}

Fence Outbox::Send(Directive directive) {
  const auto [newest, is_first] = sent_.try_emplace(directive.to, effects_.size());
  if (!is_first) {
    Directive& before = std::get<SendDirective>(*effects_[newest->second]).directive;
    if (before.action == directive.action && (before.incident == directive.incident || GivesBack(directive.action))) {
      Unite(before.vips, directive.vips);
      return before.fence;
    }
  }
  newest->second = effects_.size();
  directive.fence = Fence{term_, ++sequence_};
  const Fence fence = directive.fence;
  Put(SendDirective{std::move(directive)});
  return fence;
}

void Outbox::Persist(core::Persist persist) {
  const auto [before, is_first] = written_.try_emplace(persist.incident.id, effects_.size());
  if (!is_first) {
    std::optional<Effect>& former = effects_[before->second];
    if (persist.ticket == 0) persist.ticket = std::get<core::Persist>(*former).ticket;
    former.reset();
    before->second = effects_.size();
  }
  Put(std::move(persist));
}

std::vector<Effect> Outbox::Take() {
  ++nonce_;
  asked_.clear();
  sent_.clear();
  written_.clear();
  std::vector<Effect> effects;
  effects.reserve(effects_.size());
  for (std::optional<Effect>& effect : effects_) {
    if (effect.has_value()) effects.push_back(*std::move(effect));
  }
  effects_.clear();
  return effects;
}

}  // namespace arbiter::core
