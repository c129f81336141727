#include "tests/lab/figure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

namespace lab {

void PrintFigure(absl::string_view what, Duration figure) {
  std::printf("figure: %s: %.1f ms\n", std::string(what).c_str(), Milliseconds(figure));
}

void PrintFigures(absl::string_view what, std::vector<Duration> figures) {
  if (figures.empty()) return;
  std::printf("figure: %s: n %zu, p50 %.1f ms, p99 %.1f ms, max %.1f ms\n", std::string(what).c_str(), figures.size(),
              Milliseconds(Quantile(figures, 0.5)), Milliseconds(Quantile(figures, 0.99)),
              Milliseconds(Quantile(figures, 1)));
}

Duration Quantile(std::vector<Duration> figures, double fraction) {
  std::sort(figures.begin(), figures.end());
  const auto rank = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(figures.size())));
  return figures[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace lab
