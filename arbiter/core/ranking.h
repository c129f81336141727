// Who survives a contest. Pure.
#ifndef ARBITER_CORE_RANKING_H_
#define ARBITER_CORE_RANKING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arbiter/core/vocabulary.h"

namespace arbiter::core {

// One holder that has affirmed since the contest began.
struct Candidate {
  std::string node;
  bool advertises = false;
  bool live = false;           // a running daemon owns the VIP; a dead one's leftover is not live
  std::optional<Reach> reach;  // missing or nothing asked: cannot tell
  bool unseen = false;         // whoever else claims it reaches the segment and sees nothing of this node there
  bool held_back = false;
  std::size_t precedent = 0;  // it keeps what has to stay together with this VIP; of several the highest counts most
  bool ordered_off = false;   // an operator wants this node to give the VIP up
  std::optional<std::uint8_t> priority;  // nullopt: not known, which is no number
  std::optional<IpAddress> primary_address;
};

struct Ranked {
  std::vector<Candidate> order;  // best first: the first is the survivor
  std::string reason;            // why the first is the survivor, for an operator; empty with one candidate
};

// Best first: reaches somebody where another candidate reaches nobody; not ordered off; advertises; is live; bound
// together with what it already serves; is seen; not held back; priority; primary address (RFC 9568, section 6.4.3);
// node name. Only the clear contrast in reach counts: partial losses and "cannot tell" do not. It comes before the
// adverts, for an active router behind a dead switch port serves nobody, and a leftover that clients reach does.
// Priorities count only among candidates that all have one: an unknown one is neither higher nor lower than another.
Ranked Rank(std::vector<Candidate> candidates);

// Those behind the first that would be the first, had they the precedent. `order` as Rank gave it.
std::set<std::string> LevelWithFirst(const std::vector<Candidate>& order);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_RANKING_H_
