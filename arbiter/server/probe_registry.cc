#include "arbiter/server/probe_registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

constexpr core::Duration kWarnFor = std::chrono::minutes(1);

}  // namespace

absl::Status ProbeRegistry::Claim(const std::shared_ptr<ProbeLink>& link, core::Instant now) {
  const core::NodeKey& node = link->node();
  const auto found = entries_.find(node);
  if (found != entries_.end()) {
    Entry& entry = found->second;
    const bool reconnect = entry.link->instance() == link->instance();
    if (!reconnect && now - entry.link->last_heard() < rules_.stale_after) {
      Refusal& refusal = refusals_[node];
      refusal = {now, link->peer(), entry.link->peer(), refusal.count + 1};
      return absl::AlreadyExistsError(absl::StrCat("node ", node.cluster, "/", node.node,
                                                   " has a live probe already, from ", entry.link->peer(),
                                                   ": is this machine a clone? Give it a node name of its own"));
    }
    entry.link->Close(absl::AbortedError(absl::StrCat("replaced by a newer stream from ", link->peer())));
    entry.link = link;  // what the engine knows of the node stays until the new snapshot comes, or the new link goes
    return absl::OkStatus();
  }
  std::set<std::string>& names = names_[node.cluster];
  if (names.count(node.node) == 0) {
    if (name_count_ >= rules_.nodes) {
      return absl::ResourceExhaustedError(absl::StrCat("node ", node.cluster, "/", node.node,
                                                       " would be one more than ", rules_.nodes,
                                                       " nodes, which is the limit"));
    }
    names.insert(node.node);
    ++name_count_;
  }
  entries_.emplace(node, Entry{link, false});
  return absl::OkStatus();
}

bool ProbeRegistry::IsCurrent(const ProbeLink* link) const { return Find(link->node()) == link; }

bool ProbeRegistry::Attach(const ProbeLink* link) {
  const auto found = entries_.find(link->node());
  if (found == entries_.end() || found->second.link.get() != link) {
    return false;
  }
  found->second.attached = true;
  return true;
}

bool ProbeRegistry::Remove(const ProbeLink* link) {
  const auto found = entries_.find(link->node());
  if (found == entries_.end() || found->second.link.get() != link) {
    return false;
  }
  const bool attached = found->second.attached;
  entries_.erase(found);
  return attached;
}

void ProbeRegistry::CloseAll(const absl::Status& status) {
  for (const auto& [node, entry] : std::exchange(entries_, {})) {
    entry.link->Close(status);
  }
}

ProbeLink* ProbeRegistry::Find(const core::NodeKey& node) const {
  const auto found = entries_.find(node);
  return found == entries_.end() ? nullptr : found->second.link.get();
}

std::vector<ProbeLink*> ProbeRegistry::InCluster(absl::string_view cluster) const {
  std::vector<ProbeLink*> links;
  const auto names = names_.find(std::string(cluster));
  if (names == names_.end()) {
    return links;
  }
  for (const std::string& name : names->second) {
    const auto found = entries_.find(core::NodeKey{names->first, name});
    if (found != entries_.end()) {
      links.push_back(found->second.link.get());
    }
  }
  return links;
}

std::vector<std::string> ProbeRegistry::Warnings(absl::string_view cluster, core::Instant now) const {
  std::vector<std::string> warnings;
  for (const auto& [node, refusal] : refusals_) {
    if (cluster != node.cluster || now - refusal.at > kWarnFor) {
      continue;
    }
    warnings.push_back(absl::StrCat("two live probes claim the name ", node.node, ": ", refusal.holder,
                                    " is attached, ", refusal.peer, " was refused ", refusal.count, " times, last ",
                                    FormatDuration(now - refusal.at), " ago; give the second one a name of its own"));
  }
  return warnings;
}

}  // namespace arbiter::server
