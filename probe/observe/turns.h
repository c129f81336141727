// Whose turn it is to be asked about: each VIP on each of its interfaces, one round after the other. Pure.
#ifndef PROBE_OBSERVE_TURNS_H_
#define PROBE_OBSERVE_TURNS_H_

#include <cstddef>
#include <set>
#include <vector>

#include "probe/observe/claim_tracker.h"

namespace probe::observe {

// A value. It knows of seconds only by being called once in each.
class Turns {
 public:
  static constexpr std::size_t kMostASecond = 10;

  // From now on these are asked about. Who has been asked lately does not come again before the others.
  void Set(std::set<AddressHeard> all) { all_ = std::move(all); }
  // A new second begins: whose turn it is, at most as many as may be asked in it. A few are kept for doubts, where
  // there are any.
  std::vector<AddressHeard> TakeSecond(bool doubts);
  // Whether one more may be asked in this second; it counts.
  bool TakeOne();

  // How many seconds pass from one question about the same to the next.
  [[nodiscard]] std::size_t seconds_a_round() const {
    return all_.empty() ? 1 : (all_.size() + kMostASecond - 1) / kMostASecond;
  }

 private:
  std::set<AddressHeard> all_;
  AddressHeard last_{};  // who was asked about last
  std::size_t left_ = 0;
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_TURNS_H_
