// Who is attached under which name.
#ifndef ARBITER_SERVER_PROBE_REGISTRY_H_
#define ARBITER_SERVER_PROBE_REGISTRY_H_

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/server/probe_link.h"

namespace arbiter::server {

// Not thread-safe: it belongs to the engine's thread. A name goes to the first live probe that claims it. A newcomer
// takes it over when it is the same running probe (a reconnect) or when the former one is silent.
class ProbeRegistry {
 public:
  struct Rules {
    core::Duration stale_after{};  // since the newest message
    std::size_t nodes = 0;         // distinct names over the registry's life
  };

  explicit ProbeRegistry(const Rules& rules) : rules_(rules) {}

  // A link said Hello. Takes its name for it, and closes the link that it replaces. AlreadyExists names the peer that
  // has the name; ResourceExhausted: too many names.
  absl::Status Claim(const std::shared_ptr<ProbeLink>& link, core::Instant now);

  // The link has its name (it was neither refused nor replaced): what it says counts.
  [[nodiscard]] bool IsCurrent(const ProbeLink* link) const;

  // Its snapshot was taken: from now on the engine knows the node. False when the link is not current.
  bool Attach(const ProbeLink* link);

  // The link has ended. True when the engine must be told that the node is gone.
  [[nodiscard]] bool Remove(const ProbeLink* link);

  // Ends every stream with this status and forgets who had which name.
  void CloseAll(const absl::Status& status);

  // The link that has the name; nullptr when nobody has.
  [[nodiscard]] ProbeLink* Find(const core::NodeKey& node) const;

  // All links of a cluster, attached or about to.
  [[nodiscard]] std::vector<ProbeLink*> InCluster(absl::string_view cluster) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // Refusals of a second live probe within the last minute, for operators.
  [[nodiscard]] std::vector<std::string> Warnings(absl::string_view cluster, core::Instant now) const;

 private:
  struct Entry {
    std::shared_ptr<ProbeLink> link;
    bool attached = false;
  };
  struct Refusal {
    core::Instant at{};
    std::string peer;
    std::string holder;
    std::size_t count = 0;
  };

  Rules rules_;
  absl::flat_hash_map<core::NodeKey, Entry> entries_;
  // Names ever taken, by cluster: a bound on what the engine has to remember.
  std::map<std::string, std::set<std::string>, std::less<>> names_;
  std::size_t name_count_ = 0;
  // At most one a node, so bounded by the names.
  std::map<core::NodeKey, Refusal> refusals_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PROBE_REGISTRY_H_
