// What of this host's packet filter drops adverts: asked of another process, so that nobody waits for it, and
// remembered.
#ifndef PROBE_DAEMON_FILTER_RULES_H_
#define PROBE_DAEMON_FILTER_RULES_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/daemon/event_loop.h"
#include "probe/filter/advert_path.h"
#include "probe/filter/culprit.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

// Not thread-safe. For texts only: nothing is done because of an answer, and none is not known.
//
// Nothing is asked while adverts pass. Then a question is asked once it has stood for a moment, for an advert may be on
// its way; and again now and then, for rules come and go: more and more seldom while the answer is the same, and never
// more than a fiftieth of a processor, for a ruleset with a large set takes seconds.
class FilterRules {
 public:
  static constexpr std::size_t kMostWays = 32;
  static constexpr std::chrono::milliseconds kSettles{100};
  static constexpr std::chrono::seconds kPause{2};  // between two runs, whoever asks
  static constexpr int kRests = 50;                 // times as long as the last run took
  static constexpr std::chrono::seconds kAgainAfter{10};
  static constexpr std::chrono::seconds kAgainAtMost{60};

  using Done = std::function<void(const absl::StatusOr<std::string>& output, std::chrono::nanoseconds took)>;
  // Starts the program that looks, with one way an argument; it prints what filter::ReadCulprits reads. `done` is
  // called later, once, and never within the call.
  using Run = std::function<absl::Status(std::vector<std::string> ways, Done done)>;

  explicit FilterRules(Run run) : run_(std::move(run)) {}
  FilterRules(const FilterRules&) = delete;
  FilterRules& operator=(const FilterRules&) = delete;

  // Whether the VIP's report asks. While none does, nothing is remembered either.
  void Want(const arbiter::IpAddress& vip, bool wanted);
  // The answer as far as it is known.
  std::vector<filter::Culprit> Ask(const filter::AdvertPath& way, Instant now);
  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;
  // The VIPs whose reports are to be made anew, for an answer is another one; empty: none.
  std::set<arbiter::IpAddress> TakeNews();

 private:
  struct Answer {
    Instant asked;  // first
    bool known = false;
    std::vector<filter::Culprit> culprits;
  };

  [[nodiscard]] std::optional<Instant> DueAt(const Answer& answer) const;
  void Start(Instant now);
  void OnDone(const std::vector<filter::AdvertPath>& ways, const absl::StatusOr<std::string>& output,
              std::chrono::nanoseconds took);

  const Run run_;
  std::set<arbiter::IpAddress> wanted_;
  std::map<filter::AdvertPath, Answer> answers_;
  bool running_ = false;
  bool news_ = false;
  std::optional<Instant> last_run_;
  std::chrono::nanoseconds rest_ = kPause;
  std::chrono::seconds again_after_ = kAgainAfter;
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_FILTER_RULES_H_
