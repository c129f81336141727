#include "arbiter/core/cause_findings.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace arbiter::core {
namespace {
constexpr absl::string_view kClauseBreak = "; ";
constexpr absl::string_view kDetail = ": ";
// More of one cause is no news to anybody, and whoever forges MACs can make any number.
constexpr std::size_t kMostClauses = 16;
}  // namespace

std::string JoinClauses(absl::string_view before, absl::string_view now) {
  std::vector<std::string> clauses = absl::StrSplit(before, kClauseBreak, absl::SkipEmpty());
  for (const absl::string_view part : absl::StrSplit(now, kClauseBreak, absl::SkipEmpty())) {
    if (clauses.size() >= kMostClauses) break;
    if (std::find(clauses.begin(), clauses.end(), part) == clauses.end()) clauses.emplace_back(part);
  }
  return absl::StrJoin(clauses, kClauseBreak);
}

std::string RenewClauses(absl::string_view before, absl::string_view now) {
  const auto subject = [](absl::string_view clause) { return clause.substr(0, clause.find(kDetail)); };
  std::vector<absl::string_view> kept = absl::StrSplit(before, kClauseBreak, absl::SkipEmpty());
  for (const absl::string_view clause : absl::StrSplit(now, kClauseBreak, absl::SkipEmpty())) {
    for (absl::string_view& old : kept) {
      if (subject(old) == subject(clause)) old = clause;
    }
  }
  return JoinClauses(absl::StrJoin(kept, kClauseBreak), now);
}

void Findings::Add(Cause cause, absl::string_view evidence, absl::string_view advice) {
  const auto same = std::find_if(causes_.begin(), causes_.end(),
                                 [cause](const CauseEvidence& other) { return other.cause == cause; });
  CauseEvidence& entry = same == causes_.end() ? causes_.emplace_back(CauseEvidence{cause, "", ""}) : *same;
  entry.evidence = JoinClauses(entry.evidence, evidence);
  entry.advice = JoinClauses(entry.advice, advice);
}

}  // namespace arbiter::core
