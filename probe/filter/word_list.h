// A fixed list of words, and whether one is in it.
#ifndef PROBE_FILTER_WORD_LIST_H_
#define PROBE_FILTER_WORD_LIST_H_

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/strings/string_view.h"

namespace probe::filter {

template <std::size_t kSize>
bool IsOneOf(const absl::string_view (&words)[kSize], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace probe::filter

#endif  // PROBE_FILTER_WORD_LIST_H_
