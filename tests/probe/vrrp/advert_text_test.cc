// The lines that `sniff` prints.
#include "probe/vrrp/advert_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Sighting At(std::string interface, Direction direction) {
  return {absl::FromUnixMicros(1767323045678901), std::move(interface), direction};
}

Advertisement Parse(const AdvertSpec& spec) {
  const Packet frame = BuildEthernet(spec);
  return std::get<Advertisement>(ParseFrame(frame, frame.size(), LinkType::kEthernet));
}

AdvertSpec Everything() {
  AdvertSpec spec;
  spec.version = 3;
  spec.ttl = 64;
  spec.vlans = {100, 5};
  spec.behind_ah = true;
  spec.interval_cs = 25;
  spec.trailing_zeros = 12;
  spec.count = 2;
  spec.checksum = ChecksumHabit::kWrong;
  return spec;
}

TEST(AdvertText, ShowsAPlainAdvert) {
  EXPECT_EQ(ToText(Parse({}), At("eth0", Direction::kReceived)),
            "2026-01-02T03:04:05.678901Z eth0 received 192.168.1.11 > 224.0.0.18 ttl 255 mac 02:00:00:00:00:0b VRRPv2 "
            "vrid 66 prio 100 interval 1s auth none addrs(1) 192.168.1.212 checksum message-only");
}

TEST(AdvertText, ShowsWhatIsSeldomThere) {
  EXPECT_EQ(
      ToText(Parse(Everything()), At("", Direction::kUnknown)),
      "2026-01-02T03:04:05.678901Z vlan 100.5 192.168.1.11 > 224.0.0.18 ttl 64 AH mac 02:00:00:00:00:0b VRRPv3 vrid "
      "66 prio 100 interval 0.25s addrs(2) 192.168.1.212,0.0.0.0 checksum wrong trailer 8 bytes defects "
      "ttl,checksum,long");
}

TEST(AdvertText, WritesIntervalsExactly) {
  using Case = std::pair<std::uint16_t, const char*>;
  for (const auto& [interval_cs, text] :
       {Case{100, " interval 1s "}, Case{50, " interval 0.5s "}, Case{5, " interval 0.05s "},
        Case{4095, " interval 40.95s "}, Case{0, " interval 0s "}}) {
    AdvertSpec spec;
    spec.version = 3;
    spec.interval_cs = interval_cs;
    EXPECT_THAT(ToText(Parse(spec), {}), HasSubstr(text));
  }
}

TEST(AdvertText, MarksAListThatIsCut) {
  AdvertSpec spec;
  spec.version = 3;
  spec.count = 3;
  EXPECT_THAT(ToText(Parse(spec), {}), HasSubstr("addrs(3) 192.168.1.212,... checksum"));
  spec.addresses.clear();
  EXPECT_THAT(ToText(Parse(spec), {}), HasSubstr("addrs(3) ... checksum"));
}

TEST(AdvertText, NeverShowsThePassword) {
  AdvertSpec spec;
  spec.auth_type = kAuthSimple;
  spec.auth_data = "hunter22";
  const Advertisement advert = Parse(spec);
  EXPECT_THAT(ToText(advert, {}), HasSubstr(" auth simple "));
  EXPECT_THAT(ToText(advert, {}), Not(HasSubstr("hunter22")));
  EXPECT_THAT(ToJson(advert, {}), HasSubstr(R"("authType":"simple")"));
  EXPECT_THAT(ToJson(advert, {}), Not(HasSubstr("hunter22")));
}

TEST(AdvertText, NamesTheHmacTrailer) {
  AdvertSpec spec;
  spec.hmac_trailer = true;
  EXPECT_THAT(ToText(Parse(spec), {}), HasSubstr(" trailer hmac"));
}

TEST(AdvertText, NamesUnknownAuthenticationByItsNumber) {
  AdvertSpec spec;
  spec.auth_type = 7;
  EXPECT_THAT(ToText(Parse(spec), {}), HasSubstr(" auth type-7 "));
}

TEST(AdvertText, NamesCarp) {
  const Packet frame = BuildCarp({});
  const auto carp = std::get<CarpAdvertisement>(ParseFrame(frame, frame.size(), LinkType::kEthernet));
  EXPECT_THAT(
      ToText(carp, At("eth0", Direction::kReceived)),
      HasSubstr(
          "192.168.1.11 > 224.0.0.18 ttl 255 mac 02:00:00:00:00:0b CARP vhid 7 advbase 1s advskew 1 checksum ok"));
  EXPECT_THAT(ToJson(carp, {}), HasSubstr(R"("protocol":"carp")"));
}

TEST(AdvertJson, ShowsEveryField) {
  EXPECT_EQ(ToJson(Parse({}), At("eth0", Direction::kSent)),
            R"({"time":"2026-01-02T03:04:05.678901Z","interface":"eth0","direction":"sent","protocol":"vrrp",)"
            R"("vlan":[],"sourceMac":"02:00:00:00:00:0b","source":"192.168.1.11","destination":"224.0.0.18","ttl":255,)"
            R"("behindAh":false,"version":2,"vrid":66,"priority":100,"intervalMs":1000,"authType":"none",)"
            R"("addressCount":1,"addresses":["192.168.1.212"],"checksum":"message-only","trailerBytes":0,)"
            R"("hmacTrailer":false,"cutByCapture":false,"defects":[]})");
}

TEST(AdvertJson, WritesListsAndAbsentFields) {
  Advertisement advert = Parse(Everything());
  advert.origin.source_mac.reset();
  const std::string json = ToJson(advert, At("", Direction::kUnknown));
  for (const char* part :
       {R"("interface":null)", R"("direction":"unknown")", R"("vlan":[100,5])", R"("sourceMac":null)",
        R"("behindAh":true)", R"("intervalMs":250)", R"("authType":null)", R"("defects":["ttl","checksum","long"])"}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
}

TEST(AdvertJson, EscapesInterfaceNames) {
  using Case = std::pair<const char*, const char*>;
  for (const auto& [name, json] :
       {Case{"a\"b\\c", R"("a\"b\\c")"}, Case{"tab\there", R"("tab\u0009here")"}, Case{"del\x7f", R"("del\u007f")"},
        Case{"\xc3\xa4", "\"\xc3\xa4\""}, Case{"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        Case{"\xff\xc3", R"("\ufffd\ufffd")"}, Case{"\xc0\xaf", R"("\ufffd\ufffd")"},
        Case{"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"}}) {
    EXPECT_THAT(ToJson(Parse({}), At(name, Direction::kSent)), HasSubstr(std::string("\"interface\":") + json));
  }
}

}  // namespace
}  // namespace probe::vrrp
