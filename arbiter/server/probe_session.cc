#include "arbiter/server/probe_session.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/client/status.h"
#include "arbiter/wire/arbiter_message.h"
#include "arbiter/wire/probe_message.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

core::Instant Now() { return std::chrono::steady_clock::now(); }

std::optional<IpAddress> VipOf(const std::optional<SentDirective>& sent) {
  if (!sent.has_value()) {
    return std::nullopt;
  }
  return sent->vip;
}

}  // namespace

ProbeSession::ProbeSession(SessionHost* host, grpc::CallbackServerContext* context)
    : host_(host),
      context_(context),
      peer_(PeerOf(*context)),
      began_(Now()),
      last_heard_(began_.time_since_epoch().count()) {}

void ProbeSession::Start(const absl::Status& admitted) {
  if (!admitted.ok()) {
    FinishOnce(admitted);
    return;
  }
  ReadOn();
}

void ProbeSession::CheckTimes(core::Instant now) {
  const Limits& limits = host_->limits();
  if (!attached_ && now - began_ > limits.attach_within) {
    FinishOnce(absl::DeadlineExceededError(
        absl::StrCat("no Hello and Snapshot within ", FormatDuration(limits.attach_within))));
    return;
  }
  if (now - last_heard() > limits.silent_for) {
    FinishOnce(absl::DeadlineExceededError(absl::StrCat("nothing heard for ", FormatDuration(limits.silent_for))));
    return;
  }
  bool stuck = false;
  {
    const absl::MutexLock lock(&mutex_);
    stuck = writing_ && now - write_began_ > limits.write_within;
  }
  if (stuck) {
    FinishOnce(
        absl::ResourceExhaustedError(absl::StrCat("the probe has not read for ", FormatDuration(limits.write_within))));
  }
}

core::Instant ProbeSession::last_heard() const { return core::Instant(core::Duration(last_heard_.load())); }

void ProbeSession::SendWelcome(const v1::Welcome& welcome) {
  v1::ArbiterMessage message;
  *message.mutable_welcome() = welcome;
  Send(std::move(message));
}

void ProbeSession::SendAsk(const core::AskAffirm& ask) {
  v1::ArbiterMessage message;
  *message.mutable_affirm() = wire::ToProto(ask);
  Send(std::move(message));
}

void ProbeSession::SendDirective(const core::Directive& directive) {
  bool flooded = false;
  {
    const absl::MutexLock lock(&mutex_);
    // The first reading comes under the lock, so that what waits for it leaves before what comes later.
    const std::uint64_t as_of = probe_time_ns_;
    if (as_of != 0) {
      v1::ArbiterMessage message;
      *message.mutable_directive() = wire::ToProto(directive, as_of);
      SendLocked(std::move(message));
    } else if (waiting_for_time_.size() < host_->limits().unread_messages) {
      waiting_for_time_.push_back({directive, Now()});
    }
    flooded = unread_.size() > host_->limits().unread_messages;
  }
  if (flooded) {
    FinishOnce(absl::ResourceExhaustedError("the probe does not read what it is sent"));
  }
}

void ProbeSession::SendKnownVips(const std::vector<IpAddress>& vips) {
  v1::ArbiterMessage message;
  *message.mutable_known_vips() = wire::ToProto(vips);
  const absl::MutexLock lock(&mutex_);
  for (v1::ArbiterMessage& unread : unread_) {
    if (unread.has_known_vips()) {
      unread = std::move(message);
      return;
    }
  }
  SendLocked(std::move(message));
}

void ProbeSession::Close(const absl::Status& status) { FinishOnce(status); }

void ProbeSession::Taken() {
  bool read_on = false;
  {
    const absl::MutexLock lock(&mutex_);
    --untaken_;
    read_on = !reading_;
  }
  if (read_on) {
    ReadOn();
  }
}

core::Instant ProbeSession::TakeHeartbeat() {
  heartbeat_announced_ = false;
  return last_heard();
}

