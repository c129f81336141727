#include "probe/observe/turns.h"

#include <algorithm>

namespace probe::observe {
namespace {

constexpr std::size_t kKeptForDoubts = 4;

}  // namespace

std::vector<AddressHeard> Turns::TakeSecond(bool doubts) {
  const std::size_t most = kMostASecond - (doubts ? kKeptForDoubts : 0);
  std::vector<AddressHeard> turn;
  auto next = all_.upper_bound(last_);
  while (turn.size() < std::min(most, all_.size())) {
    if (next == all_.end()) next = all_.begin();
    turn.push_back(*next++);
  }
  if (!turn.empty()) last_ = turn.back();
  left_ = kMostASecond - turn.size();
  return turn;
}

bool Turns::TakeOne() {
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace probe::observe
