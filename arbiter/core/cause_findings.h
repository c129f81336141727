// Collects causes: one entry each, whose evidence and advice are clauses, none said twice.
#ifndef ARBITER_CORE_CAUSE_FINDINGS_H_
#define ARBITER_CORE_CAUSE_FINDINGS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/incident.h"

namespace arbiter::core {

class Findings {
 public:
  // Adds the clauses that the cause's entry does not have yet. A clause has no "; " in it, and says nothing that
  // changes while the fact stays the same (no count, no age).
  void Add(Cause cause, absl::string_view evidence, absl::string_view advice);

  [[nodiscard]] bool empty() const { return causes_.empty(); }

  [[nodiscard]] const std::vector<CauseEvidence>& found() const { return causes_; }
  [[nodiscard]] std::vector<CauseEvidence> Take() { return std::move(causes_); }

 private:
  std::vector<CauseEvidence> causes_;
};

// The clauses of `before`, then those of `now` that are new.
std::string JoinClauses(absl::string_view before, absl::string_view now);

// The same, but a clause of `now` takes the place of one that differs in its detail alone (what follows ": ").
std::string RenewClauses(absl::string_view before, absl::string_view now);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_FINDINGS_H_
