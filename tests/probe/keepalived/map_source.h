// Configuration text out of memory: files by path, patterns as fnmatch(3) reads them.
#ifndef TESTS_PROBE_KEEPALIVED_MAP_SOURCE_H_
#define TESTS_PROBE_KEEPALIVED_MAP_SOURCE_H_

#include <fnmatch.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "probe/keepalived/text_source.h"

namespace probe::keepalived {

class MapSource : public TextSource {
 public:
  explicit MapSource(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  absl::StatusOr<std::vector<std::string>> Match(const std::string& directory, const std::string& pattern) override {
    const std::string full = !pattern.empty() && pattern[0] == '/' ? pattern : absl::StrCat(directory, "/", pattern);
    std::vector<std::string> paths;
    for (const auto& [path, text] : files_) {
      if (fnmatch(full.c_str(), path.c_str(), FNM_PATHNAME) == 0) {
        paths.push_back(path);
      }
    }
    if (paths.empty()) {
      return absl::NotFoundError(absl::StrCat("no file matches ", pattern));
    }
    return paths;
  }

  absl::StatusOr<std::string> Read(const std::string& path, std::size_t max_bytes) override {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      return absl::NotFoundError(absl::StrCat("open ", path, ": no such file"));
    }
    if (found->second.size() > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrCat("read ", path, ": too long"));
    }
    return found->second;
  }

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace probe::keepalived

#endif  // TESTS_PROBE_KEEPALIVED_MAP_SOURCE_H_
