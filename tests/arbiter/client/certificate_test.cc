#include "arbiter/client/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/arbiter/server/test_authority.h"

namespace arbiter::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    std::string pattern = testing::TempDir() + "certificate.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~CertificateTest() override { std::filesystem::remove_all(folder_); }

  Certificate Issued(const std::string& san, const std::string& role = "") {
    server::TestAuthority authority(folder_, "ca");
    std::stringstream pem;
    pem << std::ifstream(authority.Issue("common", san, 3600, role).cert).rdbuf();
    const auto certificate = ReadCertificate(pem.str());
    EXPECT_TRUE(certificate.ok()) << certificate.status();
    return certificate.value_or(Certificate());
  }

  std::string folder_;
};

TEST_F(CertificateTest, NamesAreReadByTheirType) {
  const Certificate read = Issued("DNS:a,email:a@example.org,URI:arbiter://prod/a,IP:192.0.2.1,URI:https://a,DNS:b");
  EXPECT_THAT(read.names, ElementsAre("a", "b"));
  EXPECT_THAT(read.mails, ElementsAre("a@example.org"));
  EXPECT_THAT(read.nodes, ElementsAre("prod/a"));
}

TEST_F(CertificateTest, TheCommonNameIsNoName) { EXPECT_THAT(Issued("IP:192.0.2.1").names, IsEmpty()); }

TEST_F(CertificateTest, TheRoleIsReadOutOfOurOwnSubjectsOnly) {
  EXPECT_EQ(Issued("DNS:a", "node").role, "node");
  EXPECT_EQ(Issued("DNS:a").role, "");
}

TEST_F(CertificateTest, TheSerialNumberIsItsOwn) { EXPECT_EQ(Issued("DNS:a").serial, "2"); }

TEST(ReadCertificate, RefusesWhatIsNone) {
  EXPECT_FALSE(ReadCertificate("").ok());
  EXPECT_FALSE(ReadCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").ok());
}

TEST(PlainSerial, IsOneFormOfAll) {
  EXPECT_EQ(PlainSerial("00:4F:3a"), "4f3a");
  EXPECT_EQ(PlainSerial("4F3A"), "4f3a");
  EXPECT_EQ(PlainSerial("4f3g"), "");
  EXPECT_EQ(PlainSerial(""), "");
}

}  // namespace
}  // namespace arbiter::client
