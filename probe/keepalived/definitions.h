// keepalived's $ definitions: what is defined, and its substitution in a line (man keepalived.conf(5), "Parameter
// substitution"). A value may have several lines.
#ifndef PROBE_KEEPALIVED_DEFINITIONS_H_
#define PROBE_KEEPALIVED_DEFINITIONS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace probe::keepalived {

// `$NAME=VALUE`, taken apart. `value` has no blanks at its ends.
struct DefinitionLine {
  std::string name;
  absl::string_view value;  // into the line
};

// Reads a line that defines something; nothing for any other line.
std::optional<DefinitionLine> ReadDefinition(absl::string_view line);

// Remembers definitions in the order in which the file makes them. Values are wiped when they are replaced or dropped:
// a password can be one. Not thread-safe.
class Definitions {
 public:
  Definitions() = default;
  ~Definitions();
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  // Defines or redefines. More than one line in `lines` makes it a multi-line definition; none is an empty value.
  void Define(const std::string& name, std::vector<std::string> lines);

  // What one substitution found.
  struct Replacement {
    bool replaced = false;
    std::size_t at = 0;                // where the value begins in the line
    std::vector<std::string> pending;  // the further lines of a multi-line value: they follow this line
  };

  // Replaces the first `$NAME` or `${NAME}` at or after `from` that is defined, by its first line. `$NAME` counts only
  // before a blank, a comma, a closing bracket or the end; a multi-line value only at the end of the line. What is not
  // defined stays as it is.
  Replacement ReplaceOne(std::string* line, std::size_t from) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_DEFINITIONS_H_
