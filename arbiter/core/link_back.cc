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
  // A gate that shut at first sight is shut for so long, and no link that comes and goes puts the verdict off further.
  const Instant longest = contest.opened + ctx.policy.shut_for_a_while - kReportTakes;
  const Instant until = std::min<Instant>(*report.link_back_since + interval + kReportTakes, longest);
  return ctx.now < until ? std::optional(until) : std::nullopt;
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
