// For how long a verdict waits for a daemon whose link is back.
#include "arbiter/core/link_back.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/outbox.h"
#include "arbiter/core/policy.h"
#include "arbiter/core/world.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kOpened = Instant(std::chrono::hours(1));

struct Wait {
  std::string name;
  Duration interval{};             // of its adverts; 0: not known
  std::optional<Duration> back;    // when its link was, from the contest's beginning; nullopt: it was never out
  std::optional<Duration> judged;  // when a survivor was found
  std::optional<Duration> until;   // nullopt: it is not waited for
};

TEST(LinkBack, IsWaitedForUntilTheNextAdvertAndNoLongerThanAGateIsShut) {
  const Policy policy;  // a gate at first sight shuts for 2 s
  World world(policy);
  Outbox out;
  const Context ctx{world, policy, out, kOpened + milliseconds(10), kOpened};
  const std::vector<Wait> waits = {
      {"an advert later", seconds(1), milliseconds(0), {}, milliseconds(1400)},
      {"an interval that is not known", {}, milliseconds(0), {}, milliseconds(1400)},
      {"a short interval", milliseconds(100), milliseconds(0), {}, milliseconds(500)},
      {"an interval longer than a gate", seconds(30), milliseconds(0), {}, milliseconds(1600)},
      {"a link that came and went since", seconds(1), seconds(9), {}, milliseconds(1600)},
      {"reached by the verdict", seconds(1), milliseconds(0), seconds(1), milliseconds(2400)},
      {"judged, and an interval longer than a gate", seconds(30), milliseconds(0), seconds(1), milliseconds(2600)},
      {"judged again and again", seconds(1), milliseconds(0), seconds(9), seconds(4)},
      {"a link that was never out", seconds(1), {}, {}, {}},
      {"long ago", seconds(1), milliseconds(-1400), {}, {}},
  };
  for (const Wait& wait : waits) {
    VipReport report;
    report.daemon = DaemonState::kRunning;
    report.in_daemon_config = true;
    report.advert_interval = wait.interval;
    if (wait.back.has_value()) report.link_back_since = kOpened + *wait.back;
    Contest contest;
    contest.opened = kOpened;
    if (wait.judged.has_value()) {
      contest.survivor = "a";
      contest.affirmed = kOpened + *wait.judged;
    }
    const std::optional<Instant> until = FindsItsPlaceUntil(ctx, contest, report);
    EXPECT_EQ(until.has_value(), wait.until.has_value()) << wait.name;
    if (!until.has_value() || !wait.until.has_value()) continue;
    EXPECT_EQ(*until - kOpened, *wait.until) << wait.name;
    report.daemon = DaemonState::kGone;
    EXPECT_FALSE(FindsItsPlaceUntil(ctx, contest, report).has_value()) << wait.name << ", of a dead daemon";
  }
}

}  // namespace
}  // namespace arbiter::core