void ProbeSession::OnReadDone(bool ok) {
  if (!ok) {
    FinishOnce(absl::OkStatus());
    return;
  }
  last_heard_ = Now().time_since_epoch().count();
  const absl::Status status = Take(incoming_);
  incoming_.Clear();
  if (!status.ok()) {
    FinishOnce(status);
    return;
  }
  {
    const absl::MutexLock lock(&mutex_);
    reading_ = false;  // only now: Taken, which may come before, must not read into `incoming_` while it is in use
  }
  ReadOn();
}

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
  const absl::Status permitted = host_->access().MayAttach(peer_, node->node);
  if (!permitted.ok()) {
    return permitted;
  }
  absl::StatusOr<v1::Welcome> welcome = host_->WelcomeTo(node->cluster);
  if (!welcome.ok()) {
    return welcome.status();
  }
  node_ = *node;
  hello_ = hello;
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
  state_ = State::kAttached;
  attached_ = true;
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
  const auto hand_over = [this](auto event) {
    if (event.ok()) {
      HandOver(*std::move(event));
    }
    return event.status();
  };
  if (message.has_change()) {
    NoteProbeTime(message.change().probe_time_ns());
    return hand_over(wire::ReadChange(message.change(), sender));
  }
  if (message.has_affirmation()) {
    NoteProbeTime(message.affirmation().probe_time_ns());
    return hand_over(wire::ReadAffirmation(message.affirmation(), sender));
  }
  const v1::DirectiveResult& result = message.result();
  const std::optional<SentDirective> sent = host_->ledger().Find({result.term(), result.sequence()}, node_);
  return hand_over(wire::ReadResult(result, VipOf(sent), sender));
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

void ProbeSession::NoteProbeTime(std::uint64_t probe_time_ns) {
  if (probe_time_ns <= probe_time_ns_) {
    return;
  }
  if (probe_time_ns_ != 0) {
    probe_time_ns_ = probe_time_ns;
    return;
  }
  const absl::MutexLock lock(&mutex_);
  probe_time_ns_ = probe_time_ns;
  for (const Waiting& waiting : std::exchange(waiting_for_time_, {})) {
    if (Now() - waiting.since <= waiting.directive.valid_for) {
      v1::ArbiterMessage message;
      *message.mutable_directive() = wire::ToProto(waiting.directive, probe_time_ns);
      SendLocked(std::move(message));
    }
  }
}

void ProbeSession::Send(v1::ArbiterMessage message) {
  bool flooded = false;
  {
    const absl::MutexLock lock(&mutex_);
    SendLocked(std::move(message));
    flooded = unread_.size() > host_->limits().unread_messages;
  }
  if (flooded) {
    FinishOnce(absl::ResourceExhaustedError("the probe does not read what it is sent"));
  }
}

void ProbeSession::SendLocked(v1::ArbiterMessage message) {
  if (finished_) {
    return;
  }
  unread_.push_back(std::move(message));
  if (!writing_) {
    WriteNext();
  }
}

void ProbeSession::WriteNext() {
  outgoing_ = std::move(unread_.front());
  unread_.erase(unread_.begin());
  if (unread_.empty()) {
    unread_.shrink_to_fit();  // there are many sessions, and most are quiet
  }
  writing_ = true;
  write_began_ = Now();
  StartWrite(&outgoing_);
}

void ProbeSession::ReadOn() {
  const absl::MutexLock lock(&mutex_);
  if (finished_ || reading_ || untaken_ >= host_->limits().untaken_messages) {
    return;
  }
  reading_ = true;
  StartRead(&incoming_);
}

void ProbeSession::FinishOnce(const absl::Status& status) {
  bool stuck = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (finished_) {
      return;
    }
    finished_ = true;
    unread_.clear();
    waiting_for_time_.clear();
    stuck = writing_ && !status.ok();
  }
  host_->Ending(*this, status);
  if (stuck) {
    context_->TryCancel();  // a status would wait behind the message that the probe does not read
  }
  Finish(client::ToGrpc(status));  // the last use of the context, and maybe of this object
}

void ProbeSession::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  writing_ = false;
  outgoing_.Clear();
  if (ok && !finished_ && !unread_.empty()) {
    WriteNext();
  }
}

void ProbeSession::OnCancel() { FinishOnce(absl::CancelledError("the probe closed the connection")); }

void ProbeSession::OnDone() {
  if (!node_.node.empty()) {
    host_->loop().Gone(shared_from_this());
  }
  host_->Done(this);
}

}  // namespace arbiter::server
