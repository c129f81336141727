#include "probe/session/session.h"

#include <poll.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "proto/value/duration.h"

namespace probe::session {

using arbiter::v1::ArbiterMessage;
using arbiter::v1::ProbeMessage;
using google::protobuf::util::TimeUtil;

Session::Session(std::vector<Arbiter> arbiters, std::uint64_t seed, Instant now)
    : arbiters_(std::move(arbiters)), mailbox_(std::make_shared<Mailbox>()), backoff_(seed), homeward_(seed) {
  if (!arbiters_.empty()) deadline_ = now;
}

Session::~Session() {
  for (auto& [id, stream] : streams_) stream->Close();
  while (!streams_.empty()) {
    pollfd ready{mailbox_->fd(), POLLIN, 0};
    poll(&ready, 1, -1);
    for (const Mail& mail : mailbox_->Take()) {
      if (std::holds_alternative<StreamEnded>(mail.content)) streams_.erase(mail.stream);
    }
  }
}

std::vector<SessionEvent> Session::Take(Instant now) {
  std::vector<SessionEvent> events;
  for (Mail& mail : mailbox_->Take()) {
    const bool is_newest = mail.stream == newest_stream_;
    if (mail.stream == look_) TakeLook(mail, now);
    if (const auto* ended = std::get_if<StreamEnded>(&mail.content)) {
      streams_.erase(mail.stream);
      if (is_newest) events.emplace_back(TakeEnd(ended->status, now));
    } else if (is_newest && connected_) {
      TakeMessage(std::get<ArbiterMessage>(std::move(mail.content)), now, events);
    }
  }
  if (connected_) streams_.at(newest_stream_)->Resume();
  return events;
}

void Session::TakeMessage(ArbiterMessage message, Instant now, std::vector<SessionEvent>& events) {
  if (message.has_welcome()) {
    attached_since_ = now;
    deadline_.reset();
    liveness_.Begin(std::chrono::nanoseconds(TimeUtil::DurationToNanoseconds(message.welcome().absent_after())), now);
    told_.clear();
    homeward_.Attached(current_, now);
    events.emplace_back(Attached{arbiter(), message.welcome(), streams_.at(newest_stream_)->peer()});
  } else if (attached()) {
    liveness_.Heard(now);
    if (message.has_alive()) return;
    events.emplace_back(std::move(message));
  }
}

Lost Session::TakeEnd(const absl::Status& status, Instant now) {
  Lost lost;
  lost.arbiter = arbiter();
  lost.status = closed_because_.empty() ? status : absl::UnavailableError(std::exchange(closed_because_, {}));
  if (lost.status.ok()) lost.status = absl::UnavailableError("the arbiter ended the session");
  lost.was_attached = attached();
  const auto told = told_.find(current_);
  lost.news = lost.was_attached || told == told_.end() || told->second != lost.status.code();
  told_[current_] = lost.status.code();
  lost.retry_in = back_to_ ? Duration::zero() : PauseAfter(lost.status, now);
  connected_ = false;
  liveness_.End();
  EndLook();
  homeward_.Lost();
  attached_since_.reset();
  deadline_ = now + lost.retry_in;
  current_ = std::exchange(back_to_, std::nullopt).value_or((current_ + 1) % arbiters_.size());
  return lost;
}

Duration Session::PauseAfter(const absl::Status& status, Instant now) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnimplemented:
      return backoff_.Around(kRefusedPause);
    default:
      if (attached_since_ && now - *attached_since_ >= kWelcomeWithin) backoff_.Reset();
      return backoff_.Next();
  }
}

void Session::Send(ProbeMessage message) {
  if (!attached()) return;
  Stream& stream = *streams_.at(newest_stream_);
  if (stream.Send(std::move(message))) return;
  closed_because_ = absl::StrCat("the arbiter does not take what it is sent (", Stream::kMostUnsent, " messages wait)");
  stream.Close();
}

void Session::OnTick(Instant now) {
  CheckLife(now);
  if (look_ != 0 && now >= look_until_) {
    EndLook();
    homeward_.Silent(now);
  }
  if (const auto sought = homeward_.LookFor(now); sought && attached()) LookFor(*sought, now);
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  if (!connected_) return Connect(now);
  closed_because_ = "no Welcome in time";
  streams_.at(newest_stream_)->Close();
}

void Session::CheckLife(Instant now) {
  // What has come and was not read is a word of it, too.
  if (!attached() || HasMail() || !liveness_.Check(now)) return;
  closed_because_ = absl::StrCat("it has said nothing for ", arbiter::FormatDuration(liveness_.absent_after()),
                                 ", though its connection stands");
  liveness_.End();
  streams_.at(newest_stream_)->Close();
}

void Session::Connect(Instant now) {
  ProbeMessage hello;
  *hello.mutable_hello() = hello_;
  const std::uint64_t id = newest_stream_ = ++last_id_;
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = arbiters_[current_].connect();
  if (!channel.ok()) {
    mailbox_->Post({id, StreamEnded{channel.status()}});
    return;
  }
  Stream& stream = *streams_.emplace(id, std::make_unique<Stream>(id, *std::move(channel), mailbox_)).first->second;
  connected_ = true;
  deadline_ = now + kWelcomeWithin;
  stream.Start(hello);
}

void Session::LookFor(std::size_t arbiter, Instant now) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = arbiters_[arbiter].connect();
  if (!channel.ok()) return homeward_.Silent(now);
  ProbeMessage hello;
  *hello.mutable_hello() = hello_;
  hello.mutable_hello()->clear_newest_term();  // nothing is asked of it yet
  look_ = ++last_id_;
  looked_for_ = arbiter;
  look_until_ = now + kWelcomeWithin;
  Stream& stream =
      *streams_.emplace(look_, std::make_unique<Stream>(look_, *std::move(channel), mailbox_)).first->second;
  stream.Start(hello);
}

void Session::TakeLook(const Mail& mail, Instant now) {
  const auto* message = std::get_if<ArbiterMessage>(&mail.content);
  const bool welcome = message != nullptr && message->has_welcome();
  if (message != nullptr && !welcome) return;
  if (welcome) EndLook();
  look_ = 0;
  if (!welcome) return homeward_.Silent(now);
  if (homeward_.Answered(now) && attached()) GoBack();
}

void Session::EndLook() {
  if (look_ != 0) streams_.at(look_)->Close();
  look_ = 0;
}

void Session::GoBack() {
  back_to_ = looked_for_;
  homeward_.Lost();
  closed_because_ = absl::StrCat("going back to ", arbiters_[looked_for_].address,
                                 ", which comes before it in the list and answers again");
  streams_.at(newest_stream_)->Close();
}

std::optional<Instant> Session::NextDeadline() const {
  std::optional<Instant> next = deadline_;
  const std::optional<Instant> look = look_ != 0 ? std::optional(look_until_) : homeward_.Deadline();
  for (const std::optional<Instant>& at : {liveness_.Deadline(), look}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

}  // namespace probe::session
