// Back to the first arbiter of the list: two arbiters that do not know each other see half of a cluster each, and
// neither of them a split between its own node and the other's.
#ifndef PROBE_SESSION_HOMEWARD_H_
#define PROBE_SESSION_HOMEWARD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "probe/session/backoff.h"

namespace probe::session {

// While the probe is attached to a later arbiter of its list the earlier ones are looked for now and then, and one that
// has answered some times in a row is gone back to. Not thread-safe.
class Homeward {
 public:
  // Between two looks; shortened at random by up to a half, so that not all probes of an installation move at once.
  static constexpr Duration kLookEvery = std::chrono::seconds(10);
  // An arbiter that restarts again and again is no home.
  static constexpr int kAnswers = 3;

  explicit Homeward(std::uint64_t seed) : pace_(seed) {}

  // To the arbiter at this place of the list, the first being 0.
  void Attached(std::size_t place, Instant now);
  void Lost() { place_ = 0; }

  // The arbiter to look for now. Until one of the two below has been called nothing else is.
  std::optional<std::size_t> LookFor(Instant now);
  // It has answered. True: go back to it now.
  [[nodiscard]] bool Answered(Instant now);
  // It has not; the next one is looked for the next time.
  void Silent(Instant now);

  // When LookFor will name one.
  [[nodiscard]] std::optional<Instant> Deadline() const;

 private:
  Backoff pace_;
  std::size_t place_ = 0;  // where it is; 0: at home, or nowhere
  std::size_t sought_ = 0;
  int answers_ = 0;
  bool looking_ = false;
  Instant next_{};
};

}  // namespace probe::session

#endif  // PROBE_SESSION_HOMEWARD_H_
