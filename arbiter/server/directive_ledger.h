// The directives that are out: what a result is an answer to, and how long it took.
#ifndef ARBITER_SERVER_DIRECTIVE_LEDGER_H_
#define ARBITER_SERVER_DIRECTIVE_LEDGER_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/core/directive.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/instant.h"

namespace arbiter::server {

struct SentDirective {
  core::NodeKey node;
  IpAddress vip;
  core::IncidentId incident;
  std::string kind;  // wire::ActionName
  core::Instant at{};
};

// Thread-safe. Remembers the newest `capacity` directives; an older one counts as never answered.
class DirectiveLedger {
 public:
  explicit DirectiveLedger(std::size_t capacity = 100'000) : capacity_(capacity) {}

  void Sent(const core::Directive& directive, core::Instant at);

  // The directive of this fence that went to this node; nullopt when there is none that waits for a result.
  [[nodiscard]] std::optional<SentDirective> Find(const core::Fence& fence, const core::NodeKey& node) const;

  // The same, and it waits no more.
  std::optional<SentDirective> Done(const core::Fence& fence, const core::NodeKey& node);

 private:
  const std::size_t capacity_;
  mutable absl::Mutex mutex_;
  std::map<core::Fence, SentDirective> sent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_DIRECTIVE_LEDGER_H_
