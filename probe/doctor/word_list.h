// Fixed lists of words of which the checks of scripts speak.
#ifndef PROBE_DOCTOR_WORD_LIST_H_
#define PROBE_DOCTOR_WORD_LIST_H_

#include "absl/strings/string_view.h"
#include "probe/filter/word_list.h"

namespace probe::doctor {

using filter::IsOneOf;

// Programs that run shell scripts of the kind that ReadShellText reads.
inline constexpr absl::string_view kShells[] = {"sh", "bash", "dash", "ksh", "zsh"};

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_WORD_LIST_H_
