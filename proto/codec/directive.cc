#include "proto/codec/directive.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/codec/enums.h"
#include "proto/codec/time.h"

namespace arbiter::codec {
namespace {

// Writes the member of the oneof that stands for an action.
class ActionWriter {
 public:
  explicit ActionWriter(v1::Directive* message) : message_(message) {}

  void operator()(const model::ShutForAWhile& action) const {
    *message_->mutable_shut_for_a_while()->mutable_duration() = ToProto(action.duration);
  }
  void operator()(const model::OrderHold& action) const {
    v1::Hold* hold = message_->mutable_hold();
    hold->set_reason(action.reason);
    hold->set_survivor(action.survivor);
    for (const IpAddress& address : action.survivor_addresses) hold->add_survivor_addresses(address.ToString());
    hold->set_survivor_vrid(action.survivor_vrid);
    *hold->mutable_silence_limit() = ToProto(action.silence_limit);
    for (const model::RungKind rung : action.forbidden_rungs) hold->add_forbidden_rungs(ToProto(rung));
  }
  void operator()(const model::StartTrial& action) const {
    v1::Trial* trial = message_->mutable_trial();
    trial->set_adverts(action.adverts);
    *trial->mutable_adverts_for() = ToProto(action.adverts_for);
  }
  void operator()(const model::EndTrial&) const { message_->mutable_end_trial(); }
  void operator()(const model::Release& action) const { message_->mutable_release()->set_reason(action.reason); }
  void operator()(const model::Announce&) const { message_->mutable_announce(); }

 private:
  v1::Directive* message_;
};

model::OrderHold ReadHold(const v1::Hold& message) {
  model::OrderHold order;
  order.reason = message.reason();
  order.survivor = message.survivor();
  // What cannot be read here only makes the fail-safe more careful.
  for (const std::string& text : message.survivor_addresses()) {
    if (const auto address = IpAddress::Parse(text); address.ok()) order.survivor_addresses.push_back(*address);
  }
  if (message.survivor_vrid() <= 255) order.survivor_vrid = static_cast<std::uint8_t>(message.survivor_vrid());
  order.silence_limit = FromProto(message.silence_limit());
  for (const int kind : message.forbidden_rungs()) {
    const auto known = FromProto(static_cast<v1::RungKind>(kind));
    if (known) order.forbidden_rungs.push_back(*known);
  }
  return order;
}

absl::StatusOr<model::Action> ReadAction(const v1::Directive& message) {
  switch (message.action_case()) {
    case v1::Directive::kShutForAWhile:
      return model::ShutForAWhile{FromProto(message.shut_for_a_while().duration())};
    case v1::Directive::kHold:
      return ReadHold(message.hold());
    case v1::Directive::kTrial:
      return model::StartTrial{message.trial().adverts(), FromProto(message.trial().adverts_for())};
    case v1::Directive::kEndTrial:
      return model::EndTrial{};
    case v1::Directive::kRelease:
      return model::Release{message.release().reason()};
    case v1::Directive::kAnnounce:
      return model::Announce{};
    case v1::Directive::ACTION_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("an action that this probe does not know: the arbiter is newer");
}

// All of them, each once. Those of an arbiter that knows of one only are that one.
absl::StatusOr<std::vector<IpAddress>> ReadVips(const v1::Directive& message) {
  std::vector<IpAddress> vips;
  std::set<IpAddress> seen;
  const auto add = [&](const std::string& text, const std::string& field) -> absl::Status {
    const absl::StatusOr<IpAddress> vip = IpAddress::Parse(text);
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

model::RungResult ReadRungResult(const v1::RungResult& message, FieldReader* reader) {
  model::RungResult rung;
  rung.kind = reader->Enum<model::RungKind>("kind", message.kind());
  rung.worked = message.worked();
  rung.detail = KeptText(message.detail());
  rung.took = reader->Length("took", message.took());
  return rung;
}

}  // namespace

v1::Directive ToProto(const model::Directive& directive) {
  v1::Directive message;
  message.set_term(directive.fence.term);
  message.set_sequence(directive.fence.sequence);
  message.set_as_of_probe_time_ns(static_cast<std::uint64_t>(directive.as_of.count()));
  *message.mutable_valid_for() = ToProto(directive.valid_for);
  message.set_vip(directive.vips.front().ToString());
  for (const IpAddress& vip : directive.vips) message.add_vips(vip.ToString());
  message.set_incident(directive.incident);
  std::visit(ActionWriter(&message), directive.action);
  return message;
}

absl::StatusOr<model::Directive> ReadDirective(const v1::Directive& message) {
  absl::StatusOr<std::vector<IpAddress>> vips = ReadVips(message);
  if (!vips.ok()) return vips.status();
  absl::StatusOr<model::Action> action = ReadAction(message);
  if (!action.ok()) return action.status();
  model::Directive directive;
  directive.fence = {message.term(), message.sequence()};
  // What is beyond the clock is a time that the clock has not reached, not one long past.
  constexpr std::uint64_t kLatest = std::numeric_limits<std::int64_t>::max();
  directive.as_of = BootTime(static_cast<std::int64_t>(std::min(message.as_of_probe_time_ns(), kLatest)));
  directive.valid_for = FromProto(message.valid_for());
  directive.vips = *std::move(vips);
  directive.incident = message.incident();
  directive.action = *std::move(action);
  return directive;
}

v1::DirectiveResult ToProto(const model::DirectiveResult& result) {
  v1::DirectiveResult message;
  message.set_term(result.fence.term);
  message.set_sequence(result.fence.sequence);
  message.set_outcome(ToProto(result.outcome));
  message.set_detail(result.detail);
  for (const model::RungResult& rung : result.rungs) {
    v1::RungResult* into = message.add_rungs();
    into->set_kind(ToProto(rung.kind));
    into->set_worked(rung.worked);
    into->set_detail(rung.detail);
    *into->mutable_took() = ToProto(rung.took);
  }
  for (const model::VipOutcome& exception : result.exceptions) {
    v1::VipOutcome* into = message.add_exceptions();
    into->set_vip(exception.vip.ToString());
    into->set_outcome(ToProto(exception.outcome));
    into->set_detail(exception.detail);
  }
  return message;
}

model::DirectiveResult ReadDirectiveResult(const v1::DirectiveResult& message, FieldReader* reader) {
  model::DirectiveResult result;
  result.fence = {message.term(), message.sequence()};
  result.outcome = reader->Enum<model::Outcome>("outcome", message.outcome());
  result.detail = KeptText(message.detail());
  if (!reader->Within("rungs", message.rungs_size(), reader->limits().details) ||
      !reader->Within("exceptions", message.exceptions_size(), reader->limits().vips)) {
    return result;
  }
  for (int i = 0; i < message.rungs_size() && reader->ok(); ++i) {
    const auto rung = reader->Enter("rungs", i);
    result.rungs.push_back(ReadRungResult(message.rungs(i), reader));
  }
  for (int i = 0; i < message.exceptions_size() && reader->ok(); ++i) {
    const auto exception = reader->Enter("exceptions", i);
    const v1::VipOutcome& of = message.exceptions(i);
    result.exceptions.push_back({reader->Address("vip", of.vip()),
                                 reader->Enum<model::Outcome>("outcome", of.outcome()), KeptText(of.detail())});
  }
  return result;
}

}  // namespace arbiter::codec
