// Who survives a contest. Pure.
#ifndef ARBITER_CORE_RANKING_H_
#define ARBITER_CORE_RANKING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/report.h"

namespace arbiter::core {

// One holder that has affirmed since the contest began.
struct Candidate {
  std::string node;
  bool advertises = false;
  std::optional<Reach> reach;  // missing or nothing asked: cannot tell
  bool held_back = false;
  bool precedent = false;    // already the survivor of a VIP that has to stay together with this one
  bool ordered_off = false;  // an operator wants this node to give the VIP up
  std::uint8_t priority = 0;
  std::optional<IpAddress> primary_address;
};

struct Ranked {
  std::vector<Candidate> order;  // best first: the first is the survivor
  std::string reason;            // why the first is the survivor, for an operator; empty with one candidate
};

// Best first: reaches somebody where another candidate reaches nobody; not ordered off; advertises; bound together with
// what it already serves; not held back; priority; primary address (RFC 9568, section 6.4.3); node name.
// Only the clear contrast in reach counts: partial losses and "cannot tell" do not. It comes before the adverts, for an
// active router behind a dead switch port serves nobody, and a leftover that clients reach does.
Ranked Rank(std::vector<Candidate> candidates);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_RANKING_H_
