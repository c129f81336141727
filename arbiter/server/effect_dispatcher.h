// Carries out what the engine wants done, in the order given.
#ifndef ARBITER_SERVER_EFFECT_DISPATCHER_H_
#define ARBITER_SERVER_EFFECT_DISPATCHER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/event.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/process/log.h"
#include "arbiter/server/directive_ledger.h"
#include "arbiter/server/event_log.h"
#include "arbiter/server/known_vips_pace.h"
#include "arbiter/server/limits.h"
#include "arbiter/server/metrics.h"
#include "arbiter/server/probe_registry.h"
#include "arbiter/server/question_log.h"
#include "arbiter/server/store_writer.h"
#include "proto/value/token_bucket.h"

namespace arbiter::server {

// Not thread-safe: it belongs to the engine's thread. Nothing here waits.
//
// Durability: the engine asks for a hold only after the incident that carries it is on disk (Persist, Persisted). Audit
// entries are handed to the store's writer before the directive is handed to the stream.
class EffectDispatcher {
 public:
  struct Parts {
    ProbeRegistry* registry = nullptr;
    StoreWriter* writer = nullptr;
    const process::Log* log = nullptr;
    EventLog* events = nullptr;
    Metrics* metrics = nullptr;
    DirectiveLedger* ledger = nullptr;
    // Puts an event into the engine's queue.
    std::function<void(core::Event)> post;
    // All VIPs of a cluster, as the engine knows them.
    std::function<std::vector<IpAddress>(const std::string&)> known_vips;
    // An operator's request was answered.
    std::function<void(const core::OperatorAnswer&)> answer;
  };

  EffectDispatcher(const Parts& parts, const Limits& limits) : parts_(parts), limits_(limits) {}

  void Dispatch(const std::vector<core::Effect>& effects, core::Instant now);

  // The result of a directive came: counts it and says it in the log.
  void OnResult(const core::DirectiveDone& done, core::Instant now);

  // An answer to a question came: counts how long it took.
  void OnAffirmed(const core::Affirmed& affirmed, core::Instant now);

  // A new engine follows: what was asked of the store for the old one is not answered to the new one.
  void BeginAnew() { ++generation_; }
  // The engine's ticket of a ticket that the store's writer answers; nullopt when an older engine asked.
  [[nodiscard]] std::optional<std::uint64_t> TicketOf(std::uint64_t writer_ticket) const;

  // When Flush has lists of known VIPs to send.
  [[nodiscard]] std::optional<core::Instant> Due() const { return known_vips_.Due(); }
  void Flush(core::Instant now);

 private:
  class Visitor;

  void Send(const core::Directive& directive, core::Instant now);
  [[nodiscard]] bool MaySend(const core::Directive& directive, core::Instant now);
  void Refuse(const core::Directive& directive);
  void Note(const core::Note& note);

  Parts parts_;
  Limits limits_;
  std::uint64_t generation_ = 0;
  absl::flat_hash_map<core::NodeKey, TokenBucket> buckets_;  // of a minute each
  KnownVipsPace known_vips_;
  QuestionLog questions_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_EFFECT_DISPATCHER_H_
