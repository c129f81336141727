#include "probe/doctor/check_selinux.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "probe/doctor/wording.h"

namespace probe::doctor {
namespace {

constexpr char kCheck[] = "selinux";
constexpr std::size_t kMostShown = 200;

struct Denials {
  std::size_t count = 0;
  std::string last;
};

// Of the daemon and of its scripts: type=AVC ... avc:  denied  { ... } for ... comm="keepalived" ...
Denials DenialsIn(absl::string_view audit) {
  Denials denials;
  for (const absl::string_view line : absl::StrSplit(audit, '\n')) {
    if (!absl::StrContains(line, "avc:") || !absl::StrContains(line, "denied")) continue;
    if (!absl::StrContains(line, "comm=\"keepalived") && !absl::StrContains(line, ":keepalived_")) continue;
    ++denials.count;
    denials.last = std::string(line.substr(0, kMostShown));
  }
  return denials;
}

}  // namespace

Findings CheckSelinux(const SelinuxFacts& facts) {
  if (!facts.enforce.ok()) {
    if (absl::IsNotFound(facts.enforce.status()))
      return {{kCheck, "", Verdict::kOk, "this kernel runs without it", ""}};
    return {{kCheck, "", Verdict::kCouldNotLook, std::string(facts.enforce.status().message()), "run it as root"}};
  }
  const bool enforcing = absl::StartsWith(*facts.enforce, "1");
  const std::string state =
      absl::StrCat(enforcing ? "enforcing" : "permissive",
                   facts.domain.empty() ? "" : absl::StrCat(", keepalived runs as ", facts.domain));
  if (!facts.audit.ok()) {
    return {{kCheck, "", Verdict::kCouldNotLook,
             absl::StrCat(state, "; denials cannot be looked for: ", std::string(facts.audit.status().message())),
             "look yourself: ausearch -m avc -c keepalived"}};
  }
  const Denials denials = DenialsIn(*facts.audit);
  if (denials.count == 0)
    return {{kCheck, "", Verdict::kOk, absl::StrCat(state, ", no denial of keepalived on record"), ""}};
  return {{kCheck, "", enforcing ? Verdict::kFault : Verdict::kWarning,
           absl::StrCat(state, "; ", Counted(denials.count, "denial"), ", the last: ", denials.last),
           "ausearch -m avc -c keepalived | audit2allow -M keepalived_local; semodule -i keepalived_local.pp"}};
}

}  // namespace probe::doctor
