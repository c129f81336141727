// A file descriptor with one owner.
#ifndef TESTS_LAB_UNIQUE_FD_H_
#define TESTS_LAB_UNIQUE_FD_H_

#include "arbiter/process/descriptor.h"

namespace lab {

using UniqueFd = arbiter::process::Descriptor;

}  // namespace lab

#endif  // TESTS_LAB_UNIQUE_FD_H_
