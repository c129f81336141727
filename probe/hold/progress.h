// How far the climbs of one act on several VIPs have come, and when that is worth telling.
#ifndef PROBE_HOLD_PROGRESS_H_
#define PROBE_HOLD_PROGRESS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probe/hold/climb.h"
#include "probe/hold/directive.h"

namespace probe::hold {

// The rungs in words: "gate worked in 0.3ms, track_file did not work (why)".
[[nodiscard]] std::string InWords(const std::vector<RungResult>& rungs);

// A directive is answered when the outcome of its last VIP is known, which with gates is at once, and a second time
// when the rungs that follow have ended for all. An act that the node began by itself answers nobody.
class Progress {
 public:
  // `vips`: all of the act's, in the order of the answer; those of them that are `settled` need no climb.
  Progress(std::optional<Fence> answers, std::vector<arbiter::IpAddress> vips, const std::vector<VipOutcome>& settled);

  // What the VIP's climb has come to now.
  void Merge(const arbiter::IpAddress& vip, const Climb& climb);
  // Another act has taken the VIP over: this one says no more of it.
  void Drop(const arbiter::IpAddress& vip);

  // The answer that is due now, if there is one; each once.
  [[nodiscard]] std::optional<DirectiveResult> TakeAnswer();
  [[nodiscard]] bool over() const { return climbing_ == 0; }

  // For the log, when all is over: the VIPs that answer nobody (or, with false, that still do), and by which rungs.
  struct Account {
    std::vector<arbiter::IpAddress> vips;
    std::vector<RungResult> rungs;
  };
  [[nodiscard]] Account AccountOf(bool succeeded) const;

 private:
  struct Member {
    std::optional<VipOutcome> outcome;  // nothing: not known yet
    bool climbs = false;
    std::vector<RungResult> rungs;
  };

  [[nodiscard]] std::size_t RungsSeen() const;

  std::optional<Fence> fence_;
  std::vector<arbiter::IpAddress> order_;
  std::map<arbiter::IpAddress, Member> members_;
  std::size_t unknown_ = 0;
  std::size_t climbing_ = 0;
  std::size_t climbers_ = 0;  // those that climb or did
  bool told_ = false;
  std::size_t rungs_told_ = 0;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_PROGRESS_H_
