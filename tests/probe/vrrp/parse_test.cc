// Adverts, well formed and with each defect that a receiver can drop them for.
#include "probe/vrrp/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ParseResult ParseEthernet(const Packet& frame) { return ParseFrame(frame, frame.size(), LinkType::kEthernet); }

Advertisement ParseAdvert(const Packet& frame, LinkType link_type = LinkType::kEthernet) {
  const ParseResult result = ParseFrame(frame, frame.size(), link_type);
  if (const auto* malformed = std::get_if<Malformed>(&result)) ADD_FAILURE() << ToText(*malformed);
  if (!std::holds_alternative<Advertisement>(result)) {
    ADD_FAILURE() << "no advertisement but alternative " << result.index();
    return {};
  }
  return std::get<Advertisement>(result);
}

TEST(ParseAdvert, ReadsEveryFieldOfVersion2) {
  AdvertSpec spec;
  spec.auth_type = kAuthSimple;
  spec.auth_data = std::string("secret\0\0", 8);
  spec.interval_cs = 300;
  spec.addresses = {"192.168.1.212", "192.168.1.213"};
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.version, 2);
  EXPECT_EQ(advert.vrid, 66);
  EXPECT_EQ(advert.priority, 100);
  EXPECT_EQ(advert.interval_cs, 300);
  EXPECT_EQ(advert.auth_type, kAuthSimple);
  EXPECT_THAT(advert.auth_data.bytes(), ElementsAre('s', 'e', 'c', 'r', 'e', 't', 0, 0));
  EXPECT_THAT(advert.addresses.ToVector(),
              ElementsAre(IpAddress::Parse("192.168.1.212").value(), IpAddress::Parse("192.168.1.213").value()));
  EXPECT_EQ(advert.origin.source.ToString(), "192.168.1.11");
  EXPECT_EQ(advert.origin.destination.ToString(), "224.0.0.18");
  EXPECT_EQ(advert.origin.ttl, 255);
  EXPECT_EQ(advert.origin.source_mac, MacAddress::Parse("02:00:00:00:00:0b").value());
  EXPECT_THAT(advert.origin.vlan.ids(), IsEmpty());
  EXPECT_EQ(advert.checksum, ChecksumHabit::kMessageOnly);
  EXPECT_EQ(advert.excess_bytes, 0);
  EXPECT_TRUE(advert.defects.empty());
  EXPECT_FALSE(advert.origin.behind_ah || advert.hmac_trailer || advert.cut_by_capture || advert.stops());
}

TEST(ParseAdvert, ReadsEveryFieldOfVersion3OverIpv6) {
  AdvertSpec spec = Ipv6Spec();
  spec.interval_cs = 4095;
  spec.priority = 0;
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.version, 3);
  EXPECT_EQ(advert.family(), IpAddress::Family::kV6);
  EXPECT_EQ(advert.interval_cs, 4095);
  EXPECT_EQ(advert.auth_type, std::nullopt);
  EXPECT_THAT(advert.addresses.ToVector(),
              ElementsAre(IpAddress::Parse("fe80::212").value(), IpAddress::Parse("2001:db8::212").value()));
  EXPECT_EQ(advert.origin.source.ToString(), "fe80::b");
  EXPECT_EQ(advert.checksum, ChecksumHabit::kPseudoHeader);
  EXPECT_TRUE(advert.defects.empty());
  EXPECT_TRUE(advert.stops());
}

TEST(ParseAdvert, IgnoresTheReservedBitsBesideTheInterval) {
  AdvertSpec spec;
  spec.version = 3;
  spec.interval_cs = 0xf064;
  EXPECT_EQ(ParseAdvert(BuildEthernet(spec)).interval_cs, 100);
}

TEST(ParseAdvert, TellsTheThreeChecksumHabitsOfVersion3OverIpv4Apart) {
  for (const ChecksumHabit habit :
       {ChecksumHabit::kMessageOnly, ChecksumHabit::kPseudoHeader, ChecksumHabit::kLegacyUnicastPseudoHeader}) {
    AdvertSpec spec;
    spec.version = 3;
    spec.destination = "192.168.1.12";
    spec.checksum = habit;
    const Advertisement advert = ParseAdvert(BuildEthernet(spec));
    EXPECT_EQ(advert.checksum, habit) << std::string(NameOf(habit));
    EXPECT_TRUE(advert.defects.empty()) << std::string(NameOf(habit));
  }
}

TEST(ParseAdvert, KeepsOddNumbersInTheChecksumApart) {
  AdvertSpec spec = Ipv6Spec();
  spec.trailing_zeros = 3;
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.checksum, ChecksumHabit::kPseudoHeader);
  EXPECT_THAT(advert.defects.ToVector(), ElementsAre(Defect::kLong));
}

