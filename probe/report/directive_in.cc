// Directives out of their messages.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "probe/report/to_proto.h"

namespace probe::report {
namespace {

using arbiter::v1::Directive;

hold::OrderHold ReadHold(const arbiter::v1::Hold& message) {
  hold::OrderHold order;
  order.reason = message.reason();
  order.survivor = message.survivor();
  // What cannot be read here only makes the fail-safe more careful.
  for (const std::string& text : message.survivor_addresses()) {
    if (const auto address = arbiter::IpAddress::Parse(text); address.ok())
      order.survivor_addresses.push_back(*address);
  }
  if (message.survivor_vrid() <= 255) order.survivor_vrid = static_cast<std::uint8_t>(message.survivor_vrid());
  order.silence_limit = FromProto(message.silence_limit());
  for (const int kind : message.forbidden_rungs()) {
    const auto known = FromProto(static_cast<arbiter::v1::RungKind>(kind));
    if (known) order.forbidden_rungs.push_back(*known);
  }
  return order;
}

absl::StatusOr<hold::Action> ReadAction(const Directive& message) {
  switch (message.action_case()) {
    case Directive::kShutForAWhile:
      return hold::ShutForAWhile{FromProto(message.shut_for_a_while().duration())};
    case Directive::kHold:
      return ReadHold(message.hold());
    case Directive::kTrial:
      return hold::Trial{message.trial().adverts(), FromProto(message.trial().adverts_for())};
    case Directive::kEndTrial:
      return hold::EndTrial{};
    case Directive::kRelease:
      return hold::Release{message.release().reason()};
    case Directive::kAnnounce:
      return hold::Announce{};
    case Directive::ACTION_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("an action that this probe does not know: the arbiter is newer");
}

// All of them, each once. Those of an arbiter that knows of one only are that one.
absl::StatusOr<std::vector<arbiter::IpAddress>> ReadVips(const Directive& message) {
  std::vector<arbiter::IpAddress> vips;
  std::set<arbiter::IpAddress> seen;
  const auto add = [&](const std::string& text, const std::string& field) -> absl::Status {
    const absl::StatusOr<arbiter::IpAddress> vip = arbiter::IpAddress::Parse(text);
    if (!vip.ok()) return absl::InvalidArgumentError(absl::StrCat(field, ": ", std::string(vip.status().message())));
    if (seen.insert(*vip).second) vips.push_back(*vip);
    return absl::OkStatus();
  };
  if (message.vips().empty()) {
    if (absl::Status status = add(message.vip(), "vip"); !status.ok()) return status;
  }
  for (int i = 0; i < message.vips_size(); ++i) {
    if (absl::Status status = add(message.vips(i), absl::StrCat("vips[", i, "]")); !status.ok()) return status;
  }
  return vips;
}

}  // namespace

absl::StatusOr<hold::Directive> ReadDirective(const Directive& message) {
  absl::StatusOr<std::vector<arbiter::IpAddress>> vips = ReadVips(message);
  if (!vips.ok()) return vips.status();
  absl::StatusOr<hold::Action> action = ReadAction(message);
  if (!action.ok()) return action.status();
  hold::Directive directive;
  directive.fence = {message.term(), message.sequence()};
  // What is beyond the clock is a time that the clock has not reached, not one long past.
  constexpr std::uint64_t kLatest = std::numeric_limits<std::int64_t>::max();
  directive.as_of = hold::BootTime(static_cast<std::int64_t>(std::min(message.as_of_probe_time_ns(), kLatest)));
  directive.valid_for = FromProto(message.valid_for());
  directive.vips = *std::move(vips);
  directive.incident = message.incident();
  directive.action = *std::move(action);
  return directive;
}

}  // namespace probe::report
