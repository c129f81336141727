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
  for (Effect& effect : effects_) {
    auto* asked = std::get_if<AskAffirm>(&effect);
    if (asked == nullptr || asked->to != ask.to || asked->nonce != ask.nonce) continue;
    Unite(asked->vips, ask.vips);
    return;
  }
  Put(std::move(ask));
}

Fence Outbox::Send(Directive directive) {
  const auto newest = std::find_if(effects_.rbegin(), effects_.rend(), [&](const Effect& effect) {
    const auto* sent = std::get_if<SendDirective>(&effect);
    return sent != nullptr && sent->directive.to == directive.to;
  });
  if (newest != effects_.rend()) {
    Directive& before = std::get<SendDirective>(*newest).directive;
    if (before.action == directive.action && (before.incident == directive.incident || GivesBack(directive.action))) {
      Unite(before.vips, directive.vips);
      return before.fence;
    }
  }
  directive.fence = Fence{term_, ++sequence_};
  const Fence fence = directive.fence;
  Put(SendDirective{std::move(directive)});
  return fence;
}

void Outbox::Persist(core::Persist persist) {
  const auto before = std::find_if(effects_.begin(), effects_.end(), [&](const Effect& effect) {
    const auto* write = std::get_if<core::Persist>(&effect);
    return write != nullptr && write->incident.id == persist.incident.id;
  });
  if (before != effects_.end()) {
    if (persist.ticket == 0) persist.ticket = std::get<core::Persist>(*before).ticket;
    effects_.erase(before);
  }
  Put(std::move(persist));
}

std::vector<Effect> Outbox::Take() {
  ++nonce_;
  return std::exchange(effects_, {});
}

}  // namespace arbiter::core
