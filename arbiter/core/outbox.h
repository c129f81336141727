// Collects the effects of one step and hands out the numbers that must never repeat.
#ifndef ARBITER_CORE_OUTBOX_H_
#define ARBITER_CORE_OUTBOX_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/core/effect.h"

namespace arbiter::core {

// What is said of several VIPs in one step is said once: questions to one node become one, so do equal instructions
// that follow each other, and of an incident's writes the last one counts.
class Outbox {
 public:
  void SetTerm(std::uint64_t term) { term_ = term; }

  // The same for all that is asked in one step.
  [[nodiscard]] std::uint64_t Nonce() const { return nonce_; }
  [[nodiscard]] std::uint64_t NextTicket() { return ++ticket_; }
  [[nodiscard]] IncidentId NextIncident() { return absl::StrCat(term_, "-", ++incident_); }

  void Put(Effect effect) { effects_.emplace_back(std::move(effect)); }
  void Ask(AskAffirm ask);
  // Gives the directive its fence, which is that of the directive that it became a part of.
  Fence Send(Directive directive);
  void Persist(core::Persist persist);

  [[nodiscard]] std::vector<Effect> Take();

 private:
  std::vector<std::optional<Effect>> effects_;  // nothing where a later one took its place
  // Where in them: the question to a node, the newest instruction to it, the write of an incident.
  std::map<std::pair<NodeKey, std::uint64_t>, std::size_t> asked_;
  std::map<NodeKey, std::size_t> sent_;
  std::map<IncidentId, std::size_t> written_;
  std::uint64_t term_ = 0;
  std::uint64_t nonce_ = 1;
  std::uint64_t ticket_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t incident_ = 0;
};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_OUTBOX_H_
