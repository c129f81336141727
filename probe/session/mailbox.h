// What gRPC's threads hand to the loop's thread.
#ifndef PROBE_SESSION_MAILBOX_H_
#define PROBE_SESSION_MAILBOX_H_

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/v1/probe_service.pb.h"

namespace probe::session {

// A stream is over; nothing more comes of it.
struct StreamEnded {
  absl::Status status;
};

struct Mail {
  std::uint64_t stream = 0;
  std::variant<arbiter::v1::ArbiterMessage, StreamEnded> content;
};

// Thread-safe. Bounded by its writers: a stream stops reading when kFull are waiting, until they were taken.
class Mailbox {
 public:
  static constexpr std::size_t kFull = 1024;

  // Dies when the kernel has no descriptor left: without it the probe could not hear its arbiter.
  Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  // Readable while something waits.
  [[nodiscard]] int fd() const { return fd_; }

  // Whether there is room for more.
  bool Post(Mail mail);
  // Whether something waits.
  [[nodiscard]] bool HasMail();
  // Everything that waits, in order. Does not block.
  std::vector<Mail> Take();

 private:
  const int fd_;  // an eventfd
  absl::Mutex mutex_;
  std::vector<Mail> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace probe::session

#endif  // PROBE_SESSION_MAILBOX_H_
