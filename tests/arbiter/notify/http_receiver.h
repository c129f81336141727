// A receiver over loopback that answers as it is told.
#ifndef TESTS_ARBITER_NOTIFY_HTTP_RECEIVER_H_
#define TESTS_ARBITER_NOTIFY_HTTP_RECEIVER_H_

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace arbiter::notify {

struct Request {
  std::string head;  // request line and headers
  std::string body;
};

// Serves one request after the other on a port of its own. The first answers are `answers`, all others "200 OK".
class HttpReceiver {
 public:
  explicit HttpReceiver(std::vector<std::string> answers = {});
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  [[nodiscard]] std::string url() const;
  // False when fewer came in 20 s.
  bool Await(std::size_t count) const;
  [[nodiscard]] std::vector<Request> requests() const;

 private:
  void Serve();
  void Answer(int connection);

  std::vector<std::string> answers_;
  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace arbiter::notify

#endif  // TESTS_ARBITER_NOTIFY_HTTP_RECEIVER_H_
