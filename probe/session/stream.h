// One call of ProbeService.Attach, from its start to its end.
#ifndef PROBE_SESSION_STREAM_H_
#define PROBE_SESSION_STREAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/v1/probe_service.grpc.pb.h"
#include "probe/session/mailbox.h"

namespace probe::session {

// gRPC's threads call the On... functions, the loop's thread the others. Its owner keeps it until StreamEnded has come
// out of the mailbox, and may then delete it.
class Stream final : public grpc::ClientBidiReactor<arbiter::v1::ProbeMessage, arbiter::v1::ArbiterMessage> {
 public:
  // An arbiter that takes nothing must not fill this node's memory.
  static constexpr std::size_t kMostUnsent = 512;

  Stream(std::uint64_t id, std::shared_ptr<grpc::Channel> channel, std::shared_ptr<Mailbox> mailbox);

  void Start(const arbiter::v1::ProbeMessage& hello);
  // False when too much is unsent: the stream is of no use any more.
  bool Send(arbiter::v1::ProbeMessage message);
  // Reads on after the mailbox was full.
  void Resume();
  // As gRPC writes it; once something has come from there.
  [[nodiscard]] std::string peer() const { return context_.peer(); }
  // Ends the call soon; StreamEnded follows.
  void Close();

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  // The hold keeps the call alive for the loop's thread; without it Start... may not be called from there.
  void LetGo();

  const std::uint64_t id_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<arbiter::v1::ProbeService::Stub> stub_;
  grpc::ClientContext context_;
  arbiter::v1::ArbiterMessage incoming_;  // gRPC's, while a read is under way

  absl::Mutex mutex_;
  arbiter::v1::ProbeMessage outgoing_ ABSL_GUARDED_BY(mutex_);  // gRPC's, while a write is under way
  std::deque<arbiter::v1::ProbeMessage> unsent_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace probe::session

#endif  // PROBE_SESSION_STREAM_H_
