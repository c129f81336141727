// Who advertises, from where that is seen, and when they fall silent.
#include "probe/observe/advert_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::observe {
namespace {

using arbiter::IpAddress;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using vrrp::Advertisement;
using vrrp::AdvertSpec;
using Kind = Change::Kind;

constexpr Instant kStart{seconds(1000)};
const std::string kEth0 = "eth0";

Advertisement Make(const AdvertSpec& spec) {
  const vrrp::Packet frame = vrrp::BuildEthernet(spec);
  return std::get<Advertisement>(vrrp::ParseFrame(frame, frame.size(), vrrp::LinkType::kEthernet));
}

AdvertSpec From(const std::string& source, std::uint8_t vrid = 66) {
  AdvertSpec spec;
  spec.source = source;
  spec.vrid = vrid;
  return spec;
}

SourceKey KeyOf(const Advertisement& advert, const std::string& interface = kEth0) {
  return {interface, advert.family(), advert.vrid, advert.origin.source};
}

std::vector<Kind> KindsOf(const std::vector<Change>& changes) {
  std::vector<Kind> kinds;
  for (const Change& change : changes) kinds.push_back(change.kind);
  return kinds;
}

std::string Numbered(std::size_t number) {
  return "10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
}

// Fills the tracker with sources that all advertise, 16 for each of 64 VRIDs.
void Fill(AdvertTracker& tracker, Instant now) {
  for (std::size_t i = 0; i < AdvertTracker::kMaxSources; ++i) {
    const auto vrid = static_cast<std::uint8_t>(i / AdvertTracker::kMaxSourcesPerRouter + 1);
    tracker.Hear(kEth0, Vantage::kOnWire, Make(From(Numbered(i), vrid)), now);
  }
}

TEST(SilenceAfter, IsTheMasterDownIntervalOfTheAdvertsVersion) {
  AdvertSpec v2;
  v2.priority = 100;
  EXPECT_EQ(SilenceAfter(Make(v2)), milliseconds(3000) + std::chrono::microseconds(609'375));
  v2.interval_cs = 200;
  EXPECT_EQ(SilenceAfter(Make(v2)), milliseconds(6000) + std::chrono::microseconds(609'375));
  AdvertSpec v3 = vrrp::Ipv6Spec();
  v3.interval_cs = 10;
  v3.priority = 128;
  EXPECT_EQ(SilenceAfter(Make(v3)), milliseconds(350));
  v3.interval_cs = 0;
  EXPECT_EQ(SilenceAfter(Make(v3)), milliseconds(35));
}

TEST(AdvertTracker, KeepsWhatWasSentSeenAndDeliveredApart) {
  AdvertTracker tracker;
  const Advertisement advert = Make({});
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kOnWire, advert, kStart),
              ElementsAre(Change{Kind::kAppeared, Vantage::kOnWire, KeyOf(advert)}));
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kDelivered, advert, kStart),
              ElementsAre(Change{Kind::kAppeared, Vantage::kDelivered, KeyOf(advert)}));
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kOnWire, advert, kStart + seconds(1)), IsEmpty());
  const Source* source = tracker.Find(KeyOf(advert));
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->at(Vantage::kOnWire).count, 2U);
  EXPECT_EQ(source->at(Vantage::kOnWire).gap, seconds(1));
  EXPECT_EQ(source->at(Vantage::kDelivered).count, 1U);
  EXPECT_EQ(source->at(Vantage::kSent).count, 0U);
  EXPECT_TRUE(source->advertising());
  EXPECT_EQ(source->last_heard(), kStart + seconds(1));
}

TEST(AdvertTracker, KeepsSourcesApartByInterfaceFamilyVridAndAddress) {
  AdvertTracker tracker;
  const Advertisement v4 = Make({});
  tracker.Hear(kEth0, Vantage::kOnWire, v4, kStart);
  tracker.Hear("eth1", Vantage::kOnWire, v4, kStart);
  tracker.Hear(kEth0, Vantage::kOnWire, Make(vrrp::Ipv6Spec()), kStart);
  tracker.Hear(kEth0, Vantage::kOnWire, Make(From("192.168.1.11", 65)), kStart);
  tracker.Hear(kEth0, Vantage::kOnWire, Make(From("192.168.1.12")), kStart);
  EXPECT_EQ(tracker.sources().size(), 5U);
}

