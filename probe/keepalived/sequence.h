// keepalived's sequence and list blocks: a line that stands for several (man keepalived.conf(5), "Sequence blocks" and
// "List blocks").
#ifndef PROBE_KEEPALIVED_SEQUENCE_H_
#define PROBE_KEEPALIVED_SEQUENCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probe::keepalived {

// Which definitions to make, one row a repetition, and the line to repeat.
struct Repetition {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;  // each as long as `names`
  std::string line;
};

// Whether the line begins a sequence or a list.
bool IsRepetition(absl::string_view line);

// Reads `~SEQ(VAR, [START, [STEP,]] END) REST`, `~SEQx(...)` (hexadecimal values), `~LST(VAR, V1, V2) REST` and
// `~LST({A, B}, {A1, B1}, {A2, B2}) REST`; a value that a row does not name is empty. More than `max_rows` repetitions
// are ResourceExhausted, anything else that cannot be read InvalidArgument.
absl::StatusOr<Repetition> ReadRepetition(absl::string_view line, std::size_t max_rows);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SEQUENCE_H_
