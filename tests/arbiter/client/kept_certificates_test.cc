#include "arbiter/client/kept_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "tests/arbiter/server/test_authority.h"

namespace arbiter::client {
namespace {

using testing::HasSubstr;

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class KeptCertificatesTest : public testing::Test {
 protected:
  KeptCertificatesTest() {
    std::string pattern = testing::TempDir() + "kept.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    authority_.emplace(folder_, "ca");
    files_ = authority_->Issue("a", "DNS:a");
    first_ = *ReadTlsFiles(files_);
    kept_ = *KeptCertificates::Open(files_, absl::Now());
  }
  ~KeptCertificatesTest() override { std::filesystem::remove_all(folder_); }

  // What gRPC would read.
  TlsTexts Kept() { return {Read(kept_->kept().cert), Read(kept_->kept().key), Read(kept_->kept().ca)}; }
  static void Overwrite(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

  std::string folder_;
  std::optional<server::TestAuthority> authority_;
  TlsFiles files_;
  TlsTexts first_;
  std::unique_ptr<KeptCertificates> kept_;
};

TEST_F(KeptCertificatesTest, HasWhatTheFilesHaveAndSaysNothingWhileTheyStay) {
  EXPECT_EQ(Kept(), first_);
  EXPECT_TRUE(CheckTlsFiles(kept_->kept(), absl::Now()).ok());
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
}

TEST_F(KeptCertificatesTest, TakesNewOnesUnderTheSameNames) {
  const TlsFiles names = kept_->kept();
  authority_->Issue("a", "DNS:a");  // in place of the former
  EXPECT_EQ(kept_->Look(absl::Now()), absl::OkStatus());
  EXPECT_EQ(Kept(), *ReadTlsFiles(files_));
  EXPECT_NE(Kept().cert, first_.cert);
  EXPECT_EQ(kept_->kept().cert, names.cert);
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
}

TEST_F(KeptCertificatesTest, KeepsTheOldOnesWhereTheNewOnesAreBadAndSaysSoOnce) {
  Overwrite(files_.cert, "junk");
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt) << "a copy may be under way";
  const std::optional<absl::Status> told = kept_->Look(absl::Now());
  ASSERT_TRUE(told.has_value());
  EXPECT_THAT(std::string(told->message()), HasSubstr(files_.cert));
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
  EXPECT_EQ(Kept(), first_);
}

TEST_F(KeptCertificatesTest, AKeyThatDoesNotFitYetIsWaitedFor) {
  const std::string key = Read(files_.key);
  const TlsFiles other = authority_->Issue("b", "DNS:b");
  Overwrite(files_.key, Read(other.key));
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
  Overwrite(files_.cert, Read(other.cert));
  EXPECT_EQ(kept_->Look(absl::Now()), absl::OkStatus());
  EXPECT_EQ(Kept().key, Read(other.key));
}

TEST_F(KeptCertificatesTest, AFileThatIsGoneChangesNothing) {
  std::filesystem::remove(files_.key);
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
  EXPECT_EQ(kept_->Look(absl::Now())->code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Kept(), first_);
  Overwrite(files_.key, first_.key);
  EXPECT_EQ(kept_->Look(absl::Now()), absl::OkStatus());
}

TEST_F(KeptCertificatesTest, AnExpiredOneIsNotTaken) {
  authority_->Issue("a", "DNS:a", -60);
  EXPECT_EQ(kept_->Look(absl::Now()), std::nullopt);
  EXPECT_THAT(std::string(kept_->Look(absl::Now())->message()), HasSubstr("expired"));
  EXPECT_EQ(Kept(), first_);
}

TEST_F(KeptCertificatesTest, OneThatIsNotYetValidIsTakenOnceItIs) {
  authority_->Issue("a", "DNS:a");
  EXPECT_EQ(kept_->Look(absl::Now() - absl::Hours(2)), std::nullopt);
  EXPECT_THAT(std::string(kept_->Look(absl::Now() - absl::Hours(2))->message()), HasSubstr("not yet valid"));
  EXPECT_EQ(kept_->Look(absl::Now() - absl::Hours(2)), std::nullopt);
  EXPECT_EQ(Kept(), first_);
  EXPECT_EQ(kept_->Look(absl::Now()), absl::OkStatus());
  EXPECT_EQ(Kept(), *ReadTlsFiles(files_));
}

TEST_F(KeptCertificatesTest, BadOnesAreNoBeginning) {
  Overwrite(files_.key, "junk");
  EXPECT_FALSE(KeptCertificates::Open(files_, absl::Now()).ok());
}

}  // namespace
}  // namespace arbiter::client
