#include "probe/hold/vip_state.h"

#include <algorithm>

namespace probe::hold {

const Rung* VipState::Find(RungKind kind) const {
  const auto found = std::find_if(rungs.begin(), rungs.end(), [kind](const Rung& rung) { return rung.kind == kind; });
  return found == rungs.end() ? nullptr : &*found;
}

}  // namespace probe::hold
