// pidfd_open(2) and pidfd_send_signal(2). glibc 2.36 declares both without extern "C", so C++ cannot link to them.
#ifndef PROBE_ACTUATE_PIDFD_H_
#define PROBE_ACTUATE_PIDFD_H_

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "probe/netlink/unique_fd.h"

namespace probe::actuate {

// Not ok() with errno set where there is no such process. Closed on exec, as the kernel makes it.
inline netlink::UniqueFd OpenPidfd(pid_t pid) {
  return netlink::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

// 0, or -1 with errno set.
inline int SignalPidfd(const netlink::UniqueFd& process, int number) {
  return static_cast<int>(syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0));
}

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_PIDFD_H_
