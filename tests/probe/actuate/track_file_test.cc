#include "probe/actuate/track_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace probe::actuate {
namespace {

class TrackFile : public testing::Test {
 protected:
  TrackFile() {
    std::string pattern = testing::TempDir() + "track_XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~TrackFile() override { std::filesystem::remove_all(directory_); }

  std::string Read(const std::string& name) const {
    std::ifstream file(directory_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path directory_;
};

TEST_F(TrackFile, HoldsOneOrZeroAndNothingElseIsLeft) {
  const std::string path = directory_ / "VI_1.demote";
  const auto took = WriteTrackFile(path, true);
  ASSERT_TRUE(took.ok()) << took.status();
  EXPECT_GT(took->count(), 0);
  EXPECT_EQ(Read("VI_1.demote"), "1\n");
  ASSERT_TRUE(WriteTrackFile(path, false).ok());
  EXPECT_EQ(Read("VI_1.demote"), "0\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(TrackFile, IsReadableForEveryDaemonWhateverTheMask) {
  const mode_t mask = umask(0077);
  ASSERT_TRUE(WriteTrackFile(directory_ / "f", true).ok());
  umask(mask);
  struct stat found {};
  ASSERT_EQ(stat((directory_ / "f").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0644U);
}

TEST_F(TrackFile, AMissingDirectoryIsNamed) {
  const auto took = WriteTrackFile(directory_ / "no" / "f", true);
  ASSERT_FALSE(took.ok());
  EXPECT_THAT(std::string(took.status().message()), testing::HasSubstr((directory_ / "no" / "f").string()));
  EXPECT_TRUE(absl::IsNotFound(took.status()));
}

TEST_F(TrackFile, WhereItCannotBeReplacedTheOldOneStaysAndNoDebris) {
  std::filesystem::create_directories(directory_ / "f" / "full");
  EXPECT_FALSE(WriteTrackFile(directory_ / "f", true).ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(TrackFile, IsNotWrittenThroughALink) {
  std::filesystem::create_symlink("/nonexistent/victim", directory_ / "f");
  std::filesystem::create_symlink(directory_ / "victim", directory_ / "f.new");
  ASSERT_TRUE(WriteTrackFile(directory_ / "f", true).ok());
  EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(directory_ / "f")));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "victim"));
}

TEST_F(TrackFile, IsNotWrittenWhereOthersMayWrite) {
  std::filesystem::permissions(directory_, std::filesystem::perms(0777));
  const auto took = WriteTrackFile(directory_ / "f", true);
  EXPECT_THAT(std::string(took.status().message()), testing::HasSubstr("chmod go-w "));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "f"));
}

}  // namespace
}  // namespace probe::actuate
