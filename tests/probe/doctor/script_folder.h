// A folder with check scripts, which goes with the test.
#ifndef TESTS_PROBE_DOCTOR_SCRIPT_FOLDER_H_
#define TESTS_PROBE_DOCTOR_SCRIPT_FOLDER_H_

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace probe::doctor {

class ScriptFolder {
 public:
  ScriptFolder() : path_(testing::TempDir() + "scripts-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no directory " << path_;
  }
  ScriptFolder(const ScriptFolder&) = delete;
  ScriptFolder& operator=(const ScriptFolder&) = delete;
  ~ScriptFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  // A script of root's, which everybody may run.
  [[nodiscard]] std::string Add(const std::string& name, const std::string& code = "exit 0") const {
    std::string path = path_ + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n" << code << "\n";
    chmod(path.c_str(), 0755);
    return path;
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace probe::doctor

#endif  // TESTS_PROBE_DOCTOR_SCRIPT_FOLDER_H_
