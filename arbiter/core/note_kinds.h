// What notes are of (Note::kind).
#ifndef ARBITER_CORE_NOTE_KINDS_H_
#define ARBITER_CORE_NOTE_KINDS_H_

#include <array>

#include "absl/strings/string_view.h"

namespace arbiter::core {

// Counters begin with these: whoever gives a note a new kind writes it down here.
inline constexpr std::array<absl::string_view, 25> kNoteKinds = {
    "adopted", "cause", "closed",           "contest",  "contest over", "failed",  "forgotten", "healed",  "held",
    "hold",    "mode",  "no safe demotion", "node",     "operator",     "refused", "released",  "resumed", "silent",
    "split",   "store", "stranger",         "survivor", "trial",        "unseen",  "verdict"};

}  // namespace arbiter::core

#endif  // ARBITER_CORE_NOTE_KINDS_H_
