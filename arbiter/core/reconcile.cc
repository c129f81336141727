#include "arbiter/core/reconcile.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/core/hold_end.h"
#include "arbiter/core/joining.h"
#include "arbiter/core/split.h"

namespace arbiter::core {
namespace {

// VIPs of a cluster with an incident or a release under way. No site has as many; a node that lies would.
constexpr std::size_t kMostRemembered = 100'000;

Cases HeldThere(const Cases& cases, const Node& local) {
  Cases result;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(result),
               [&](const Case* c) { return local.HoldOn(c->key.vip) != nullptr; });
  return result;
}

// Of the VIPs whose hold has ended, those that the node still holds back are let go.
void ReconcileReleases(Context& ctx, const Cases& cases, const Node& local) {
  const std::string& node = local.key.node;
  Cases again;
  for (Case* c : cases) {
    if (!c->releases.contains(node)) continue;
    if (local.HoldOn(c->key.vip) != nullptr) {
      again.push_back(c);
    } else {
      c->releases.erase(node);
    }
  }
  if (again.empty()) return;
  const Order order = SendTo(ctx, again, node, Release{"it was released while the node was away"});
  for (Case* c : again) c->releases[node] = order;
}

// The hold is durable, and the node has it no longer: somebody released it there, or the node was made anew.
void TellMissing(Context& ctx, const Hold& hold, const Cases& there) {
  const Case& first = *hold.vips.front();
  const bool durable = !first.incident()->ticket.has_value();
  const bool told = durable && (hold.in_force || !hold.order.has_value());
  if (!told || there.size() == hold.vips.size()) return;
  Tell(ctx, *first.matter, Note::Severity::kWarning, "released",
       absl::StrCat(hold.record.node, " came without its hold on ", NamesOf(NotAmong(hold.vips, VipsOf(there))),
                    ": it was released there, or had never come to be"));
}

// A hold that stands here: in force where the node has all of it.
void ReconcileHold(Context& ctx, Hold& hold, const Node& local) {
  const Cases there = HeldThere(hold.vips, local);
  TellMissing(ctx, hold, there);
  hold.in_force = there.size() == hold.vips.size();
  hold.restate = !hold.in_force;
  hold.confirmed = VipsOf(there);
  hold.trial = Trial{};
  if (!there.empty()) SendTo(ctx, there, hold.record.node, EndTrial{});
}

// What the node holds back no longer has ended.
void EndMissing(Context& ctx, Matter& matter, const Node& node) {
  const std::string& name = node.key.node;
  const auto found = matter.incident->holds.find(name);
  Hold& hold = found->second;
  const Cases there = HeldThere(hold.vips, node);
  if (there.size() == hold.vips.size()) return;
  const Cases ended = NotAmong(hold.vips, VipsOf(there));
  hold.vips = there;
  if (hold.vips.empty()) matter.incident->holds.erase(found);
  Tell(ctx, matter, Note::Severity::kWarning, "released",
       absl::StrCat(name, " ended its hold on ", NamesOf(ended), " by itself"));
  Write(ctx, matter);
}

void Adopt(Context& ctx, Matter& matter, const Cases& vips, const LocalHold& local, const std::string& node) {
  if (matter.incident == nullptr) {
    IncidentRecord& record = OpenIncidentFor(ctx, matter, vips, local.since).record;
    record.confirmed = local.since;
    record.survivor = local.survivor;
    record.causes = {{Cause::kUnknown, "the arbiter that saw the split has left no record of it", ""}};
  }
  OpenIncident& incident = *matter.incident;
  for (Case* c : vips) {
    World::Enter(matter, *c);
    AddTo(incident, c);
  }
  Hold& hold = incident.holds[node];
  if (hold.vips.empty()) {
    hold.record = {node, local.survivor, local.reason, local.since, 0, false};
    hold.in_force = true;
  }
  for (Case* c : vips) Add(hold.vips, c);
  hold.confirmed.merge(VipsOf(vips));
  AddDemoted(incident.record, node);
  SendTo(ctx, vips, node, EndTrial{});
  Tell(ctx, matter, Note::Severity::kWarning, "adopted",
       absl::StrCat(node, " came with a hold on ", NamesOf(vips), " that is not on record here: taken over"));
  Write(ctx, matter);
}

// Incidents of VIPs that belong together with one that is held, between the same two. VIPs with the same list belong to
// the same, so each list is gone through once.
class IncidentsOfTheirKind {
 public:
  IncidentsOfTheirKind(Context& ctx, const Node& local) : ctx_(ctx), local_(local) {}

