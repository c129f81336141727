#include "arbiter/core/context.h"

#include <algorithm>
#include <utility>

namespace arbiter::core {

Order SendTo(Context& ctx, const Cases& vips, const std::string& node, Action action) {
  const Case& first = *vips.front();
  const OpenIncident* incident = first.incident();
  Directive directive;
  directive.to = {first.key.cluster, node};
  directive.valid_for = ctx.policy.directive_valid_for;
  directive.vips = ListOf(vips);
  if (incident != nullptr) directive.incident = incident->record.id;
  directive.action = std::move(action);
  return {ctx.out.Send(std::move(directive)), ctx.now};
}

void AddToTimeline(IncidentRecord& record, Instant at, const std::string& text) {
  constexpr std::size_t kKeepFirst = kMaxTimeline / 2;
  if (record.timeline.size() >= kMaxTimeline) {
    record.timeline.erase(record.timeline.begin() + static_cast<std::ptrdiff_t>(kKeepFirst));
  }
  record.timeline.push_back({at, text});
}

void Tell(Context& ctx, Matter& matter, Note::Severity severity, const std::string& kind, const std::string& text) {
  Note note;
  note.severity = severity;
  note.cluster = matter.cluster;
  note.kind = kind;
  note.text = text;
  if (matter.incident != nullptr) {
    note.vip = matter.incident->record.vips.front();
    note.incident = matter.incident->record.id;
    AddToTimeline(matter.incident->record, ctx.now, text);
  } else if (matter.contest != nullptr) {
    note.vip = matter.contest->vips.front()->key.vip;
  }
  ctx.out.Put(std::move(note));
}

void Write(Context& ctx, Matter& matter, std::uint64_t ticket) {
  IncidentRecord& record = matter.incident->record;
  record.holds.clear();
  for (const auto& [node, hold] : matter.incident->holds) {
    record.holds.push_back(hold.record);
    record.holds.back().vips = ListOf(hold.vips);
  }
  ctx.out.Persist({ticket, record});
}

Round Ask(Context& ctx, const Cases& about, const std::set<std::string>& nodes, bool of_segment) {
  Round round;
  round.nonce = ctx.out.Nonce();
  // Whoever does not answer on a segment is waited for, and nothing hurries.
  const Duration within = ctx.policy.affirm_within * (of_segment ? 2 : 1);
  round.deadline = ctx.now + within;
  round.about = about;
  round.asked = nodes;
  round.of_segment = of_segment;
  const Case& first = *about.front();
  const std::vector<IpAddress> addresses = ctx.world.NodeAddresses(first);
  const bool acts = ctx.world.ModeOf(first.key.cluster) == Mode::kEnforce;
  for (const std::string& node : nodes) {
    ctx.out.Ask({{first.key.cluster, node}, round.nonce, ListOf(about), within, addresses, acts, of_segment});
  }
  return round;
}

Round AskInContest(Context& ctx, const Cases& about, const std::set<std::string>& nodes) {
  Round round;
  round.nonce = ctx.out.Nonce();
  round.deadline = ctx.now + ctx.policy.affirm_within;
  round.about = about;
  round.asked = nodes;
  const Case& first = *about.front();
  AskAffirm ask{{first.key.cluster, ""}, round.nonce, ListOf(about), ctx.policy.affirm_within, {}, false, true, true};
  ask.node_addresses = ctx.world.NodeAddresses(first);
  ask.gate_may_follow = ctx.world.ModeOf(first.key.cluster) == Mode::kEnforce;
  for (const std::string& node : nodes) {
    ask.to.node = node;
    ctx.out.Ask(ask);
  }
  return round;
}

bool IsOver(const Context& ctx, const Round& round) {
  if (ctx.now >= round.deadline) return true;
  const std::string& cluster = round.about.front()->key.cluster;
  return std::all_of(round.asked.begin(), round.asked.end(), [&](const std::string& name) {
    if (round.answers.contains(name)) return true;
    const Node* node = ctx.world.FindNode(cluster, name);
    return node == nullptr || !node->attached;
  });
}

}  // namespace arbiter::core
