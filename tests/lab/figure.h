// Measured figures, one a line on the standard output, where tests/run finds them: "figure: WHAT: 12.3 ms".
#ifndef TESTS_LAB_FIGURE_H_
#define TESTS_LAB_FIGURE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "tests/lab/instant.h"

namespace lab {

void PrintFigure(absl::string_view what, Duration figure);

// Count, median, 99th percentile and maximum; nothing when there are none.
void PrintFigures(absl::string_view what, std::vector<Duration> figures);

// The smallest figure that `fraction` (0 to 1) of them do not exceed; `figures` is not empty.
Duration Quantile(std::vector<Duration> figures, double fraction);

}  // namespace lab

#endif  // TESTS_LAB_FIGURE_H_
