// A fixed list of words, and whether one is in it.
#ifndef PROBE_DOCTOR_WORD_LIST_H_
#define PROBE_DOCTOR_WORD_LIST_H_

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/strings/string_view.h"

namespace probe::doctor {

template <std::size_t kSize>
bool IsOneOf(const absl::string_view (&words)[kSize], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Programs that run shell scripts of the kind that ReadShellText reads.
inline constexpr absl::string_view kShells[] = {"sh", "bash", "dash", "ksh", "zsh"};

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_WORD_LIST_H_
