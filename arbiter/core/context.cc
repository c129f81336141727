#include "arbiter/core/context.h"

#include <algorithm>
#include <utility>

namespace arbiter::core {

Order SendTo(Context& ctx, const Case& c, const std::string& node, Action action) {
  const Order order{ctx.out.NextFence(), ctx.now};
  ctx.out.Put(SendDirective{Directive{{c.key.cluster, node},
                                      order.fence,
                                      ctx.policy.directive_valid_for,
                                      c.key.vip,
                                      c.incident != nullptr ? c.incident->record.id : IncidentId(),
                                      std::move(action)}});
  return order;
}

void AddToTimeline(IncidentRecord& record, Instant at, const std::string& text) {
  constexpr std::size_t kKeepFirst = kMaxTimeline / 2;
  if (record.timeline.size() >= kMaxTimeline) {
    record.timeline.erase(record.timeline.begin() + static_cast<std::ptrdiff_t>(kKeepFirst));
  }
  record.timeline.push_back({at, text});
}

void Tell(Context& ctx, Case& c, Note::Severity severity, const std::string& kind, const std::string& text) {
  Note note;
  note.severity = severity;
  note.cluster = c.key.cluster;
  note.vip = c.key.vip;
  note.kind = kind;
  note.text = text;
  if (c.incident != nullptr) {
    note.incident = c.incident->record.id;
    AddToTimeline(c.incident->record, ctx.now, text);
  }
  ctx.out.Put(std::move(note));
}

void Write(Context& ctx, Case& c, std::uint64_t ticket) {
  IncidentRecord& record = c.incident->record;
  record.holds.clear();
  for (const auto& [node, hold] : c.incident->holds) record.holds.push_back(hold.record);
  ctx.out.Put(Persist{ticket, record});
}

Round Ask(Context& ctx, const Case& c, const std::set<std::string>& nodes) {
  Round round;
  round.nonce = ctx.out.NextNonce();
  round.deadline = ctx.now + ctx.policy.affirm_within;
  round.asked = nodes;
  const std::vector<IpAddress> addresses = ctx.world.NodeAddresses(c);
  const bool acts = ctx.world.ModeOf(c.key.cluster) == Mode::kEnforce;
  for (const std::string& node : nodes) {
    ctx.out.Put(AskAffirm{{c.key.cluster, node}, round.nonce, {c.key.vip}, ctx.policy.affirm_within, addresses, acts});
  }
  return round;
}

bool IsOver(const Context& ctx, const Case& c, const Round& round) {
  if (ctx.now >= round.deadline) return true;
  return std::all_of(round.asked.begin(), round.asked.end(), [&](const std::string& name) {
    if (round.answers.contains(name)) return true;
    const Node* node = ctx.world.FindNode(c.key.cluster, name);
    return node == nullptr || !node->attached;
  });
}

}  // namespace arbiter::core
