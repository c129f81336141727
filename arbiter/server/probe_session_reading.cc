// The reading half of a session: what a probe says, checked and handed to the engine's loop.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/server/probe_session.h"
#include "arbiter/wire/probe_message.h"

namespace arbiter::server {
absl::Status ProbeSession::Take(const v1::ProbeMessage& message) {
  switch (message.message_case()) {
    case v1::ProbeMessage::kHello:
      return TakeHello(message.hello());
    case v1::ProbeMessage::kSnapshot:
      return TakeSnapshot(message.snapshot());
    case v1::ProbeMessage::kHeartbeat:
      TakeHeartbeatMessage(message.heartbeat().probe_time_ns());
      return absl::OkStatus();
    case v1::ProbeMessage::kChange:
    case v1::ProbeMessage::kResult:
    case v1::ProbeMessage::kAffirmation:
      return TakeReport(message);
    case v1::ProbeMessage::MESSAGE_NOT_SET:
      break;  // of a newer probe: nothing that we could use
  }
  return absl::OkStatus();
}

absl::Status ProbeSession::TakeHello(const v1::Hello& hello) {
  if (state_ != State::kHello) {
    return absl::InvalidArgumentError("a second Hello on one stream");
  }
  const absl::StatusOr<core::NodeKey> node = wire::ReadNodeKey(hello);
  if (!node.ok()) {
    return node.status();
  }
  const absl::Status permitted = host_->access().MayAttach(peer_, *node);
  if (!permitted.ok()) {
    return permitted;
  }
  absl::StatusOr<std::string> certificate = host_->CheckCluster(peer_, *node);
  if (!certificate.ok()) {
    return certificate.status();
  }
  absl::StatusOr<v1::Welcome> welcome = host_->WelcomeTo(node->cluster);
  if (!welcome.ok()) {
    return welcome.status();
  }
  node_ = *node;
  hello_ = hello;
  certificate_ = *std::move(certificate);
  state_ = State::kSnapshot;
  host_->loop().Hello(shared_from_this(), *std::move(welcome));
  return absl::OkStatus();
}

absl::Status ProbeSession::TakeSnapshot(const v1::Snapshot& snapshot) {
  if (state_ != State::kSnapshot) {
    return absl::InvalidArgumentError(state_ == State::kHello ? "a Snapshot before Hello" : "a second Snapshot");
  }
  absl::StatusOr<core::NodeAttached> event =
      wire::ReadSnapshot(snapshot, hello_, peer_.address, {node_, last_heard(), host_->limits().report});
  if (!event.ok()) {
    return event.status();
  }
  if (absl::Status kept = Keep(event->vips, snapshot.vips(), snapshot.shared()); !kept.ok()) {
    return kept;
  }
  state_ = State::kAttached;
  attached_ = true;
  // The roles may have changed since its Hello; from here on a change asks for it.
  if (absl::Status permitted = host_->access().MayAttach(peer_, node_); !permitted.ok()) {
    return permitted;
  }
  {
    const absl::MutexLock lock(&mutex_);
    ++untaken_;
  }
  host_->loop().Snapshot(shared_from_this(), *std::move(event));
  return absl::OkStatus();
}

absl::Status ProbeSession::TakeReport(const v1::ProbeMessage& message) {
  if (state_ != State::kAttached) {
    return absl::InvalidArgumentError("a report before Hello and Snapshot");
  }
  const wire::Sender sender{node_, last_heard(), host_->limits().report};
  if (message.has_change()) {
    const v1::Change& change = message.change();
    NoteProbeTime(change.probe_time_ns());
    absl::StatusOr<core::NodeChanged> event = wire::ReadChange(change, sender);
    if (event.ok()) kept_.Forget(event->forgotten);
    return HandOver(std::move(event), &core::NodeChanged::vips, change.vips(), change.shared());
  }
  if (message.has_affirmation()) {
    const v1::Affirmation& affirmation = message.affirmation();
    NoteProbeTime(affirmation.probe_time_ns());
    return HandOver(wire::ReadAffirmation(affirmation, sender), &core::Affirmed::vips, affirmation.vips(),
                    affirmation.shared());
  }
  const v1::DirectiveResult& result = message.result();
  const std::optional<SentDirective> sent = host_->ledger().Find({result.term(), result.sequence()}, node_);
  KeptReports::Messages alone;
  if (result.vips().empty() && result.has_vip()) *alone.Add() = result.vip();
  return HandOver(wire::ReadResult(result, sent.has_value() ? sent->vips : std::vector<IpAddress>(), sender),
                  &core::DirectiveDone::reports, alone.empty() ? result.vips() : alone, result.shared());
}

template <typename Event>
absl::Status ProbeSession::HandOver(absl::StatusOr<Event> event, std::vector<core::VipReport> Event::*reports,
                                    const KeptReports::Messages& messages, const KeptReports::Messages& shared) {
  if (!event.ok()) return event.status();
  if (absl::Status kept = Keep((*event).*reports, messages, shared); !kept.ok()) return kept;
  HandOver(*std::move(event));
  return absl::OkStatus();
}

absl::Status ProbeSession::Keep(const std::vector<core::VipReport>& reports, const KeptReports::Messages& messages,
                                const KeptReports::Messages& shared) {
  const absl::Status kept = kept_.Take(reports, messages, shared);
  if (kept.ok()) return kept;
  return {kept.code(), absl::StrCat("node ", node_.cluster, "/", node_.node, ": ", kept.message())};
}

void ProbeSession::TakeHeartbeatMessage(std::uint64_t probe_time_ns) {
  NoteProbeTime(probe_time_ns);
  // Announced once until it is taken: a flood of heartbeats costs its sender only.
  if (state_ == State::kAttached && !heartbeat_announced_.exchange(true)) {
    host_->loop().Heartbeat(shared_from_this());
  }
}

void ProbeSession::HandOver(core::Event event) {
  {
    const absl::MutexLock lock(&mutex_);
    ++untaken_;
  }
  host_->loop().Say(shared_from_this(), std::move(event));
}

}  // namespace arbiter::server
