// What is made of the adverts that were heard: whose checksum keepalived here takes no more.
#include "probe/report/advert_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/report/to_proto.h"
#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::report {
namespace {

using observe::Vantage;
using testing::ElementsAre;
using testing::HasSubstr;
using vrrp::ChecksumHabit;

constexpr Instant kNow{std::chrono::seconds(1000)};

// In unicast under VRRPv3.
vrrp::Advertisement Advert(const std::string& source, ChecksumHabit checksum) {
  vrrp::AdvertSpec spec;
  spec.version = 3;
  spec.source = source;
  spec.destination = source == "192.168.1.1" ? "192.168.1.2" : "192.168.1.1";
  spec.checksum = checksum;
  const vrrp::Packet frame = vrrp::BuildEthernet(spec);
  return std::get<vrrp::Advertisement>(vrrp::ParseFrame(frame, frame.size(), vrrp::LinkType::kEthernet));
}

class FormerChecksum : public testing::Test {
 protected:
  void Hear(ChecksumHabit checksum) {
    for (const Vantage vantage : {Vantage::kOnWire, Vantage::kDelivered}) {
      tracker.Hear("eth0", vantage, Advert("192.168.1.1", checksum), kNow);
    }
  }
  void Send(ChecksumHabit checksum) { tracker.Hear("eth0", Vantage::kSent, Advert("192.168.1.2", checksum), kNow); }
  [[nodiscard]] bool NotTaken() const { return ListAdverts(tracker).heard.at(0).checksum_not_taken; }

  observe::AdvertTracker tracker;
};

TEST_F(FormerChecksum, IsTheOnlyOneThatKeepalivedTakesFromThen) {
  Send(ChecksumHabit::kPseudoHeader);
  Hear(ChecksumHabit::kLegacyUnicastPseudoHeader);
  EXPECT_FALSE(NotTaken());
  Hear(ChecksumHabit::kPseudoHeader);
  EXPECT_TRUE(NotTaken());
  const auto message = ToProto(ListAdverts(tracker).heard.at(0), arbiter::IpAddress());
  EXPECT_THAT(message.defects(), ElementsAre(HasSubstr("has adapted itself to `old_unicast_checksum`")));
  EXPECT_EQ(message.drop_repair(), "start keepalived again");
  Hear(ChecksumHabit::kLegacyUnicastPseudoHeader);
  EXPECT_FALSE(NotTaken());
}

TEST_F(FormerChecksum, CountsForTheDaemonThatHeardIt) {
  Hear(ChecksumHabit::kLegacyUnicastPseudoHeader);
  tracker.ForgetLegacyChecksums();
  Hear(ChecksumHabit::kPseudoHeader);
  EXPECT_FALSE(NotTaken());
}

TEST_F(FormerChecksum, ThatDidNotComeThroughCountsForNothing) {
  tracker.Hear("eth0", Vantage::kOnWire, Advert("192.168.1.1", ChecksumHabit::kLegacyUnicastPseudoHeader), kNow);
  Hear(ChecksumHabit::kPseudoHeader);
  EXPECT_FALSE(NotTaken());
}

// `old_unicast_checksum` on both, then on one alone: that they differ is on the wire.
TEST_F(FormerChecksum, OfADaemonThatWasToldToHaveItIsAnotherMatter) {
  Send(ChecksumHabit::kLegacyUnicastPseudoHeader);
  Hear(ChecksumHabit::kLegacyUnicastPseudoHeader);
  Hear(ChecksumHabit::kPseudoHeader);
  EXPECT_FALSE(NotTaken());
}

}  // namespace
}  // namespace probe::report
