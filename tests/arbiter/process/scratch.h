// A directory of a test's own.
#ifndef TESTS_ARBITER_PROCESS_SCRATCH_H_
#define TESTS_ARBITER_PROCESS_SCRATCH_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace arbiter::process {

class Scratch {
 public:
  Scratch() : path_(testing::TempDir() + "process-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no directory " << path_;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace arbiter::process

#endif  // TESTS_ARBITER_PROCESS_SCRATCH_H_
