// Where configuration text comes from: files in production, a map in tests and in the fuzzer.
#ifndef PROBE_KEEPALIVED_TEXT_SOURCE_H_
#define PROBE_KEEPALIVED_TEXT_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace probe::keepalived {

class TextSource {
 public:
  virtual ~TextSource() = default;

  // The files that `pattern` matches, sorted. A pattern that is not absolute is taken relative to `directory`.
  // Directories are left out. NotFound when nothing matches.
  virtual absl::StatusOr<std::vector<std::string>> Match(const std::string& directory, const std::string& pattern) = 0;

  // The whole text of one file. ResourceExhausted when it is longer than `max_bytes`; FailedPrecondition for what the
  // daemon does not read either (not a regular file, or executable).
  virtual absl::StatusOr<std::string> Read(const std::string& path, std::size_t max_bytes) = 0;
};

// The file system, read as keepalived reads it: glob(3) with braces, regular files that nobody may execute.
class FileSource : public TextSource {
 public:
  absl::StatusOr<std::vector<std::string>> Match(const std::string& directory, const std::string& pattern) override;
  absl::StatusOr<std::string> Read(const std::string& path, std::size_t max_bytes) override;
};

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_TEXT_SOURCE_H_
