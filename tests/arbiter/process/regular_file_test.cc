#include "arbiter/process/regular_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "tests/arbiter/process/scratch.h"

namespace arbiter::process {
namespace {

using testing::HasSubstr;

TEST(RegularFile, IsReadWhole) {
  const Scratch scratch;
  const std::string text(10'000, 'x');
  std::ofstream(scratch.File("a")) << text;
  EXPECT_EQ(ReadRegularFile(scratch.File("a")).value(), text);
  EXPECT_EQ(ReadRegularFile(scratch.File("a"), 10'000).value(), text);
}

TEST(RegularFile, OfProcHasNoSizeAndIsReadAllTheSame) { EXPECT_FALSE(ReadRegularFile("/proc/self/status")->empty()); }

TEST(RegularFile, BeyondItsBoundIsRefused) {
  const Scratch scratch;
  std::ofstream(scratch.File("a")) << std::string(10'001, 'x');
  const auto text = ReadRegularFile(scratch.File("a"), 10'000);
  EXPECT_EQ(text.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("longer than 10000 bytes"));
}

TEST(RegularFile, IsNeitherDeviceNorPipe) {
  const Scratch scratch;
  const std::string pipe = scratch.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {std::string("/dev/zero"), std::string("/dev/null"), pipe}) {
    const auto text = ReadRegularFile(path);
    EXPECT_EQ(text.status().code(), absl::StatusCode::kFailedPrecondition) << path;
    EXPECT_THAT(std::string(text.status().message()), HasSubstr("is no regular file")) << path;
  }
}

TEST(RegularFile, IsNoDirectory) {
  EXPECT_THAT(std::string(ReadRegularFile("/etc").status().message()), HasSubstr("read /etc: Is a directory"));
}

TEST(RegularFile, ThatIsNotThereIsNamed) {
  const auto text = ReadRegularFile("/nonexistent/a");
  EXPECT_EQ(text.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("read /nonexistent/a: No such file"));
}

}  // namespace
}  // namespace arbiter::process
