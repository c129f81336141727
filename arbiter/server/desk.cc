#include "arbiter/server/desk.h"

#include <utility>

namespace arbiter::server {

Desk::Desk(std::size_t threads, std::size_t capacity) : capacity_(capacity) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

Desk::~Desk() {
  {
    const absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

bool Desk::Serve(std::function<void()> request) {
  const absl::MutexLock lock(&mutex_);
  if (closing_ || waiting_.size() >= capacity_) {
    return false;
  }
  waiting_.push_back(std::move(request));
  return true;
}

void Desk::Run() {
  while (true) {
    std::function<void()> request;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Desk::HasWork));
      if (waiting_.empty()) {
        return;
      }
      request = std::move(waiting_.front());
      waiting_.pop_front();
    }
    request();
  }
}

}  // namespace arbiter::server
