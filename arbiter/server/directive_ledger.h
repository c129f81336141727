// The directives that are out: what a result is an answer to, and how long it took.
#ifndef ARBITER_SERVER_DIRECTIVE_LEDGER_H_
#define ARBITER_SERVER_DIRECTIVE_LEDGER_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

struct SentDirective {
  core::NodeKey node;
  std::vector<IpAddress> vips;
  core::IncidentId incident;
  std::string kind;  // model::ActionName
  core::Instant at{};
  bool answered = false;  // it had a result already
};

// Thread-safe. Remembers the newest `capacity` directives, and of those that were answered the newest `answered`: a
// hold may have several results, one when the node answers nobody, one when it has tried all its ways to give the VIP
// up.
class DirectiveLedger {
 public:
  explicit DirectiveLedger(std::size_t capacity = 100'000, std::size_t answered = 10'000)
      : capacity_(capacity), most_answered_(answered) {}

  void Sent(const core::Directive& directive, core::Instant at);

  // The directive of this fence that went to this node; nullopt when none is remembered.
  [[nodiscard]] std::optional<SentDirective> Find(const core::Fence& fence, const core::NodeKey& node) const;

  // The same as it was until now; it is answered from now on.
  std::optional<SentDirective> Answer(const core::Fence& fence, const core::NodeKey& node);

 private:
  const std::size_t capacity_;
  const std::size_t most_answered_;
  mutable absl::Mutex mutex_;
  std::map<core::Fence, SentDirective> sent_ ABSL_GUARDED_BY(mutex_);
  std::deque<core::Fence> answered_ ABSL_GUARDED_BY(mutex_);  // oldest first
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_DIRECTIVE_LEDGER_H_
