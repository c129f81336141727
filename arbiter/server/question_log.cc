#include "arbiter/server/question_log.h"

namespace arbiter::server {

void QuestionLog::Asked(std::uint64_t nonce, const core::NodeKey& node, core::Instant at) {
  asked_.insert_or_assign({nonce, node}, at);
  if (asked_.size() > capacity_) asked_.erase(asked_.begin());
}

std::optional<core::Duration> QuestionLog::Answered(std::uint64_t nonce, const core::NodeKey& node, core::Instant at) {
  const auto found = asked_.find({nonce, node});
  if (found == asked_.end()) return std::nullopt;
  const core::Duration took = at - found->second;
  asked_.erase(found);
  return took;
}

}  // namespace arbiter::server