TEST(AdvertTracker, CallsASenderSilentAtItsMasterDownIntervalAndNotBefore) {
  AdvertTracker tracker;
  const Advertisement advert = Make({});
  tracker.Hear(kEth0, Vantage::kOnWire, advert, kStart);
  const Instant silent_at = kStart + SilenceAfter(advert);
  EXPECT_EQ(tracker.NextDeadline(), silent_at);
  EXPECT_THAT(tracker.Expire(silent_at - std::chrono::nanoseconds(1)), IsEmpty());
  EXPECT_THAT(tracker.Expire(silent_at), ElementsAre(Change{Kind::kSilent, Vantage::kOnWire, KeyOf(advert)}));
  EXPECT_THAT(tracker.Expire(silent_at), IsEmpty());
  EXPECT_THAT(KindsOf(tracker.Hear(kEth0, Vantage::kOnWire, advert, silent_at)), ElementsAre(Kind::kAppeared));
}

TEST(AdvertTracker, NoticesThatTheFilterDropsWhatTheWireStillShows) {
  AdvertTracker tracker;
  const Advertisement advert = Make({});
  tracker.Hear(kEth0, Vantage::kDelivered, advert, kStart);
  Instant now = kStart;
  std::vector<Change> changes;
  for (int i = 0; i < 5; ++i, now += seconds(1)) {
    tracker.Hear(kEth0, Vantage::kOnWire, advert, now);
    const std::vector<Change> expired = tracker.Expire(now);
    changes.insert(changes.end(), expired.begin(), expired.end());
  }
  EXPECT_THAT(changes, ElementsAre(Change{Kind::kSilent, Vantage::kDelivered, KeyOf(advert)}));
  EXPECT_TRUE(tracker.Find(KeyOf(advert))->at(Vantage::kOnWire).advertising);
}

TEST(AdvertTracker, TakesPriorityZeroAsTheEnd) {
  AdvertTracker tracker;
  AdvertSpec spec;
  tracker.Hear(kEth0, Vantage::kSent, Make(spec), kStart);
  spec.priority = 0;
  EXPECT_THAT(KindsOf(tracker.Hear(kEth0, Vantage::kSent, Make(spec), kStart + seconds(1))),
              ElementsAre(Kind::kContents, Kind::kStopped));
  EXPECT_FALSE(tracker.Find(KeyOf(Make(spec)))->advertising());
  EXPECT_THAT(tracker.Expire(kStart + seconds(10)), IsEmpty());
}

TEST(AdvertTracker, FollowsAChangedInterval) {
  AdvertTracker tracker;
  AdvertSpec spec;
  tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart);
  spec.interval_cs = 1000;
  tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart + seconds(1));
  EXPECT_THAT(tracker.Expire(kStart + seconds(20)), IsEmpty());
  EXPECT_LE(tracker.NextDeadline(), kStart + seconds(1) + SilenceAfter(Make(spec)));
}

TEST(AdvertTracker, SaysWhenContentsChangeButNotForTheLinkLayer) {
  AdvertTracker tracker;
  AdvertSpec spec;
  tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart);
  spec.source_mac = "00:00:5e:00:01:42";
  spec.vlans = {5};
  spec.auth_data = "12345678";
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart), IsEmpty());
  const auto changes_after = [&](auto change) {
    change(spec);
    return KindsOf(tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart));
  };
  EXPECT_THAT(changes_after([](AdvertSpec& s) { s.addresses.emplace_back("192.168.1.214"); }),
              ElementsAre(Kind::kContents));
  EXPECT_THAT(changes_after([](AdvertSpec& s) { s.priority = 90; }), ElementsAre(Kind::kContents));
  EXPECT_THAT(changes_after([](AdvertSpec& s) { s.auth_type = 1; }), ElementsAre(Kind::kContents));
  // Defects are contents where no sound adverts of the sender are heard.
  EXPECT_THAT(changes_after([](AdvertSpec& s) { s.ttl = 64; }), IsEmpty());
  tracker.Expire(kStart + seconds(5));
  const auto changes = tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart + seconds(5));
  EXPECT_THAT(KindsOf(changes), ElementsAre(Kind::kContents, Kind::kAppeared));
}

