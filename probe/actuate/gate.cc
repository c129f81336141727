#include "probe/actuate/gate.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probe::actuate {

const GateStanding* GateState::Find(const GateKey& key) const {
  const auto place = [](const GateKey& k) { return std::tie(k.vip, k.interface); };
  const auto at =
      std::lower_bound(standing.begin(), standing.end(), key,
                       [&place](const GateStanding& s, const GateKey& k) { return place(s.key) < place(k); });
  return at == standing.end() || place(at->key) != place(key) ? nullptr : &*at;
}

bool GateState::IsShut(const GateKey& key) const {
  const GateStanding* found = Find(key);
  return found != nullptr && found->acts && !found->open;
}

AbsentGate::AbsentGate(absl::Status reason) : reason_(std::move(reason)) {
  if (reason_.ok()) std::abort();  // an absent gate that calls itself usable would be believed
}

absl::Status AbsentGate::Refusal() const {
  return absl::FailedPreconditionError(absl::StrCat("no gate on this node: ", std::string(reason_.message())));
}

}  // namespace probe::actuate
