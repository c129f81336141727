// A hold store in memory, whose disk can be full.
#ifndef TESTS_FAKES_FAKE_HOLD_STORE_H_
#define TESTS_FAKES_FAKE_HOLD_STORE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/hold/hold_store.h"

namespace fakes {

class FakeHoldStore : public probe::hold::HoldStore {
 public:
  probe::hold::HoldMemory saved;
  absl::Status load_error;
  absl::Status save_error;

  absl::StatusOr<probe::hold::HoldMemory> Load() override {
    if (!load_error.ok()) return load_error;
    return saved;
  }
  absl::Status Save(const probe::hold::HoldMemory& memory) override {
    if (save_error.ok()) saved = memory;
    return save_error;
  }
};

}  // namespace fakes

#endif  // TESTS_FAKES_FAKE_HOLD_STORE_H_