  Matter* Of(const Case& c) {
    const auto* word = std::find_if(c.words.begin(), c.words.end(), [&](const Word& w) { return w.node == &local_; });
    if (word == c.words.end()) return nullptr;
    const std::string& survivor = local_.HoldOn(c.key.vip)->survivor;
    const auto [at, first] = known_.try_emplace({word->report.bound_together.identity(), survivor}, nullptr);
    if (!first) return at->second;
    Matter* matter = MatterFor(ctx_, c, {survivor, local_.key.node});
    const bool same = matter != nullptr && matter->incident != nullptr && matter->incident->record.survivor == survivor;
    if (same) at->second = matter;
    return at->second;
  }

 private:
  Context& ctx_;
  const Node& local_;
  std::map<std::pair<const void*, std::string>, Matter*> known_;
};

// Local holds on VIPs for which neither a hold nor a release of the node stands here.
void AdoptUnknown(Context& ctx, const Cases& cases, const Node& local) {
  const std::string& node = local.key.node;
  // What nodes say to hold back is remembered for as long as it is not released.
  if (ctx.world.EnsureCluster(local.key.cluster).attention.size() > kMostRemembered) return;
  IncidentsOfTheirKind kin(ctx, local);
  std::map<Matter*, Cases> known;           // the VIP is in a matter already, or what belongs together with it is
  std::map<IncidentId, Cases> of_incident;  // of an arbiter that left no record
  for (Case* c : HeldThere(cases, local)) {
    if (c->releases.contains(node) || c->HoldOf(node) != nullptr) continue;
    Matter* matter = c->matter != nullptr ? c->matter : kin.Of(*c);
    if (matter != nullptr) {
      known[matter].push_back(c);
    } else {
      of_incident[local.HoldOn(c->key.vip)->incident].push_back(c);
    }
  }
  std::vector<std::pair<Matter*, Cases>> by_age(known.begin(), known.end());
  std::sort(by_age.begin(), by_age.end(), [](const auto& a, const auto& b) { return a.first->id < b.first->id; });
  for (auto& [matter, vips] : by_age) Adopt(ctx, *matter, vips, *local.HoldOn(vips.front()->key.vip), node);
  for (auto& [incident, vips] : of_incident) {
    Adopt(ctx, ctx.world.NewMatter(vips.front()->key.cluster), vips, *local.HoldOn(vips.front()->key.vip), node);
  }
}

}  // namespace

void ReconcileOnAttach(Context& ctx, const Cases& cases, const Node& node) {
  const std::string& name = node.key.node;
  ReconcileReleases(ctx, cases, node);
  std::set<Hold*> done;
  for (Case* c : cases) {
    Hold* hold = c->HoldOf(name);
    if (hold == nullptr || !done.insert(hold).second) continue;
    if (c->incident()->record.survivor == name) {
      EndMissing(ctx, *c->matter, node);  // for its own sake (it had another name, say): it is not to have it again
    } else {
      ReconcileHold(ctx, *hold, node);
    }
  }
  AdoptUnknown(ctx, cases, node);
}

void ReconcileOnChange(Context& ctx, Matter& matter, const Node& node) {
  if (matter.incident == nullptr) return;
  const auto found = matter.incident->holds.find(node.key.node);
  if (found != matter.incident->holds.end() && found->second.in_force) EndMissing(ctx, matter, node);
}

}  // namespace arbiter::core
