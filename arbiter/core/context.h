// What every rule works with in one step, and the few ways in which rules speak.
#ifndef ARBITER_CORE_CONTEXT_H_
#define ARBITER_CORE_CONTEXT_H_

#include <set>
#include <string>

#include "arbiter/core/case.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/matter.h"
#include "arbiter/core/outbox.h"
#include "arbiter/core/policy.h"
#include "arbiter/core/world.h"

namespace arbiter::core {

struct Context {
  World& world;
  const Policy& policy;
  Outbox& out;
  Instant now;
  Instant started;  // when this life of the arbiter began
};

// Sends a directive for VIPs of one cluster to a node and returns the order to remember. `vips` must not be empty; the
// incident is that of the first one, if it has any.
Order SendTo(Context& ctx, const Cases& vips, const std::string& node, Action action);

// Tells operators something about VIPs of the matter; with an open incident also in its timeline.
void Tell(Context& ctx, Matter& matter, Note::Severity severity, const std::string& kind, const std::string& text);

// Adds to an incident's timeline; the oldest entries after the first ones give way.
void AddToTimeline(IncidentRecord& record, Instant at, const std::string& text);

// Copies the standing holds into the record and asks for it to be written. With `ticket` the engine learns when it is.
void Write(Context& ctx, Matter& matter, std::uint64_t ticket = 0);

// Puts a question to the nodes: do you hold these VIPs now? With `of_segment` also: does another host answer for them?
Round Ask(Context& ctx, const Cases& about, const std::set<std::string>& nodes, bool of_segment = false);
// The same of VIPs that are contested, and whether the segment answers for a few of them: a gate waits for the answer.
Round AskInContest(Context& ctx, const Cases& about, const std::set<std::string>& nodes);

// All who were asked have answered, are gone, or the time is over.
bool IsOver(const Context& ctx, const Round& round);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CONTEXT_H_
