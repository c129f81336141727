// The lines that give a node's instances their track files: what `arbiter-probe snippet` prints.
#ifndef PROBE_KEEPALIVED_SNIPPET_H_
#define PROBE_KEEPALIVED_SNIPPET_H_

#include <string>

#include "absl/strings/string_view.h"
#include "probe/keepalived/config.h"

namespace probe::keepalived {

// For each sync group, and each instance that is in none: the definition to put above them all, and the lines to put
// into its own block, with the file and line where that is. What is there already is said, not repeated. Lines that are
// not configuration begin with #, so that the whole can be pasted. Each block has its own lines: keepalived reads `{ a
// b }` differently. `runtime_dir` must exist before keepalived starts; the text says so.
std::string Snippet(const Config& config, absl::string_view runtime_dir);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SNIPPET_H_
