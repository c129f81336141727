// Run as root, which most of these need: what belongs to somebody else is made so by chown.
#include "arbiter/process/private_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/process/scratch.h"

namespace arbiter::process {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr uid_t kSomebody = 65534;

std::string Refusal(const std::string& path) {
  const absl::Status status = PrivateDirectory::Open(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  return std::string(status.message());
}

TEST(PrivateDirectory, OfOursIsOpenedWhoeverMayRead) {
  const Scratch scratch;
  for (const auto mode : {0700, 0750, 0755}) {
    fs::permissions(scratch.path(), fs::perms(mode));
    EXPECT_TRUE(PrivateDirectory::Open(scratch.path()).ok()) << mode;
  }
  EXPECT_TRUE(PrivateDirectory::Open(scratch.path() + "/").ok());
}

TEST(PrivateDirectory, ThatOthersMayWriteInIsRefusedWithTheRepair) {
  const Scratch scratch;
  fs::permissions(scratch.path(), fs::perms(0770));
  EXPECT_THAT(Refusal(scratch.path()), AllOf(HasSubstr("by its group"), HasSubstr("chmod go-w " + scratch.path())));
  fs::permissions(scratch.path(), fs::perms(0702));
  EXPECT_THAT(Refusal(scratch.path()), HasSubstr("by everybody"));
  EXPECT_THAT(Refusal("/tmp"), HasSubstr("by everybody")) << "sticky: others still put their files in";
}

TEST(PrivateDirectory, OfSomebodyElseIsRefusedWithTheRepair) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Scratch scratch;
  ASSERT_EQ(chown(scratch.path().c_str(), kSomebody, 0), 0);
  EXPECT_THAT(Refusal(scratch.path()), AllOf(HasSubstr("(uid 65534)"), HasSubstr("chown 0 " + scratch.path())));
}

TEST(PrivateDirectory, IsNoLinkAndNoFile) {
  const Scratch scratch;
  fs::create_directory(scratch.File("real"));
  fs::create_directory_symlink(scratch.File("real"), scratch.File("link"));
  EXPECT_THAT(Refusal(scratch.File("link")), HasSubstr("symbolic link"));
  EXPECT_THAT(Refusal(scratch.File("link/")), HasSubstr("symbolic link"));
  std::ofstream(scratch.File("file")) << "x";
  EXPECT_FALSE(PrivateDirectory::Open(scratch.File("file")).ok());
  EXPECT_EQ(PrivateDirectory::Open(scratch.File("none")).status().code(), absl::StatusCode::kNotFound);
}

TEST(PrivateDirectory, ReplacesAFileWholeAndWithTheModeThatIsAskedFor) {
  const Scratch scratch;
  const auto directory = PrivateDirectory::Open(scratch.path());
  ASSERT_TRUE(directory.ok());
  const mode_t mask = umask(0077);
  EXPECT_EQ(directory->ReplaceFile("a", "one", 0644), absl::OkStatus());
  umask(mask);
  EXPECT_EQ(directory->ReplaceFile("a", "two", 0644), absl::OkStatus());
  EXPECT_EQ(directory->ReadFile("a", 100).value(), "two");
  EXPECT_EQ(fs::status(scratch.File("a")).permissions(), fs::perms(0644));
  EXPECT_FALSE(fs::exists(scratch.File("a.new")));
}

// What stands where a fresh file is to be written, or is read, may be anybody's from an earlier day.
TEST(PrivateDirectory, FollowsNoLinkInIt) {
  const Scratch scratch;
  const Scratch elsewhere;
  const std::string victim = elsewhere.File("victim");
  std::ofstream(victim) << "as it was";
  for (const std::string name : {"a", "a.new", "lock"}) fs::create_symlink(victim, scratch.File(name));
  const auto directory = PrivateDirectory::Open(scratch.path());
  ASSERT_TRUE(directory.ok());
  EXPECT_EQ(directory->ReadFile("a", 100).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(directory->SizeOf("a").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(directory->OpenOrMakeFile("lock").status().message()),
              HasSubstr("/lock: is a symbolic link, which is not followed"));
  EXPECT_EQ(directory->ReplaceFile("a", "ours", 0600), absl::OkStatus());
  EXPECT_EQ(directory->ReadFile("a", 100).value(), "ours");
  std::string text;
  std::getline(std::ifstream(victim), text);
  EXPECT_EQ(text, "as it was");
}

TEST(PrivateDirectory, IsTheOneThatWasCheckedWhateverBecomesOfItsPath) {
  const Scratch scratch;
  fs::create_directory(scratch.File("d"));
  const auto directory = PrivateDirectory::Open(scratch.File("d"));
  ASSERT_TRUE(directory.ok());
  fs::rename(scratch.File("d"), scratch.File("moved"));
  fs::create_directory(scratch.File("d"));
  EXPECT_EQ(directory->ReplaceFile("a", "x", 0600), absl::OkStatus());
  EXPECT_TRUE(fs::exists(scratch.File("moved/a")));
  EXPECT_FALSE(fs::exists(scratch.File("d/a")));
}

TEST(PrivateDirectory, ReadsNoPipeAndNothingWithoutABound) {
  const Scratch scratch;
  ASSERT_EQ(mkfifo(scratch.File("pipe").c_str(), 0600), 0);
  const auto directory = PrivateDirectory::Open(scratch.path());
  ASSERT_TRUE(directory.ok());
  EXPECT_EQ(directory->ReadFile("pipe", 100).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(directory->ReplaceFile("a", std::string(101, 'x'), 0600), absl::OkStatus());
  EXPECT_EQ(directory->ReadFile("a", 100).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(directory->ReadFile("none", 100).status().code(), absl::StatusCode::kNotFound);
}

TEST(PrivateDirectory, SaysWhichFileCannotBeWritten) {
  const Scratch scratch;
  fs::create_directory(scratch.File("a"));
  const auto directory = PrivateDirectory::Open(scratch.path());
  ASSERT_TRUE(directory.ok());
  const absl::Status status = directory->ReplaceFile("a", "x", 0600);
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("replace ", scratch.File("a"), ": ")));
  EXPECT_FALSE(fs::exists(scratch.File("a.new")));
}

}  // namespace
}  // namespace arbiter::process
