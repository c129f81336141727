#include "probe/keepalived/include_line.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "probe/keepalived/lexer.h"

namespace probe::keepalived {

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string FixedDirectoryOf(const std::string& directory, const std::string& pattern) {
  const std::string full = absl::StartsWith(pattern, "/") ? pattern : absl::StrCat(directory, "/", pattern);
  const std::size_t wild = full.find_first_of("*?[{~", absl::StartsWith(pattern, "/") ? 0 : directory.size());
  return DirectoryOf(full.substr(0, wild));
}

std::optional<std::string> IncludePattern(absl::string_view line) {
  constexpr absl::string_view kVariants = "rmwba";
  if (!absl::ConsumePrefix(&line, "include")) {
    return std::nullopt;
  }
  if (!line.empty() && kVariants.find(line.front()) != absl::string_view::npos) {
    line.remove_prefix(1);
  }
  const absl::string_view pattern = TrimBlanks(line);
  if (pattern.empty() || pattern.size() == line.size()) {
    return std::nullopt;  // no name, or no blank before it: another keyword
  }
  return std::string(pattern);
}

}  // namespace probe::keepalived