struct DefectCase {
  const char* what;
  AdvertSpec spec;
  Defect defect;
};

std::vector<DefectCase> DefectCases() {
  std::vector<DefectCase> cases;
  const auto add = [&cases](const char* what, Defect defect, AdvertSpec base, auto change) {
    change(base);
    cases.push_back({what, base, defect});
  };
  add("TTL 64", Defect::kTtl, {}, [](AdvertSpec& s) { s.ttl = 64; });
  add("hop limit 64", Defect::kTtl, Ipv6Spec(), [](AdvertSpec& s) { s.ttl = 64; });
  add("wrong v2 checksum", Defect::kChecksum, {}, [](AdvertSpec& s) { s.checksum = ChecksumHabit::kWrong; });
  add("wrong v6 checksum", Defect::kChecksum, Ipv6Spec(), [](AdvertSpec& s) { s.checksum = ChecksumHabit::kWrong; });
  add("v2 with a pseudo header", Defect::kChecksum, {},
      [](AdvertSpec& s) { s.checksum = ChecksumHabit::kPseudoHeader; });
  add("v6 without one", Defect::kChecksum, Ipv6Spec(), [](AdvertSpec& s) { s.checksum = ChecksumHabit::kMessageOnly; });
  add("count above what is there", Defect::kShort, {}, [](AdvertSpec& s) { s.count = 5; });
  add("255 addresses said, 1 there", Defect::kShort, Ipv6Spec(), [](AdvertSpec& s) { s.count = 255; });
  add("4 bytes too many", Defect::kLong, {}, [](AdvertSpec& s) { s.trailing_zeros = 4; });
  add("28 bytes too many that are no trailer", Defect::kLong, {}, [](AdvertSpec& s) { s.trailing_zeros = 28; });
  add("no address", Defect::kNoAddresses, {}, [](AdvertSpec& s) { s.addresses.clear(); });
  add("VRID 0", Defect::kVrid, {}, [](AdvertSpec& s) { s.vrid = 0; });
  for (const char* source : {"0.0.0.0", "224.0.0.18", "255.255.255.255", "127.0.0.1"}) {
    add(source, Defect::kSource, {}, [source](AdvertSpec& s) { s.source = source; });
  }
  for (const char* source : {"::", "ff02::12", "::1"}) {
    add(source, Defect::kSource, Ipv6Spec(), [source](AdvertSpec& s) { s.source = source; });
  }
  return cases;
}

TEST(ParseAdvert, ReportsWhatAReceiverWouldDropWithTheDefectNamed) {
  for (const DefectCase& c : DefectCases()) {
    const Advertisement advert = ParseAdvert(BuildEthernet(c.spec));
    EXPECT_THAT(advert.defects.ToVector(), ElementsAre(c.defect)) << c.what;
    EXPECT_EQ(advert.vrid, c.spec.vrid) << c.what;
  }
}

TEST(ParseAdvert, NamesAWrongIpHeaderChecksum) {
  Packet frame = BuildEthernet({});
  frame[14 + 10] ^= 0x01U;
  EXPECT_THAT(ParseAdvert(frame).defects.ToVector(), ElementsAre(Defect::kIpChecksum));
}

TEST(ParseAdvert, AllowsAnyTtlInUnicast) {
  AdvertSpec spec;
  spec.destination = "192.168.1.12";
  spec.ttl = 64;
  EXPECT_TRUE(ParseAdvert(BuildEthernet(spec)).defects.empty());
}

TEST(ParseAdvert, KeepsTheAddressesThatAShortPacketHas) {
  AdvertSpec spec;
  spec.version = 3;
  spec.addresses = {"192.168.1.212", "192.168.1.213"};
  spec.count = 9;
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.addresses.stated(), 9U);
  EXPECT_EQ(advert.addresses.size(), 2U);
  EXPECT_TRUE(advert.addresses.cut());
}

TEST(ParseAdvert, Holds255Ipv4Addresses) {
  AdvertSpec spec;
  spec.addresses.clear();
  for (int i = 1; i <= 255; ++i) spec.addresses.push_back("10.0.0." + std::to_string(i));
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.addresses.size(), 255U);
  EXPECT_FALSE(advert.addresses.cut());
  EXPECT_EQ(advert.addresses[254].ToString(), "10.0.0.255");
  EXPECT_TRUE(advert.defects.empty());
}

