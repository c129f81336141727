#include "probe/doctor/check_segment.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;

struct SegmentCase {
  std::string name;
  std::string more;  // of the instance
  std::function<void(HeardSource&)> change;
  Verdict verdict = Verdict::kFault;
  std::string says;
};

void PrintTo(const SegmentCase& c, std::ostream* out) { *out << c.name; }

class OneSender : public testing::TestWithParam<SegmentCase> {};

TEST_P(OneSender, IsJudgedAgainstTheConfiguration) {
  HeardSource source = Advert();
  GetParam().change(source);
  const Findings findings = CheckSegment(Configured(InstanceText(GetParam().more)), HeardFrom({source}));
  EXPECT_EQ(Worst(findings), GetParam().verdict) << Words(findings);
  EXPECT_THAT(Words(findings), HasSubstr(GetParam().says));
}

void Lists(HeardSource& source, const std::vector<std::string>& addresses) {
  source.last.addresses = Advert(addresses).last.addresses;
}

constexpr char kPassword[] = "authentication {\n auth_type PASS\n auth_pass secret\n }";

void SendsPassword(HeardSource& source, const std::string& password) {
  std::array<std::uint8_t, 8> bytes{};
  std::copy(password.begin(), password.end(), bytes.begin());
  source.last.auth_type = vrrp::kAuthSimple;
  source.last.auth_data = vrrp::AuthData(bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Adverts, OneSender,
    testing::Values(SegmentCase{"Healthy", "", [](HeardSource&) {}, Verdict::kOk,
                                "1 other sender, and its adverts fit"},
                    SegmentCase{"AnotherList", "",
                                [](HeardSource& s) {
                                  Lists(s, {"192.168.1.212", "192.168.1.213"});
                                },
                                Verdict::kFault, "it lists 192.168.1.212, 192.168.1.213, VI_1 has 192.168.1.212"},
                    SegmentCase{"NothingInCommon", "", [](HeardSource& s) { Lists(s, {"10.0.0.9"}); }, Verdict::kFault,
                                "VRID 66 of VI_1 is in use by 192.168.1.1 for 10.0.0.9"},
                    SegmentCase{"AnotherVrid", "", [](HeardSource& s) { s.last.vrid = 65; }, Verdict::kFault,
                                "advertises 192.168.1.212 under VRID 65, VI_1 has VRID 66"},
                    SegmentCase{"AStranger", "",
                                [](HeardSource& s) {
                                  s.last.vrid = 70;
                                  Lists(s, {"10.0.0.9"});
                                },
                                Verdict::kOk, "in use by others, and none of this node's: VRID 70 (192.168.1.1)"},
                    SegmentCase{"Version3", "", [](HeardSource& s) { s.last.version = 3; }, Verdict::kFault,
                                "it sends VRRPv3, VI_1 has VRRPv2"},
                    SegmentCase{"Interval", "", [](HeardSource& s) { s.last.interval_cs = 200; }, Verdict::kFault,
                                "it sends an interval of 2 s, VI_1 has 1 s"},
                    SegmentCase{"IntervalOfVersion3IsAdopted", "version 3",
                                [](HeardSource& s) {
                                  s.last.version = 3;
                                  s.last.interval_cs = 200;
                                  s.last.checksum = vrrp::ChecksumHabit::kPseudoHeader;
                                },
                                Verdict::kOk, "fit"},
                    SegmentCase{"NoPasswordThere", kPassword, [](HeardSource&) {}, Verdict::kFault,
                                "its authentication is none, that of VI_1 is PASS"},
                    SegmentCase{"AnotherPassword", kPassword, [](HeardSource& s) { SendsPassword(s, "Secret"); },
                                Verdict::kFault, "its password is not that of VI_1"},
                    SegmentCase{"TheSamePassword", kPassword, [](HeardSource& s) { SendsPassword(s, "secret"); },
                                Verdict::kOk, "fit"},
                    SegmentCase{"Ttl", "",
                                [](HeardSource& s) {
                                  s.last.origin.ttl = 254;
                                  s.last.defects.Add(vrrp::Defect::kTtl);
                                },
                                Verdict::kFault, "its TTL is 254"},
                    SegmentCase{"Checksum", "", [](HeardSource& s) { s.last.defects.Add(vrrp::Defect::kChecksum); },
                                Verdict::kFault, "malformed (checksum)"},
                    SegmentCase{"ChecksumHabit", "version 3",
                                [](HeardSource& s) {
                                  s.last.version = 3;
                                  s.last.checksum = vrrp::ChecksumHabit::kMessageOnly;
                                },
                                Verdict::kFault, "no pseudo header"},
                    SegmentCase{"MulticastAgainstUnicast", "unicast_peer {\n 192.168.1.1\n }", [](HeardSource&) {},
                                Verdict::kFault, "it sends to 224.0.0.18, VI_1 has unicast peers"},
                    SegmentCase{"UnicastOfNoPeer", "unicast_peer {\n 192.168.1.3\n }",
                                [](HeardSource& s) { s.last.origin.destination = Ip("192.168.1.2"); }, Verdict::kFault,
                                "it is no unicast_peer of VI_1"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Answering, AnotherHostThatHasAVipIsAFault) {
  EXPECT_TRUE(CheckAnswering({}).empty());
  const Findings findings = CheckAnswering({{Ip("192.168.1.212"), "02:00:00:00:00:66", "eth0", "ARP reply"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].verdict, Verdict::kFault);
  EXPECT_THAT(
      findings[0].evidence,
      HasSubstr("a host with MAC 02:00:00:00:00:66 answers for 192.168.1.212 (ARP reply), which this node has"));
  EXPECT_THAT(findings[0].repair, HasSubstr("find the host with 02:00:00:00:00:66"));
}

TEST(Segment, NeverShowsAPassword) {
  HeardSource source = Advert();
  SendsPassword(source, "otherpw");
  const Findings findings = CheckSegment(Configured(InstanceText(kPassword)), HeardFrom({source}));
  EXPECT_THAT(Words(findings), testing::Not(HasSubstr("secret")));
  EXPECT_THAT(Words(findings), testing::Not(HasSubstr("otherpw")));
}

TEST(Segment, SaysThatNobodyWasHeard) {
  const Findings findings = CheckSegment(Configured(InstanceText()), HeardFrom({}));
  EXPECT_EQ(Worst(findings), Verdict::kOk);
  EXPECT_THAT(Words(findings), HasSubstr("listened for 3.0s: nobody else advertises"));
}

TEST(Segment, ClaimsNothingThatItDidNotListenLongEnoughFor) {
  const struct {
    const char* more;
    std::chrono::milliseconds listened;
    Verdict verdict;
  } kCases[] = {
      {"", std::chrono::milliseconds(0), Verdict::kCouldNotLook},
      {"", std::chrono::milliseconds(999), Verdict::kCouldNotLook},
      {"", std::chrono::milliseconds(1000), Verdict::kOk},
      {"advert_int 5", std::chrono::milliseconds(3000), Verdict::kCouldNotLook},
      {"advert_int 5", std::chrono::milliseconds(5000), Verdict::kOk},
  };
  for (const auto& c : kCases) {
    Heard heard = HeardFrom({});
    heard.listened = c.listened;
    const Findings findings = CheckSegment(Configured(InstanceText(c.more)), heard);
    EXPECT_EQ(Worst(findings), c.verdict) << c.listened.count() << Words(findings);
  }
  Heard heard = HeardFrom({Advert()});
  heard.listened = {};
  EXPECT_EQ(Worst(CheckSegment(Configured(InstanceText()), heard)), Verdict::kOk);
}

TEST(Segment, TwoThatAdvertiseAtOnceAreASplitBrain) {
  HeardSource own = Advert();
  own.last.origin.source = Ip("192.168.1.2");
  own.on_wire = 0;
  own.sent = 3;
  EXPECT_THAT(Words(CheckSegment(Configured(InstanceText()), HeardFrom({own, Advert()}))), HasSubstr("a split brain"));
  own.sent = 1;  // a change of hands
  EXPECT_EQ(Worst(CheckSegment(Configured(InstanceText()), HeardFrom({own, Advert()}))), Verdict::kOk);
}

TEST(Segment, CarpWithTheSameNumberIsAWarning) {
  Heard heard = HeardFrom({});
  HeardCarp carp;
  carp.interface = "eth0";
  carp.last.vhid = 66;
  heard.carp.push_back(carp);
  EXPECT_EQ(Worst(CheckSegment(Configured(InstanceText()), heard)), Verdict::kWarning);
  heard.carp[0].last.vhid = 67;
  EXPECT_EQ(Worst(CheckSegment(Configured(InstanceText()), heard)), Verdict::kOk);
}

TEST(Segment, AnInterfaceThatCannotBeHeardIsSaid) {
  Heard heard = HeardFrom({});
  heard.interfaces["eth0"] = absl::PermissionDeniedError("capture on eth0: Operation not permitted");
  EXPECT_EQ(Worst(CheckSegment(Configured(InstanceText()), heard)), Verdict::kCouldNotLook);
}

}  // namespace
}  // namespace probe::doctor
