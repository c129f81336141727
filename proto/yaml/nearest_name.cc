#include "proto/yaml/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace arbiter {
namespace {

// How many characters must be added, dropped, replaced or exchanged with their neighbour (optimal string alignment).
std::size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<std::size_t>> to(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  std::iota(to[0].begin(), to[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    to[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = to[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      to[i][j] = std::min({replaced, to[i - 1][j] + 1, to[i][j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) to[i][j] = std::min(to[i][j], to[i - 2][j - 2] + 1);
    }
  }
  return to[a.size()][b.size()];
}

}  // namespace

std::string NearestName(absl::string_view wrong, absl::Span<const std::string> names) {
  constexpr std::size_t kLongest = 64;  // of what could be a slip of the fingers
  if (wrong.size() > kLongest) return "";
  std::string nearest;
  std::size_t least = std::max<std::size_t>(wrong.size() / 3, 1) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = Distance(wrong, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace arbiter
