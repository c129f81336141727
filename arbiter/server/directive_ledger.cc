#include "arbiter/server/directive_ledger.h"

#include <utility>

#include "arbiter/wire/arbiter_message.h"

namespace arbiter::server {

void DirectiveLedger::Sent(const core::Directive& directive, core::Instant at) {
  const absl::MutexLock lock(&mutex_);
  sent_.insert_or_assign(directive.fence, SentDirective{directive.to, directive.vips, directive.incident,
                                                        std::string(model::ActionName(directive.action)), at});
  if (sent_.size() > capacity_) {
    sent_.erase(sent_.begin());
  }
}

std::optional<SentDirective> DirectiveLedger::Find(const core::Fence& fence, const core::NodeKey& node) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = sent_.find(fence);
  if (found == sent_.end() || found->second.node != node) {
    return std::nullopt;
  }
  return found->second;
}

std::optional<SentDirective> DirectiveLedger::Answer(const core::Fence& fence, const core::NodeKey& node) {
  const absl::MutexLock lock(&mutex_);
  const auto found = sent_.find(fence);
  if (found == sent_.end() || found->second.node != node) {
    return std::nullopt;
  }
  SentDirective before = found->second;
  if (!std::exchange(found->second.answered, true)) {
    answered_.push_back(fence);
  }
  if (answered_.size() > most_answered_) {
    sent_.erase(answered_.front());
    answered_.pop_front();
  }
  return before;
}

}  // namespace arbiter::server
