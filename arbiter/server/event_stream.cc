#include "arbiter/server/event_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "arbiter/client/status.h"
#include "arbiter/wire/operations.h"

namespace arbiter::server {

std::shared_ptr<EventStream> EventStream::Make(EventLog* events, const v1::WatchEventsRequest& request,
                                               Permission permitted) {
  std::shared_ptr<EventStream> stream(new EventStream(events, request, std::move(permitted)));
  stream->self_ = stream;
  return stream;
}

void EventStream::Start(const absl::Status& admitted, std::size_t limit) {
  const absl::MutexLock lock(&mutex_);
  if (finished_) {
    return;  // the reader went before
  }
  absl::Status status = admitted;
  if (status.ok() && !events_->Watch(shared_from_this(), limit)) {
    status = absl::ResourceExhaustedError(absl::StrCat("more than ", limit, " streams of events at once"));
  }
  if (!status.ok()) {
    End(status);
    return;
  }
  next_ = events_->StartOf(request_.backlog(), request_.cluster());
  end_ = events_->Next();
  WriteNext();
}

void EventStream::Wake() {
  const absl::MutexLock lock(&mutex_);
  if (!writing_ && next_ != 0) {
    WriteNext();
  }
}

void EventStream::WriteNext() {
  if (finished_) {
    return;
  }
  const absl::Status permitted = permitted_();
  if (!permitted.ok()) {
    End(permitted);
  } else if (std::optional<v1::Event> event = TakeNext()) {
    outgoing_ = *std::move(event);
    writing_ = true;
    StartWrite(&outgoing_);
  } else if (!request_.follow()) {
    End(absl::OkStatus());
  }
}

std::optional<v1::Event> EventStream::TakeNext() {
  while (request_.follow() || next_ < end_) {
    const std::optional<LoggedEvent> event = events_->At(next_);
    if (!event.has_value()) {
      return std::nullopt;
    }
    if (event->number > next_) {
      core::Note note;
      note.kind = "missed";
      note.text = absl::StrCat(event->number - next_, " events came faster than they were read");
      next_ = event->number;
      return wire::ToProto(note, event->at);
    }
    ++next_;
    if (request_.cluster().empty() || request_.cluster() == event->note.cluster) {
      return wire::ToProto(event->note, event->at);
    }
  }
  return std::nullopt;
}

void EventStream::End(const absl::Status& status) {
  if (!std::exchange(finished_, true)) {
    Finish(client::ToGrpc(status));
  }
}

void EventStream::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (ok) {
    WriteNext();
  } else {
    End(absl::CancelledError("the reader has gone"));
  }
}

void EventStream::OnCancel() {
  const absl::MutexLock lock(&mutex_);
  End(absl::CancelledError("the reader has gone"));
}

void EventStream::OnDone() {
  const std::shared_ptr<EventStream> self = std::move(self_);
  events_->Unwatch(this);
}

}  // namespace arbiter::server
