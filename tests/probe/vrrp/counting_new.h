// How often the program that links counting_new.cc has allocated.
#ifndef TESTS_PROBE_VRRP_COUNTING_NEW_H_
#define TESTS_PROBE_VRRP_COUNTING_NEW_H_

#include <cstddef>

namespace probe::vrrp {

std::size_t Allocations();

}  // namespace probe::vrrp

#endif  // TESTS_PROBE_VRRP_COUNTING_NEW_H_
