#include "arbiter/server/probe_session.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/client/status.h"
#include "arbiter/wire/arbiter_message.h"
#include "proto/codec/directive.h"
#include "proto/value/duration.h"

namespace arbiter::server {
namespace {

// A message that has waited this long for its reader is waiting for one that does not read.
constexpr core::Duration kStuckAfter = std::chrono::seconds(1);

core::Instant Now() { return std::chrono::steady_clock::now(); }

}  // namespace

ProbeSession::ProbeSession(SessionHost* host, grpc::CallbackServerContext* context)
    : host_(host),
      context_(context),
      peer_(PeerOf(*context)),
      began_(Now()),
      last_heard_(began_.time_since_epoch().count()),
      kept_(host->limits().kept) {}

void ProbeSession::Start(const absl::Status& admitted) {
  if (!admitted.ok()) {
    FinishOnce(admitted);
    return;
  }
  ReadOn();
}

void ProbeSession::CheckTimes(core::Instant now) {
  const Limits& limits = host_->limits();
  bool stuck = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (finished_) {
      if (!done_ && now - finished_at_ > limits.write_within) {
        context_->TryCancel();  // the status is not taken either
      }
      return;
    }
    stuck = writing_ && now - write_began_ > limits.write_within;
  }
  if (stuck) {
    FinishOnce(
        absl::ResourceExhaustedError(absl::StrCat("the probe has not read for ", FormatDuration(limits.write_within))));
  } else if (!attached_ && now - began_ > limits.attach_within) {
    FinishOnce(absl::DeadlineExceededError(
        absl::StrCat("no Hello and Snapshot within ", FormatDuration(limits.attach_within))));
  } else if (now - last_heard() > limits.silent_for) {
    FinishOnce(absl::DeadlineExceededError(absl::StrCat("nothing heard for ", FormatDuration(limits.silent_for))));
  }
}

void ProbeSession::EndUnlessWelcome() {
  if (!attached_) {
    return;
  }
  const absl::Status permitted = host_->access().MayAttach(peer_, node_);
  if (!permitted.ok()) {
    FinishOnce(permitted);
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
      SendDirectiveLocked(directive, as_of);
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

void ProbeSession::SendAlive() {
  const absl::MutexLock lock(&mutex_);
  const bool waits =
      std::any_of(unread_.begin(), unread_.end(), [](const v1::ArbiterMessage& unread) { return unread.has_alive(); });
  if (waits) {
    return;
  }
  v1::ArbiterMessage message;
  message.mutable_alive();
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
      SendDirectiveLocked(waiting.directive, probe_time_ns);
    }
  }
}

void ProbeSession::SendDirectiveLocked(model::Directive directive, std::uint64_t as_of_probe_time_ns) {
  constexpr std::uint64_t kLatest = std::numeric_limits<std::int64_t>::max();
  directive.as_of = BootTime(static_cast<std::int64_t>(std::min(as_of_probe_time_ns, kLatest)));
  const auto send = [&](const model::Directive& part) {
    v1::ArbiterMessage message;
    *message.mutable_directive() = codec::ToProto(part);
    SendLocked(std::move(message));
  };
  if (hello_.protocol() >= wire::kSeveralVipsSince) return send(directive);
  for (const IpAddress& vip : std::exchange(directive.vips, {})) {  // it would obey for the first one only
    directive.vips = {vip};
    send(directive);
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
    finished_at_ = Now();
    unread_.clear();
    waiting_for_time_.clear();
    stuck = writing_ && finished_at_ - write_began_ > kStuckAfter;
  }
  host_->Ending(*this, status);
  if (stuck) {
    context_->TryCancel();  // a status would wait behind the message that the probe does not read
  }
  Finish(client::ToGrpc(status));
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
  {
    const absl::MutexLock lock(&mutex_);
    done_ = true;  // the context goes with the call
  }
  if (!node_.node.empty()) {
    host_->loop().Gone(shared_from_this());
  }
  host_->Done(this);
}

}  // namespace arbiter::server