TEST(ParseAdvert, CutsAnIpv6ListThatNoEthernetFrameCouldCarryAndSaysSo) {
  AdvertSpec spec = Ipv6Spec();
  spec.addresses.clear();
  for (int i = 1; i <= 200; ++i) spec.addresses.push_back("2001:db8::" + std::to_string(i));
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_EQ(advert.addresses.stated(), 200U);
  EXPECT_EQ(advert.addresses.size(), 90U);
  EXPECT_TRUE(advert.addresses.cut());
  EXPECT_TRUE(advert.defects.empty());
  EXPECT_EQ(advert.addresses[89].ToString(), "2001:db8::90");
}

TEST(ParseAdvert, IgnoresEthernetPadding) {
  AdvertSpec spec;
  spec.padding = 6;
  const Advertisement advert = ParseAdvert(BuildEthernet(spec));
  EXPECT_TRUE(advert.defects.empty());
  EXPECT_EQ(advert.excess_bytes, 0);
}

TEST(ParseAdvert, ReadsVlanTagsOutermostFirst) {
  AdvertSpec spec;
  spec.vlans = {100};
  EXPECT_THAT(ParseAdvert(BuildEthernet(spec)).origin.vlan.ids(), ElementsAre(100));
  spec.vlans = {4094, 5};
  EXPECT_THAT(ParseAdvert(BuildEthernet(spec)).origin.vlan.ids(), ElementsAre(4094, 5));
}

TEST(ParseAdvert, LooksBehindAnAuthenticationHeader) {
  for (AdvertSpec spec : {AdvertSpec(), Ipv6Spec()}) {
    spec.behind_ah = true;
    const Advertisement advert = ParseAdvert(BuildEthernet(spec));
    EXPECT_TRUE(advert.origin.behind_ah);
    EXPECT_EQ(advert.vrid, 66);
    EXPECT_TRUE(advert.defects.empty());
  }
}

TEST(ParseAdvert, RecognisesTheHmacTrailerInBothVersionsAndFamilies) {
  AdvertSpec v3;
  v3.version = 3;
  v3.checksum = ChecksumHabit::kPseudoHeader;
  for (AdvertSpec spec : {AdvertSpec(), v3, Ipv6Spec()}) {
    spec.hmac_trailer = true;
    const Advertisement advert = ParseAdvert(BuildEthernet(spec));
    EXPECT_TRUE(advert.hmac_trailer);
    EXPECT_EQ(advert.excess_bytes, 28);
    EXPECT_EQ(advert.checksum, spec.checksum);
    EXPECT_TRUE(advert.defects.empty());
  }
}

TEST(ParseAdvert, SkipsIpv4Options) {
  Packet packet = BuildIpPacket({});
  packet.insert(packet.begin() + 20, {0x94, 0x04, 0, 0});  // router alert
  packet[0] = 0x46;
  packet[3] = static_cast<std::uint8_t>(packet[3] + 4);
  const Advertisement advert = ParseAdvert(packet, LinkType::kRawIp);
  EXPECT_EQ(advert.vrid, 66);
  EXPECT_THAT(advert.defects.ToVector(), ElementsAre(Defect::kIpChecksum));
}

TEST(ParseAdvert, SkipsIpv6ExtensionHeaders) {
  Packet packet = BuildIpPacket(Ipv6Spec());
  packet.insert(packet.begin() + 40, {112, 0, 5, 2, 0, 0, 1, 0});  // hop-by-hop with router alert
  packet[6] = 0;
  packet[5] = static_cast<std::uint8_t>(packet[5] + 8);
  EXPECT_TRUE(ParseAdvert(packet, LinkType::kRawIp).defects.empty());
}

TEST(ParseAdvert, ReadsCookedFramesAndTheirDirection) {
  EXPECT_EQ(ParseAdvert(BuildCooked({}, true), LinkType::kLinuxCooked).origin.direction, Direction::kSent);
  EXPECT_EQ(ParseAdvert(BuildCooked({}, false), LinkType::kLinuxCooked).origin.direction, Direction::kReceived);
  EXPECT_EQ(ParseAdvert(BuildCooked2({}, true), LinkType::kLinuxCooked2).origin.direction, Direction::kSent);
  const Advertisement advert = ParseAdvert(BuildCooked2(Ipv6Spec(), false), LinkType::kLinuxCooked2);
  EXPECT_EQ(advert.origin.direction, Direction::kReceived);
  EXPECT_EQ(advert.origin.source_mac, MacAddress::Parse("02:00:00:00:00:0b").value());
  EXPECT_EQ(advert.version, 3);
}

TEST(ParseAdvert, ReadsRawIpOfEitherFamily) {
  EXPECT_EQ(ParseAdvert(BuildIpPacket({}), LinkType::kRawIp).origin.source_mac, std::nullopt);
  EXPECT_EQ(ParseAdvert(BuildIpPacket(Ipv6Spec()), LinkType::kRawIp).version, 3);
}

