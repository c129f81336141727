// The one owner of a file descriptor, as the probe's edges call it.
#ifndef PROBE_NETLINK_UNIQUE_FD_H_
#define PROBE_NETLINK_UNIQUE_FD_H_

#include "arbiter/process/descriptor.h"

namespace probe::netlink {

using UniqueFd = arbiter::process::Descriptor;

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_UNIQUE_FD_H_
