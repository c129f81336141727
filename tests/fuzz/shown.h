// All that operators can be shown of an engine.
#ifndef TESTS_FUZZ_SHOWN_H_
#define TESTS_FUZZ_SHOWN_H_

#include "arbiter/core/engine.h"
#include "arbiter/store/record_codec.h"

namespace fuzz {

// Makes it.
void ShowAll(const arbiter::core::Engine& engine, const arbiter::store::ClockReading& now);

// And prints it, as `-o json` does: that must be possible.
void PrintAll(const arbiter::core::Engine& engine, const arbiter::store::ClockReading& now);

}  // namespace fuzz

#endif  // TESTS_FUZZ_SHOWN_H_
