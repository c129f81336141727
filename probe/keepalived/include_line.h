// Lines that include other files, and where those are looked for.
#ifndef PROBE_KEEPALIVED_INCLUDE_LINE_H_
#define PROBE_KEEPALIVED_INCLUDE_LINE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace probe::keepalived {

// The directory part of a path: "." when there is none.
std::string DirectoryOf(const std::string& path);

// The deepest directory of `pattern` that is not itself a pattern; a relative one is taken from `directory`.
std::string FixedDirectoryOf(const std::string& directory, const std::string& pattern);

// The pattern of an include line: the rest of the line, as it is. Nothing for any other line. The variants of the
// keyword (includer, includem, includew, includeb, includea) differ only in what keepalived complains about.
std::optional<std::string> IncludePattern(absl::string_view line);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_INCLUDE_LINE_H_
