// A directory of a test's own.
#ifndef TESTS_PROBE_DAEMON_SCRATCH_H_
#define TESTS_PROBE_DAEMON_SCRATCH_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace probe::daemon {

class Scratch {
 public:
  Scratch() : path_(testing::TempDir() + "probe-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no directory " << path_;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probe::daemon

#endif  // TESTS_PROBE_DAEMON_SCRATCH_H_
