#include "probe/session/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace probe::session {

Mailbox::Mailbox() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) std::abort();
}

Mailbox::~Mailbox() { close(fd_); }

bool Mailbox::Post(Mail mail) {
  const absl::MutexLock lock(&mutex_);
  waiting_.push_back(std::move(mail));
  const std::uint64_t one = 1;
  (void)!write(fd_, &one, sizeof(one));  // fails only when 2^64-2 posts wait, and then it is readable anyway
  return waiting_.size() < kFull;
}

bool Mailbox::HasMail() {
  const absl::MutexLock lock(&mutex_);
  return !waiting_.empty();
}

std::vector<Mail> Mailbox::Take() {
  const absl::MutexLock lock(&mutex_);
  std::uint64_t posts = 0;
  (void)!read(fd_, &posts, sizeof(posts));  // EAGAIN: nothing waits
  return std::exchange(waiting_, {});
}

}  // namespace probe::session