TEST(AdvertTracker, LetsNoForgeryInThisHostsNameSayWhatThisHostSays) {
  AdvertTracker tracker;
  const Advertisement own = Make(From("10.0.0.1"));
  tracker.Hear(kEth0, Vantage::kSent, own, kStart);
  AdvertSpec forged = From("10.0.0.1");
  forged.addresses = {"172.17.0.1"};
  for (const Vantage vantage : {Vantage::kOnWire, Vantage::kDelivered}) {
    tracker.Hear(kEth0, vantage, Make(forged), kStart + milliseconds(1));
  }
  EXPECT_TRUE(SameContents(tracker.Find(KeyOf(own))->last, own));
  tracker.Expire(kStart + minutes(1));  // and no more when it has fallen silent
  tracker.Hear(kEth0, Vantage::kOnWire, Make(forged), kStart + minutes(1));
  EXPECT_TRUE(SameContents(tracker.Find(KeyOf(own))->last, own));
}

TEST(AdvertTracker, LetsNoDroppedAdvertHideOrKeepAliveASenderThatIsHeard) {
  AdvertTracker tracker;
  const Advertisement sound = Make(From("10.0.0.2"));
  tracker.Hear(kEth0, Vantage::kOnWire, sound, kStart);
  AdvertSpec forged = From("10.0.0.2");
  forged.ttl = 64;
  forged.priority = 0;
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kOnWire, Make(forged), kStart + seconds(1)), IsEmpty());
  forged.priority = 100;
  EXPECT_THAT(tracker.Hear(kEth0, Vantage::kOnWire, Make(forged), kStart + seconds(3)), IsEmpty());
  EXPECT_TRUE(SameContents(tracker.Find(KeyOf(sound))->last, sound));
  EXPECT_EQ(tracker.Find(KeyOf(sound))->at(Vantage::kOnWire).defective, 2U);
  EXPECT_THAT(KindsOf(tracker.Expire(kStart + seconds(4))), ElementsAre(Kind::kSilent));
}

TEST(AdvertTracker, CountsDefectiveAdvertsAndStillCallsTheirSenderAdvertising) {
  AdvertTracker tracker;
  AdvertSpec spec;
  spec.ttl = 64;
  tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart);
  const Source* source = tracker.Find(KeyOf(Make(spec)));
  EXPECT_EQ(source->at(Vantage::kOnWire).defective, 1U);
  EXPECT_TRUE(source->at(Vantage::kOnWire).advertising);
}

TEST(AdvertTracker, ForgetsThePassword) {
  AdvertTracker tracker;
  AdvertSpec spec;
  spec.auth_type = vrrp::kAuthSimple;
  spec.auth_data = "hunter22";
  tracker.Hear(kEth0, Vantage::kOnWire, Make(spec), kStart);
  EXPECT_THAT(tracker.Find(KeyOf(Make(spec)))->last.auth_data.bytes(), ::testing::Each(0));
}

TEST(AdvertTracker, KeepsTheLinkLayerThatTheRawSocketDoesNotSee) {
  AdvertTracker tracker;
  const Advertisement wire = Make({});
  Advertisement raw = wire;
  raw.origin.source_mac.reset();
  tracker.Hear(kEth0, Vantage::kDelivered, raw, kStart);
  EXPECT_EQ(tracker.Find(KeyOf(wire))->last.origin.source_mac, std::nullopt);
  tracker.Hear(kEth0, Vantage::kOnWire, wire, kStart);
  tracker.Hear(kEth0, Vantage::kDelivered, raw, kStart);
  EXPECT_EQ(tracker.Find(KeyOf(wire))->last.origin.source_mac, wire.origin.source_mac);
}

TEST(AdvertTracker, WhoFallsSilentIsDroppedByNoFilterFirst) {
  for (const std::uint16_t interval_cs : {std::uint16_t{1}, std::uint16_t{100}}) {
    AdvertTracker tracker;
    AdvertSpec spec = vrrp::Ipv6Spec();
    spec.interval_cs = interval_cs;
    const Advertisement advert = Make(spec);
    for (const Vantage later : {Vantage::kOnWire, Vantage::kDelivered}) {
      const Vantage first = later == Vantage::kOnWire ? Vantage::kDelivered : Vantage::kOnWire;
      tracker.Hear(kEth0, first, advert, kStart);
      tracker.Hear(kEth0, later, advert, kStart + milliseconds(5));
      for (Instant now = kStart; now < kStart + seconds(5); now += milliseconds(1)) {
        tracker.Expire(now);
        const Source* source = tracker.Find(KeyOf(advert));
        ASSERT_NE(source, nullptr);
        ASSERT_FALSE(source->at(Vantage::kOnWire).advertising && !source->at(Vantage::kDelivered).advertising)
            << interval_cs << " at " << (now - kStart).count();
      }
      tracker = AdvertTracker();
    }
  }
}

