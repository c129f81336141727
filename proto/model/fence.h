// The fencing token of a directive.
#ifndef PROTO_MODEL_FENCE_H_
#define PROTO_MODEL_FENCE_H_

#include <compare>
#include <cstdint>

namespace arbiter::model {

// A newer term wins, then a higher sequence.
struct Fence {
  std::uint64_t term = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Fence&, const Fence&) = default;
};

}  // namespace arbiter::model

#endif  // PROTO_MODEL_FENCE_H_
