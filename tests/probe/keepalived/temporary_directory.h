// A directory of a test's own, gone when the test ends.
#ifndef TESTS_PROBE_KEEPALIVED_TEMPORARY_DIRECTORY_H_
#define TESTS_PROBE_KEEPALIVED_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace probe::keepalived {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(std::filesystem::temp_directory_path() / "arbiter-keepalived-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // The path of something in it; of itself for "".
  [[nodiscard]] std::string Path(const std::string& name) const { return name.empty() ? path_ : path_ + "/" + name; }

  // Writes a file as editors and daemons do, in place. Directories on the way are made.
  void Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    std::ofstream file(Path(name), std::ios::trunc);
    file << text;
    file.close();
    EXPECT_TRUE(file.good()) << name;
  }

 private:
  std::string path_;
};

}  // namespace probe::keepalived

#endif  // TESTS_PROBE_KEEPALIVED_TEMPORARY_DIRECTORY_H_
