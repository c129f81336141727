#include "probe/keepalived/fingerprint.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

const std::vector<std::uint8_t> kKey(16, 0x0b);

Authentication Auth(AuthType type, absl::string_view password) {
  Authentication authentication;
  authentication.type = type;
  authentication.password = Secret(password);
  return authentication;
}

std::string Print(AuthType type, absl::string_view password, const std::vector<std::uint8_t>& key = kKey) {
  const absl::StatusOr<std::string> fingerprint = Fingerprint(key, Auth(type, password));
  EXPECT_TRUE(fingerprint.ok()) << fingerprint.status();
  return fingerprint.value_or("");
}

// The authentication of an instance with this password in its file.
Authentication Read(const std::string& password) {
  return ReadText(InstanceText("A", " authentication {\n auth_type PASS\n auth_pass " + password + "\n }\n"))
      .instances.at(0)
      .authentication;
}

TEST(Fingerprint, IsTheBeginningOfAnHmac) {
  // printf 'PASS\0secret' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b
  EXPECT_EQ(Print(AuthType::kPassword, "secret"), "ab2f31d78fce4c14");
}

TEST(Fingerprint, DiffersByPasswordTypeAndKey) {
  const std::string base = Print(AuthType::kPassword, "secret");
  EXPECT_NE(Print(AuthType::kPassword, "secreT"), base);
  EXPECT_NE(Print(AuthType::kHeader, "secret"), base);
  EXPECT_NE(Print(AuthType::kPassword, "secret", std::vector<std::uint8_t>(16, 0x0c)), base);
  EXPECT_EQ(Print(AuthType::kPassword, "secret"), base);
}

TEST(Fingerprint, CountsEightCharactersAsTheDaemonDoes) {
  const absl::StatusOr<std::string> longer = Fingerprint(kKey, Read("12345678abc"));
  const absl::StatusOr<std::string> exact = Fingerprint(kKey, Read("12345678"));
  ASSERT_TRUE(longer.ok() && exact.ok());
  EXPECT_EQ(*longer, *exact);
}

TEST(Fingerprint, OfNoAuthenticationIsSaidInWords) { EXPECT_EQ(Print(AuthType::kNone, ""), "none"); }

TEST(Fingerprint, IsNotMadeWithoutAKey) {
  EXPECT_EQ(Fingerprint({}, Auth(AuthType::kPassword, "x")).status().code(), absl::StatusCode::kInvalidArgument);
}

template <typename T, typename = void>
struct Printable : std::false_type {};
template <typename T>
struct Printable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<T>())>> : std::true_type {};

TEST(Secret, CannotBePrinted) {
  static_assert(Printable<std::string>::value);
  static_assert(!Printable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
}

TEST(Secret, IsEmptyAfterAMove) {
  Secret from("secret");
  const Secret to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_TRUE(to == Secret("secret"));
}

TEST(Password, IsInNoDiagnostic) {
  const Config config = ReadText(InstanceText("A",
                                              " authentication {\n auth_type PASS\n auth_pass hushhushhush\n "
                                              "auth_passs hushhush\n auth_pass \"hush\n }\n") +
                                 "vrrp_instance B {\n auth_pass hush2\n}\n");
  ASSERT_GE(config.diagnostics.size(), 4U);
  for (const std::string& text : Texts(config)) {
    EXPECT_EQ(text.find("hush"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace probe::keepalived
