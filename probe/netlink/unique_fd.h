// The one owner of a file descriptor: closes it when it goes away.
#ifndef PROBE_NETLINK_UNIQUE_FD_H_
#define PROBE_NETLINK_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace probe::netlink {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  // -1 when nothing is owned.
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_UNIQUE_FD_H_
