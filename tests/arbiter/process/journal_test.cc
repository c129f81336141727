#include "arbiter/process/journal.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace arbiter::process {
namespace {

TEST(Journal, IsTheFileThatIsNamed) {
  EXPECT_TRUE(NamesFile("8:1234", 8, 1234));
  for (const char* other : {"", "8", "8:", "8:12345", "9:1234", "1234:8", "8:1234 "}) {
    EXPECT_FALSE(NamesFile(other, 8, 1234)) << other;
  }
}

TEST(Journal, IsWhereStderrGoesNow) {
  struct stat file {};
  ASSERT_EQ(fstat(STDERR_FILENO, &file), 0);
  ASSERT_EQ(unsetenv("JOURNAL_STREAM"), 0);
  EXPECT_EQ(ErrorPrefix(), "");
  setenv("JOURNAL_STREAM", "1:1", 1);  // inherited by a shell whose stderr goes elsewhere
  EXPECT_EQ(ErrorPrefix(), "");
  setenv("JOURNAL_STREAM", (std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino)).c_str(), 1);
  EXPECT_EQ(ErrorPrefix(), "<3>");
  unsetenv("JOURNAL_STREAM");
}

}  // namespace
}  // namespace arbiter::process
