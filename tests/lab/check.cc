#include "tests/lab/check.h"

#include <gtest/gtest.h>

namespace lab {

void Check(const absl::Status& status) {
  if (!status.ok()) FAIL() << status;
}

}  // namespace lab