TEST(AdvertTracker, ForgetsWhoWasSilentForLong) {
  AdvertTracker tracker;
  const Advertisement advert = Make({});
  tracker.Hear(kEth0, Vantage::kOnWire, advert, kStart);
  tracker.Expire(kStart + seconds(10));
  EXPECT_EQ(tracker.NextDeadline(), kStart + AdvertTracker::kForgetAfter);
  EXPECT_THAT(KindsOf(tracker.Expire(kStart + AdvertTracker::kForgetAfter)), ElementsAre(Kind::kForgotten));
  EXPECT_THAT(tracker.sources(), IsEmpty());
  EXPECT_EQ(tracker.NextDeadline(), Instant::max());
}

TEST(AdvertTracker, ForgetsAnInterfaceThatIsGone) {
  AdvertTracker tracker;
  tracker.Hear(kEth0, Vantage::kOnWire, Make({}), kStart);
  tracker.Hear("eth1", Vantage::kOnWire, Make({}), kStart);
  tracker.ForgetInterface(kEth0);
  ASSERT_EQ(tracker.sources().size(), 1U);
  EXPECT_EQ(tracker.sources().begin()->first.interface, "eth1");
}

TEST(AdvertTracker, KeepsOnlySoManySourcesOfOneRouter) {
  AdvertTracker tracker;
  for (std::size_t i = 0; i < 100; ++i) tracker.Hear(kEth0, Vantage::kOnWire, Make(From(Numbered(i))), kStart);
  EXPECT_EQ(tracker.sources().size(), AdvertTracker::kMaxSourcesPerRouter);
  EXPECT_EQ(tracker.refused(), 100 - AdvertTracker::kMaxSourcesPerRouter);
  EXPECT_NE(tracker.Find(KeyOf(Make(From(Numbered(0))))), nullptr) << "who was there first stays";
}

TEST(AdvertTracker, GivesTheSilentOnesPlaceToANewSource) {
  AdvertTracker tracker;
  for (std::size_t i = 0; i < AdvertTracker::kMaxSourcesPerRouter; ++i) {
    tracker.Hear(kEth0, Vantage::kOnWire, Make(From(Numbered(i))), kStart + milliseconds(i));
  }
  tracker.Expire(kStart + minutes(1));
  const Advertisement late = Make(From("192.168.1.99"));
  tracker.Hear(kEth0, Vantage::kOnWire, late, kStart + minutes(1));
  EXPECT_NE(tracker.Find(KeyOf(late)), nullptr);
  EXPECT_EQ(tracker.Find(KeyOf(Make(From(Numbered(0))))), nullptr) << "the longest silent one goes";
  EXPECT_EQ(tracker.refused(), 0U);
}

TEST(AdvertTracker, KeepsOnlySoManySourcesInAll) {
  AdvertTracker tracker;
  Fill(tracker, kStart);
  tracker.Hear(kEth0, Vantage::kOnWire, Make(From("192.168.1.99", 200)), kStart);
  EXPECT_EQ(tracker.sources().size(), AdvertTracker::kMaxSources);
  EXPECT_EQ(tracker.refused(), 1U);
}

TEST(AdvertTracker, AlwaysFindsAPlaceForWhatThisHostSends) {
  AdvertTracker tracker;
  Fill(tracker, kStart);
  const Advertisement own = Make(From("192.168.1.11", 200));
  tracker.Hear(kEth0, Vantage::kSent, own, kStart);
  EXPECT_NE(tracker.Find(KeyOf(own)), nullptr);
  EXPECT_EQ(tracker.sources().size(), AdvertTracker::kMaxSources);
}

TEST(AdvertTracker, LetsNewSourcesInAgainOnceAFloodFallsSilent) {
  AdvertTracker tracker;
  Fill(tracker, kStart);
  const Advertisement late = Make(From("192.168.1.99", 200));
  tracker.Hear(kEth0, Vantage::kOnWire, late, kStart + seconds(1));
  EXPECT_EQ(tracker.Find(KeyOf(late)), nullptr);
  tracker.Expire(kStart + seconds(10));
  tracker.Hear(kEth0, Vantage::kOnWire, late, kStart + seconds(10));
  EXPECT_NE(tracker.Find(KeyOf(late)), nullptr);
}

}  // namespace
}  // namespace probe::observe
