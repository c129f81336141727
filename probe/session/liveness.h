// Whether an arbiter that is connected is there at all: a process that stands still keeps its connections.
#ifndef PROBE_SESSION_LIVENESS_H_
#define PROBE_SESSION_LIVENESS_H_

#include <chrono>
#include <optional>

namespace probe::session {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// What the arbiter's engine says is its sign of life. A value.
class Liveness {
 public:
  // An arbiter that wants to be taken for absent sooner does not know what it asks for.
  static constexpr Duration kShortest = std::chrono::seconds(1);
  // Check is called at least this often while this process runs. Longer than this and the process itself stood still,
  // the arbiter unheard: that time says nothing of the arbiter.
  static constexpr Duration kCheckedWithin = std::chrono::milliseconds(1500);

  // An arbiter has said Welcome. Zero: it gives no signs of life, and is never absent.
  void Begin(Duration absent_after, Instant now);
  // It said something.
  void Heard(Instant now) { heard_ = now; }
  void End() { absent_after_ = Duration::zero(); }

  // Whether it is absent now. What has come must have been heard before.
  bool Check(Instant now);
  // When Check may say so by time alone.
  [[nodiscard]] std::optional<Instant> Deadline() const;
  [[nodiscard]] Duration absent_after() const { return absent_after_; }

 private:
  Duration absent_after_{};
  Instant heard_{};
  Instant checked_{};
};

}  // namespace probe::session

#endif  // PROBE_SESSION_LIVENESS_H_
