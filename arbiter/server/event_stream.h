// One operator's live stream of events.
#ifndef ARBITER_SERVER_EVENT_STREAM_H_
#define ARBITER_SERVER_EVENT_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/event_log.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::server {

// Keeps a place in the event log and no queue of its own: a reader that is too slow is told how many events it missed.
// Lives until gRPC calls OnDone and the event log has let go of it.
class EventStream final : public grpc::ServerWriteReactor<v1::Event>,
                          public EventWatcher,
                          public std::enable_shared_from_this<EventStream> {
 public:
  // Whether the reader may look, at this moment.
  using Permission = std::function<absl::Status()>;

  // For gRPC, which is done with it later. `permitted` is asked before each event, and whenever the stream is woken.
  static std::shared_ptr<EventStream> Make(EventLog* events, const v1::WatchEventsRequest& request,
                                           Permission permitted);

  // Starts to write, once; ends at once when `admitted` is not OK or there are `limit` streams already.
  void Start(const absl::Status& admitted, std::size_t limit);

  void Wake() override;

 private:
  EventStream(EventLog* events, v1::WatchEventsRequest request, Permission permitted)
      : events_(events), request_(std::move(request)), permitted_(std::move(permitted)) {}

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The next event that the request asks for.
  [[nodiscard]] std::optional<v1::Event> TakeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  EventLog* const events_;
  const v1::WatchEventsRequest request_;
  const Permission permitted_;
  std::shared_ptr<EventStream> self_;  // until OnDone
  absl::Mutex mutex_;
  std::uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t end_ ABSL_GUARDED_BY(mutex_) = 0;  // without `follow`: where it ends
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  v1::Event outgoing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_EVENT_STREAM_H_
