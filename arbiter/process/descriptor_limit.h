// How many descriptors the process may have open.
#ifndef ARBITER_PROCESS_DESCRIPTOR_LIMIT_H_
#define ARBITER_PROCESS_DESCRIPTOR_LIMIT_H_

namespace arbiter::process {

// Takes what it may have, up to 65,536 (getrlimit(2): the soft limit rises towards the hard one). Who starts a daemon
// by hand or in a container has 1,024 else, which a thousand probes, or a hundred interfaces, use up.
void RaiseDescriptorLimit();

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_DESCRIPTOR_LIMIT_H_
