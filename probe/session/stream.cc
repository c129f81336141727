#include "probe/session/stream.h"

#include <utility>

#include "arbiter/client/status.h"

namespace probe::session {

using arbiter::v1::ProbeMessage;

Stream::Stream(std::uint64_t id, std::shared_ptr<grpc::Channel> channel, std::shared_ptr<Mailbox> mailbox)
    : id_(id),
      mailbox_(std::move(mailbox)),
      channel_(std::move(channel)),
      stub_(arbiter::v1::ProbeService::NewStub(channel_)) {}

void Stream::Start(const ProbeMessage& hello) {
  stub_->async()->Attach(&context_, this);
  AddHold();
  {
    const absl::MutexLock lock(&mutex_);
    held_ = true;
    writing_ = true;
    outgoing_ = hello;
    StartWrite(&outgoing_);
  }
  StartRead(&incoming_);
  StartCall();
}

bool Stream::Send(ProbeMessage message) {
  const absl::MutexLock lock(&mutex_);
  if (!held_) return true;  // it is ending; StreamEnded says so
  if (writing_) {
    if (unsent_.size() >= kMostUnsent) return false;
    unsent_.push_back(std::move(message));
    return true;
  }
  writing_ = true;
  outgoing_ = std::move(message);
  StartWrite(&outgoing_);
  return true;
}

void Stream::Resume() {
  const absl::MutexLock lock(&mutex_);
  if (!paused_ || !held_) return;
  paused_ = false;
  StartRead(&incoming_);
}

void Stream::Close() {
  context_.TryCancel();
  LetGo();
}

void Stream::OnReadDone(bool ok) {
  if (!ok) return LetGo();
  {
    const absl::MutexLock lock(&mutex_);
    paused_ = !mailbox_->Post({id_, std::exchange(incoming_, {})});
    if (paused_) return;
  }
  StartRead(&incoming_);
}

void Stream::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (!ok || unsent_.empty()) return;  // not ok: the read fails as well, and tells
  writing_ = true;
  outgoing_ = std::move(unsent_.front());
  unsent_.pop_front();
  StartWrite(&outgoing_);
}

void Stream::OnDone(const grpc::Status& status) {
  // The owner may delete this as soon as it has read the mail.
  const std::shared_ptr<Mailbox> mailbox = mailbox_;
  mailbox->Post({id_, StreamEnded{arbiter::client::FromGrpc(status)}});
}

void Stream::LetGo() {
  {
    const absl::MutexLock lock(&mutex_);
    if (!std::exchange(held_, false)) return;
  }
  RemoveHold();
}

}  // namespace probe::session
