// Collects the effects of one step and hands out the numbers that must never repeat.
#ifndef ARBITER_CORE_OUTBOX_H_
#define ARBITER_CORE_OUTBOX_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/effect.h"

namespace arbiter::core {

class Outbox {
 public:
  void SetTerm(std::uint64_t term) { term_ = term; }

  [[nodiscard]] std::uint64_t NextNonce() { return ++nonce_; }
  [[nodiscard]] std::uint64_t NextTicket() { return ++ticket_; }
  [[nodiscard]] Fence NextFence() { return Fence{term_, ++sequence_}; }
  [[nodiscard]] IncidentId NextIncident() { return absl::StrCat(term_, "-", ++incident_); }

  void Put(Effect effect) { effects_.push_back(std::move(effect)); }

  [[nodiscard]] std::vector<Effect> Take() { return std::exchange(effects_, {}); }

 private:
  std::vector<Effect> effects_;
  std::uint64_t term_ = 0;
  std::uint64_t nonce_ = 0;
  std::uint64_t ticket_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t incident_ = 0;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_OUTBOX_H_
