// Replaces operator new by one that counts.
#include "tests/probe/vrrp/counting_new.h"

#include <cstddef>
#include <cstdlib>

namespace {
std::size_t allocations = 0;
}  // namespace

namespace probe::vrrp {
std::size_t Allocations() { return allocations; }
}  // namespace probe::vrrp

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
