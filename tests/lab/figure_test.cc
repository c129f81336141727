#include "tests/lab/figure.h"

#include <gtest/gtest.h>

namespace lab {
namespace {

using std::chrono::milliseconds;

TEST(Figure, AQuantileIsOneOfTheFigures) {
  const std::vector<Duration> figures = {milliseconds(4), milliseconds(1), milliseconds(3), milliseconds(2)};
  EXPECT_EQ(Quantile(figures, 0), milliseconds(1));
  EXPECT_EQ(Quantile(figures, 0.5), milliseconds(2));
  EXPECT_EQ(Quantile(figures, 0.51), milliseconds(3));
  EXPECT_EQ(Quantile(figures, 1), milliseconds(4));
}

}  // namespace
}  // namespace lab
