#include "probe/daemon/uplink.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "probe/daemon/system.h"
#include "probe/report/to_proto.h"

namespace probe::daemon {
namespace {

using arbiter::v1::ProbeMessage;

constexpr std::chrono::milliseconds kShortestHeartbeat(50);
constexpr std::chrono::seconds kDefaultHeartbeat(1);

std::uint64_t ProbeTime() { return static_cast<std::uint64_t>(BootNow().count()); }

}  // namespace

void Uplink::Attached(const arbiter::v1::Welcome& welcome, Instant now) {
  state_ = State::kWelcomed;
  told_.Clear();
  const std::chrono::nanoseconds wanted = report::FromProto(welcome.heartbeat_interval());
  heartbeat_interval_ =
      wanted > wanted.zero() ? std::max<std::chrono::nanoseconds>(wanted, kShortestHeartbeat) : kDefaultHeartbeat;
  next_heartbeat_ = now;
}

void Uplink::Send(Picture picture, Instant now) {
  if (state_ == State::kDown) return;
  if (state_ == State::kTold) return SendChange(std::move(picture));
  SendSnapshot(std::move(picture));
  state_ = State::kTold;
  SendHeartbeat(now);  // at once: directives wait for the probe's time
}

void Uplink::SendSnapshot(Picture picture) {
  ProbeMessage message;
  arbiter::v1::Snapshot* snapshot = message.mutable_snapshot();
  if (picture.node) {
    told_.TellNode(*picture.node);
    *snapshot->mutable_node() = *std::move(picture.node);
  }
  for (arbiter::v1::VipReport& report : picture.vips) {
    told_.TellVip(report);
    *snapshot->add_vips() = std::move(report);
  }
  if (picture.holds) {
    for (arbiter::v1::LocalHold& hold : *picture.holds) *snapshot->add_holds() = std::move(hold);
  }
  session_.Send(std::move(message));
}

void Uplink::SendChange(Picture picture) {
  ProbeMessage message;
  arbiter::v1::Change* change = message.mutable_change();
  for (arbiter::v1::VipReport& report : picture.vips) {
    if (told_.TellVip(report)) *change->add_vips() = std::move(report);
  }
  for (const arbiter::IpAddress& vip : picture.forgotten) {
    if (told_.Forget(vip.ToString())) change->add_forgotten_vips(vip.ToString());
  }
  if (picture.node && told_.TellNode(*picture.node)) *change->mutable_node() = *std::move(picture.node);
  if (picture.holds) {
    change->set_holds_changed(true);
    for (arbiter::v1::LocalHold& hold : *picture.holds) *change->add_holds() = std::move(hold);
  }
  const bool empty =
      change->vips().empty() && change->forgotten_vips().empty() && !change->has_node() && !change->holds_changed();
  if (empty) return;
  change->set_probe_time_ns(ProbeTime());
  session_.Send(std::move(message));
}

void Uplink::SendResult(arbiter::v1::DirectiveResult result) {
  if (state_ != State::kTold) return;
  if (result.has_vip()) told_.TellVip(result.vip());
  ProbeMessage message;
  *message.mutable_result() = std::move(result);
  session_.Send(std::move(message));
}

void Uplink::SendAffirmation(arbiter::v1::Affirmation affirmation) {
  if (state_ != State::kTold) return;
  affirmation.set_probe_time_ns(ProbeTime());
  ProbeMessage message;
  *message.mutable_affirmation() = std::move(affirmation);
  session_.Send(std::move(message));
}

void Uplink::OnTick(Instant now) {
  if (state_ == State::kTold && now >= next_heartbeat_) SendHeartbeat(now);
}

void Uplink::SendHeartbeat(Instant now) {
  ProbeMessage message;
  message.mutable_heartbeat()->set_probe_time_ns(ProbeTime());
  session_.Send(std::move(message));
  next_heartbeat_ = now + heartbeat_interval_;
}

std::optional<Instant> Uplink::NextDeadline() const {
  if (state_ != State::kTold) return std::nullopt;
  return next_heartbeat_;
}

}  // namespace probe::daemon
