// Which of the engine's effects are worth a notification, and its words.
#ifndef ARBITER_NOTIFY_MAPPING_H_
#define ARBITER_NOTIFY_MAPPING_H_

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "arbiter/core/diff.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/status.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/store/notification.h"

namespace arbiter::notify {

// Not thread-safe. Ids are given by who sends.
class Mapping {
 public:
  // What one step of the engine is worth. The effects of one step belong together: an incident's cause and advice come
  // from what is to be written of it.
  std::vector<store::Notification> Of(const std::vector<core::Effect>& effects, absl::Time at, core::Instant now);

  // A node that comes back within this time is not lost: its probe was restarted, say.
  static constexpr core::Duration kGrace = std::chrono::seconds(10);
  // Nodes that have been away for that long.
  std::vector<store::Notification> Due(core::Instant now);

  // Differences between configurations that break VRRP, by cluster and subject. Looks at every node of every cluster.
  using Differences = std::map<std::pair<std::string, std::string>, store::Notification>;
  static Differences FindDifferences(const std::vector<core::ClusterView>& clusters, absl::Time at);
  // They are as they are now: what is new of them, and what has gone. One has gone when all of its nodes are in
  // `clusters` and it is not in `now`: after a restart they come one by one.
  std::vector<store::Notification> OfDifferences(const Differences& now, const std::vector<core::ClusterView>& clusters,
                                                 absl::Time at);

  // Incidents of an earlier life. Returns those that still have to heal as they would be notified: receivers know them
  // already, alerts have to go on firing.
  std::vector<store::Notification> Resume(const std::vector<core::IncidentRecord>& open, absl::Time at);
  // What receivers were told of in an earlier life, and not yet that it is over.
  void ResumeTold(const std::vector<store::Notification>& told);

 private:
  // Somebody who has to be told, once the grace is over.
  struct Missing {
    core::Instant due{};
    store::Notification notification{};
  };

  void OfNote(const core::Note& note, const core::IncidentRecord* incident, store::Notification base,
              std::vector<store::Notification>* out);
  void OfForgotten(const core::Note& note, store::Notification base, std::vector<store::Notification>* out);
  void OfNode(const core::Note& note, store::Notification base, core::Instant now,
              std::vector<store::Notification>* out);

  std::map<core::IncidentId, absl::Time> unhealed_;  // since when that is told
  std::map<core::NodeKey, Missing> missing_;
  std::set<core::NodeKey> lost_;  // and told
  Differences mismatches_;
};

}  // namespace arbiter::notify

#endif  // ARBITER_NOTIFY_MAPPING_H_
