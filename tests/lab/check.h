// How the lab reports that it could not be set up: a fatal failure of the running test.
#ifndef TESTS_LAB_CHECK_H_
#define TESTS_LAB_CHECK_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace lab {

// Records a fatal failure when `status` is not OK. The caller goes on with what it has; WaitUntil gives up at once.
void Check(const absl::Status& status);

// The value, or (with a fatal failure) a default one.
template <typename T>
T CheckOr(absl::StatusOr<T> value) {
  Check(value.status());
  return value.ok() ? *std::move(value) : T();
}

}  // namespace lab

#endif  // TESTS_LAB_CHECK_H_
