#include "arbiter/core/link_back.h"

#include <algorithm>
#include <chrono>

namespace arbiter::core {
namespace {

// Where a sender's interval is not known.
constexpr Duration kUsualInterval = std::chrono::seconds(1);
// From an advert to the report of what came of it, on a busy machine.
constexpr Duration kReportTakes = std::chrono::milliseconds(400);

}  // namespace

std::optional<Instant> FindsItsPlaceUntil(const Context& ctx, const Contest& contest, const VipReport& report) {
  if (!report.link_back_since.has_value() || !report.live()) return std::nullopt;
  const Duration interval = report.advert_interval == Duration::zero() ? kUsualInterval : report.advert_interval;
  const bool judged = !contest.survivor.empty();
  // A switch forwards later than the link is up: who is judged was reached by then.
  const Instant since = judged ? std::max(*report.link_back_since, contest.affirmed) : *report.link_back_since;
  // A gate that shut at the verdict is shut for so long, and no link that comes and goes puts an end off further.
  const Instant longest = (judged ? contest.affirmed : contest.opened) + ctx.policy.shut_for_a_while - kReportTakes;
  const Instant last = contest.opened + 2 * ctx.policy.shut_for_a_while;
  const Instant until = std::min({since + interval + kReportTakes, longest, last});
  return ctx.now < until ? std::optional(until) : std::nullopt;
}

bool AnyReachesNobodyYet(const Context& ctx, const Contest& contest, const Round& round) {
  return std::any_of(round.answers.begin(), round.answers.end(), [&](const auto& answer) {
    const std::optional<Reach>& reach = answer.second.reach;
    if (!reach.has_value() || reach->asked == 0 || reach->answered > 0) return false;
    return std::any_of(round.about.begin(), round.about.end(), [&](const Case* c) {
      const std::optional<Party> party = ctx.world.FreshParty(*c, answer.first);
      return party.has_value() && FindsItsPlaceUntil(ctx, contest, *party->report).has_value();
    });
  });
}

Instant ConfirmAt(const Context& ctx, const Contest& contest) {
  Instant at = contest.opened + ctx.policy.confirm_after;
  for (const Case* c : contest.vips) {
    for (const Party& party : ctx.world.Claimants(*c)) {
      at = std::max(at, FindsItsPlaceUntil(ctx, contest, *party.report).value_or(at));
    }
  }
  return at;
}

}  // namespace arbiter::core
