// A pair with many VIPs, split by different VRIDs: how it is healed, what that costs, and what comes after the
// survivor.
#ifndef TESTS_LAB_CROWD_H_
#define TESTS_LAB_CROWD_H_

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/lab/site.h"

namespace lab {

struct CrowdSize {
  int instances = 1;
  int vips_each = 1;

  [[nodiscard]] int vips() const { return instances * vips_each; }
  // "250", or "50x20".
  [[nodiscard]] std::string name() const;
};

// How the survivor ends: its daemon is stopped, or its host is heard no more on any network.
enum class Death { kStopped, kDark };

// Of one split.
struct CrowdSplit {
  Duration both_first;  // how long two answered for the first VIP, and for the last one
  Duration both_last;
  Duration until_guarded;  // from the first VIP's second holder until all are GUARDED
};

// Of the time in which it is guarded.
struct CrowdCalm {
  double probe = 0;  // of the loser, as a part of one processor
  double arbiter = 0;
};

// Of the takeover.
struct CrowdTakeover {
  Duration nobody_first;  // how long nobody answered for the first VIP, and for the last one
  Duration nobody_last;
  Duration apart;  // between the new holder's first answers for the two
  // Between the former holder's removals of the two by its own daemon; zero where it removed nothing.
  Duration removed_apart;
};

// a survives, b loses. Witnesses ask for the first and for the last VIP.
class Crowd {
 public:
  explicit Crowd(const CrowdSize& size, int questions_per_second = 200);

  [[nodiscard]] Site& site() { return site_; }
  [[nodiscard]] std::string first() const { return Address(0, 0); }
  [[nodiscard]] std::string last() const { return Address(size_.instances - 1, size_.vips_each - 1); }
  [[nodiscard]] std::string Address(int instance, int vip) const;

  testing::AssertionResult Start();
  // b's VRIDs become others by a reload. Ends when every VIP is GUARDED.
  testing::AssertionResult Split(CrowdSplit* split, Duration limit);
  // They become what they were. Ends when every VIP is HELD by a.
  testing::AssertionResult Mend(Duration limit);
  // Lets `span` pass, in which nothing is asked of the arbiter.
  CrowdCalm Watch(Duration span);
  testing::AssertionResult Die(Death death, CrowdTakeover* takeover);

  // Of all incidents so far.
  [[nodiscard]] int Incidents() const;
  [[nodiscard]] std::set<std::string> Causes() const;
  // Of what this command of arbctl says at this time.
  [[nodiscard]] int Lines(const std::string& command) const;

 private:
  void Reload(int vrid_offset);
  testing::AssertionResult AwaitAll(const std::string& state, Duration limit) const;

  CrowdSize size_;
  Site site_;
};

}  // namespace lab

#endif  // TESTS_LAB_CROWD_H_
