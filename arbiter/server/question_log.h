// The questions that are out: how long each answer took.
#ifndef ARBITER_SERVER_QUESTION_LOG_H_
#define ARBITER_SERVER_QUESTION_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "arbiter/core/ids.h"
#include "arbiter/core/vocabulary.h"

namespace arbiter::server {

// Not thread-safe. Remembers the newest `capacity` questions; an older one counts as never answered.
class QuestionLog {
 public:
  explicit QuestionLog(std::size_t capacity = 4096) : capacity_(capacity) {}

  void Asked(std::uint64_t nonce, const core::NodeKey& node, core::Instant at);

  // From the question to this node's first answer; nullopt when none is waited for.
  std::optional<core::Duration> Answered(std::uint64_t nonce, const core::NodeKey& node, core::Instant at);

 private:
  const std::size_t capacity_;
  std::map<std::pair<std::uint64_t, core::NodeKey>, core::Instant> asked_;  // nonces grow: the oldest is first
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_QUESTION_LOG_H_
