// Questions on a segment, by ARP and neighbour solicitation: several at a time, each with its deadline.
#ifndef PROBE_DAEMON_QUESTIONS_H_
#define PROBE_DAEMON_QUESTIONS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>

#include "absl/status/status.h"
#include "probe/actuate/reach_prober.h"
#include "probe/daemon/event_loop.h"

namespace probe::daemon {

// Not thread-safe. Sockets are opened when they are first needed and then kept, because closing them is slow.
class Questions {
 public:
  // The contests of 50 instances begin together when a host dies: for each, on each family's segment, whom it reaches
  // and who else answers.
  static constexpr std::size_t kMostAtOnce = 128;
  // Called once, with what came: all have answered, some have and the others did not soon after, or the time is over.
  using Done = std::function<void(const actuate::ReachTally&)>;

  explicit Questions(EventLoop& loop) : loop_(loop) {}
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;
  ~Questions();

  // Asks at once and, whoever has not answered, once more at half the time. After an error `done` is not called:
  // ResourceExhausted while too many questions are out, else why it could not be sent.
  absl::Status Ask(const actuate::ReachQuestion& question, Instant now, std::chrono::nanoseconds within, Done done);

  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  struct Line {
    explicit Line(actuate::ReachProber opened) : prober(std::move(opened)) {}
    actuate::ReachProber prober;
    Done done;  // empty: free
    std::optional<Instant> again_at;
    Instant deadline{};
  };

  absl::Status OpenLine();
  void Drain(Line& line);
  void Finish(Line& line);

  EventLoop& loop_;
  std::list<Line> lines_;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_QUESTIONS_H_
