#include "arbiter/client/tls_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/time/clock.h"
#include "tests/arbiter/server/test_authority.h"

namespace arbiter::client {
namespace {

class TlsFilesTest : public testing::Test {
 protected:
  TlsFilesTest() {
    std::string pattern = testing::TempDir() + "tls.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TlsFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string WriteFile(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
};

TEST_F(TlsFilesTest, GoodOnesAreFine) {
  server::TestAuthority authority(folder_, "ca");
  EXPECT_TRUE(CheckTlsFiles(authority.Issue("a", "DNS:a"), absl::Now()).ok());
}

TEST_F(TlsFilesTest, AllThreeAreNeeded) {
  server::TestAuthority authority(folder_, "ca");
  TlsFiles files = authority.Issue("a", "DNS:a");
  files.key.clear();
  EXPECT_EQ(CheckTlsFiles(files, absl::Now()).message(), "TLS needs all three of --tls-cert, --tls-key and --tls-ca");
}

TEST_F(TlsFilesTest, AMissingFileIsNamed) {
  server::TestAuthority authority(folder_, "ca");
  TlsFiles files = authority.Issue("a", "DNS:a");
  files.key = folder_ + "/none";
  const absl::Status status = CheckTlsFiles(files, absl::Now());
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "read TLS key " + folder_ + "/none: No such file or directory");
}

TEST_F(TlsFilesTest, WhatIsNoPemIsNamed) {
  server::TestAuthority authority(folder_, "ca");
  TlsFiles files = authority.Issue("a", "DNS:a");
  files.cert = WriteFile("garbage", "garbage");
  EXPECT_EQ(CheckTlsFiles(files, absl::Now()).message(),
            "read TLS certificate " + folder_ + "/garbage: no certificate in PEM form");
  files = authority.Issue("a", "DNS:a");
  files.key = files.cert;
  EXPECT_EQ(CheckTlsFiles(files, absl::Now()).message(),
            "read TLS key " + files.cert + ": no private key in PEM form without a password");
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsRefused) {
  server::TestAuthority authority(folder_, "ca");
  TlsFiles files = authority.Issue("a", "DNS:a");
  files.key = authority.Issue("b", "DNS:b").key;
  EXPECT_EQ(CheckTlsFiles(files, absl::Now()).message(),
            "TLS key " + files.key + ": is not the key of certificate " + files.cert);
}

TEST_F(TlsFilesTest, ACertificateOutsideItsTimeIsRefused) {
  server::TestAuthority authority(folder_, "ca");
  const TlsFiles files = authority.Issue("a", "DNS:a");
  EXPECT_EQ(CheckTlsFiles(files, absl::Now() + absl::Hours(2)).message(),
            "certificate " + files.cert + ": expired; issue a new one");
  EXPECT_EQ(CheckTlsFiles(files, absl::Now() - absl::Hours(2)).message(),
            "certificate " + files.cert + ": not yet valid; is this machine's clock right?");
}

}  // namespace
}  // namespace arbiter::client
