// Where this build put the programs under test.
#ifndef TESTS_LAB_PROGRAMS_H_
#define TESTS_LAB_PROGRAMS_H_

#include <string>

namespace lab {

// The path of `arbiter`, `arbiter-probe` or `arbctl` in the build's bin directory.
inline std::string Program(const std::string& name) { return std::string(LAB_PROGRAM_DIRECTORY) + "/" + name; }

}  // namespace lab

#endif  // TESTS_LAB_PROGRAMS_H_