TEST(ParseAdvert, TakesTheIpv6EnvelopeFromTheCaller) {
  const AdvertSpec spec = Ipv6Spec();
  const Ipv6Envelope envelope = {IpAddress::Parse(spec.source).value(), IpAddress::Parse(spec.destination).value(),
                                 254};
  const ParseResult result = ParseIpv6Payload(BuildMessage(spec), envelope);
  const auto& advert = std::get<Advertisement>(result);
  EXPECT_EQ(advert.origin.source.ToString(), "fe80::b");
  EXPECT_EQ(advert.checksum, ChecksumHabit::kPseudoHeader);
  EXPECT_THAT(advert.defects.ToVector(), ElementsAre(Defect::kTtl));
}

TEST(ParseAdvert, SaysWhenTheCaptureKeptTooLittleInsteadOfBlamingTheSender) {
  const Packet whole = BuildEthernet({});
  const Packet cut(whole.begin(), whole.end() - 10);
  const ParseResult result = ParseFrame(cut, whole.size(), LinkType::kEthernet);
  const auto& advert = std::get<Advertisement>(result);
  EXPECT_TRUE(advert.cut_by_capture);
  EXPECT_EQ(advert.checksum, ChecksumHabit::kUnverified);
  EXPECT_TRUE(advert.addresses.cut());
  EXPECT_TRUE(advert.defects.empty());
}

TEST(ParseAdvert, CopiesAreEqualAndIndependent) {
  Advertisement first = ParseAdvert(BuildEthernet({}));
  const Advertisement copy = first;
  EXPECT_EQ(copy.addresses, first.addresses);
  first.addresses = ParseAdvert(BuildEthernet(Ipv6Spec())).addresses;
  EXPECT_EQ(copy.addresses.size(), 1U);
  EXPECT_FALSE(copy.addresses == first.addresses);
}

TEST(ParseCarp, IsToldFromVersion2WithSevenAddresses) {
  CarpSpec spec;
  for (const bool v6 : {false, true}) {
    spec.v6 = v6;
    const ParseResult result = ParseEthernet(BuildCarp(spec));
    ASSERT_TRUE(std::holds_alternative<CarpAdvertisement>(result)) << v6;
    const auto& carp = std::get<CarpAdvertisement>(result);
    EXPECT_EQ(carp.vhid, 7);
    EXPECT_EQ(carp.advbase_s, 1);
    EXPECT_EQ(carp.advskew, 1);
    EXPECT_TRUE(carp.checksum_ok);
  }
  AdvertSpec seven;
  seven.addresses.assign(7, "192.168.1.212");
  EXPECT_EQ(ParseAdvert(BuildEthernet(seven)).addresses.size(), 7U);
}

TEST(ParseCarp, IsRecognisedWhileItDemotesItself) {
  CarpSpec spec;
  spec.demotion = 33;
  EXPECT_EQ(std::get<CarpAdvertisement>(ParseEthernet(BuildCarp(spec))).demotion, 33);
}

// RFC 3768, section 5.3.8: "the entire VRRP message". Cisco's MD5 authentication has the type 254 and 20 bytes more.
TEST(ParseAdvert, SumsUpTheWholeMessageWhateverItsCountSays) {
  AdvertSpec md5;
  md5.auth_type = 254;
  md5.excess = "\x01\x02\x03\x04 and sixteen more";
  const Advertisement cisco = ParseAdvert(BuildEthernet(md5));
  EXPECT_EQ(cisco.checksum, ChecksumHabit::kMessageOnly);
  EXPECT_EQ(cisco.excess_bytes, md5.excess.size());
  EXPECT_FALSE(cisco.hmac_trailer);
  EXPECT_TRUE(cisco.defects.empty()) << "the data of a type that no RFC has is as long as it is";
  md5.excess.resize(28, '\x02');
  EXPECT_FALSE(ParseAdvert(BuildEthernet(md5)).hmac_trailer);
  AdvertSpec v2;
  v2.excess = "odd";
  EXPECT_EQ(ParseAdvert(BuildEthernet(v2)).checksum, ChecksumHabit::kMessageOnly);
  EXPECT_THAT(ParseAdvert(BuildEthernet(v2)).defects.ToVector(), ElementsAre(Defect::kLong));
  for (const ChecksumHabit habit : {ChecksumHabit::kMessageOnly, ChecksumHabit::kPseudoHeader}) {
    AdvertSpec v3;
    v3.version = 3;
    v3.excess = "five!";
    v3.checksum = habit;
    EXPECT_EQ(ParseAdvert(BuildEthernet(v3)).checksum, habit);
    EXPECT_THAT(ParseAdvert(BuildEthernet(v3)).defects.ToVector(), ElementsAre(Defect::kLong));
  }
}

}  // namespace
}  // namespace probe::vrrp
