// Texts of other machines, fit for a terminal, a log and a message.
#ifndef PROTO_VALUE_PRINTABLE_H_
#define PROTO_VALUE_PRINTABLE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace arbiter {

// On one line, and showing what is there: control characters ("\x1b"), bytes that are no UTF-8, and characters that are
// not seen or that turn the direction of what follows them ("\u202e") stand there as escapes. So no name and no reason
// can move the cursor, forge a line or look like another one.
std::string Printable(absl::string_view text);

// A JSON document as it is, but for those characters, which stand there as JSON's own escapes ("\u202e"): whoever reads
// the document as JSON reads what was there before. `json` is sound UTF-8 and has such characters in strings only.
std::string PrintableJson(absl::string_view json);

// The beginning of a text in UTF-8, at most `max_bytes` long and cut between two characters.
absl::string_view CutText(absl::string_view text, std::size_t max_bytes);

}  // namespace arbiter

#endif  // PROTO_VALUE_PRINTABLE_H_
