// Who claims a VIP, and which hosts were heard.
#include "probe/observe/claim_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::observe {
namespace {

using arbiter::IpAddress;
using arbiter::MacAddress;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant kStart{seconds(1000)};
const std::string kEth0 = "eth0";

IpAddress Ip(const std::string& text) { return IpAddress::Parse(text).value(); }

Claim Of(const std::string& address, std::uint8_t mac = 0x0b) {
  return {Ip(address), MacAddress({2, 0, 0, 0, 0, mac}), ClaimKind::kArpReply};
}

ClaimTracker Watching(const std::string& address) {
  ClaimTracker tracker;
  tracker.Watch({Ip(address)});
  return tracker;
}

std::optional<Claim> ClaimIn(const vrrp::Packet& frame) {
  const vrrp::ParseResult result = vrrp::ParseFrame(frame, frame.size(), vrrp::LinkType::kEthernet);
  if (const auto* arp = std::get_if<vrrp::ArpClaim>(&result)) return Claim::From(*arp);
  return Claim::From(std::get<vrrp::NeighborClaim>(result));
}

TEST(Claim, TellsHowTheAddressWasSpokenFor) {
  vrrp::ArpSpec reply;
  reply.operation = 2;
  reply.target_ip = "192.168.1.1";
  vrrp::ArpSpec request;
  request.target_ip = "192.168.1.1";
  vrrp::NeighborSpec solicitation;
  solicitation.type = 135;
  EXPECT_EQ(ClaimIn(vrrp::BuildArp({}))->kind, ClaimKind::kArpAnnouncement);
  EXPECT_EQ(ClaimIn(vrrp::BuildArp(reply))->kind, ClaimKind::kArpReply);
  EXPECT_EQ(ClaimIn(vrrp::BuildArp(request))->kind, ClaimKind::kArpRequest);
  EXPECT_EQ(ClaimIn(vrrp::BuildNeighbor({}))->kind, ClaimKind::kNeighborAdvertisement);
  EXPECT_EQ(ClaimIn(vrrp::BuildNeighbor(solicitation))->kind, ClaimKind::kNeighborSolicitation);
  EXPECT_EQ(ClaimIn(vrrp::BuildArp(reply))->address, Ip("192.168.1.212"));
  EXPECT_EQ(ClaimIn(vrrp::BuildNeighbor(solicitation))->address, Ip("fe80::b"));
}

TEST(Claim, IsNoneWhereNothingIsClaimed) {
  vrrp::ArpSpec probe;
  probe.sender_ip = "0.0.0.0";
  EXPECT_FALSE(ClaimIn(vrrp::BuildArp(probe)).has_value());
  vrrp::NeighborSpec detection;
  detection.type = 135;
  detection.source = "::";
  detection.link_address.reset();
  EXPECT_FALSE(ClaimIn(vrrp::BuildNeighbor(detection)).has_value());
}

TEST(Claim, FallsBackToTheFramesMac) {
  vrrp::NeighborSpec spec;
  spec.link_address.reset();
  EXPECT_EQ(ClaimIn(vrrp::BuildNeighbor(spec))->mac, MacAddress({2, 0, 0, 0, 0, 0x0b}));
}

TEST(ClaimTracker, ReportsAClaimantOnceAndAgainAfterAWhile) {
  ClaimTracker tracker = Watching("192.168.1.212");
  const auto first = tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->mac, MacAddress({2, 0, 0, 0, 0, 0x0b}));
  EXPECT_FALSE(tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart + std::chrono::milliseconds(499)).has_value());
  const auto again = tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart + seconds(1));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->count, 3U);
  EXPECT_EQ(again->first, kStart);
}

TEST(ClaimTracker, NamesAllWhoClaimAnAddressTheLatestFirst) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.212", 1), kStart);
  tracker.Hear(kEth0, true, Of("192.168.1.212", 2), kStart + seconds(1));
  tracker.Hear("eth1", false, Of("192.168.1.212", 1), kStart + seconds(2));
  const std::vector<Claimant> claimants = tracker.ClaimantsOf(Ip("192.168.1.212"), kStart + seconds(2), seconds(60));
  ASSERT_EQ(claimants.size(), 3U);
  EXPECT_EQ(claimants[0].interface, "eth1");
  EXPECT_TRUE(claimants[1].own);
  EXPECT_EQ(tracker.ClaimantsOf(Ip("192.168.1.212"), kStart + seconds(2), seconds(1)).size(), 2U);
  EXPECT_THAT(tracker.ClaimantsOf(Ip("192.168.1.213"), kStart, seconds(60)), IsEmpty());
}

TEST(ClaimTracker, KeepsTheLatestClaimantsOfAFlood) {
  ClaimTracker tracker = Watching("192.168.1.212");
  for (std::uint8_t mac = 1; mac <= 100; ++mac) {
    tracker.Hear(kEth0, false, Of("192.168.1.212", mac), kStart + seconds(mac));
  }
  const auto claimants = tracker.ClaimantsOf(Ip("192.168.1.212"), kStart + seconds(100), hours(1));
  ASSERT_EQ(claimants.size(), ClaimTracker::kMaxClaimantsPerAddress);
  EXPECT_EQ(claimants[0].mac, MacAddress({2, 0, 0, 0, 0, 100}));
}

TEST(ClaimTracker, RemembersHostsThatAreNeitherWatchedNorOwn) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.1"), kStart);
  tracker.Hear(kEth0, false, Of("192.168.1.2"), kStart + seconds(1));
  tracker.Hear(kEth0, false, Of("192.168.1.1"), kStart + seconds(2));
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart + seconds(2));
  tracker.Hear(kEth0, true, Of("192.168.1.11"), kStart + seconds(2));
  tracker.Hear("eth1", false, Of("10.0.0.1"), kStart + seconds(2));
  EXPECT_THAT(tracker.HostsHeard(kEth0, kStart + seconds(2), seconds(60), 9),
              ElementsAre(Ip("192.168.1.1"), Ip("192.168.1.2")));
  EXPECT_THAT(tracker.HostsHeard(kEth0, kStart + seconds(2), seconds(60), 1), ElementsAre(Ip("192.168.1.1")));
  EXPECT_THAT(tracker.HostsHeard(kEth0, kStart + seconds(4), seconds(2), 9), ElementsAre(Ip("192.168.1.1")));
}

TEST(ClaimTracker, NoFloodOfHostsPushesOutWhatIsKnownOfAVip) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  for (int i = 0; i < 1000; ++i) {
    tracker.Hear(kEth0, false, Of("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)), kStart);
  }
  EXPECT_EQ(tracker.HostsHeard(kEth0, kStart, seconds(1), 10'000).size(), ClaimTracker::kMaxHosts);
  EXPECT_EQ(tracker.ClaimantsOf(Ip("192.168.1.212"), kStart, seconds(1)).size(), 1U);
}

TEST(ClaimTracker, NoFloodOfNamesTakesThePlaceOfAHostThatLivesHere) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.1"), kStart);
  tracker.Hear(kEth0, false, Of("192.168.1.2"), kStart);
  for (int i = 0; i < 30'000; ++i) {
    const Instant now = kStart + seconds(10) + milliseconds(3) * i;  // 300 a second
    tracker.Hear(kEth0, false, Of("10.0." + std::to_string(i / 250 % 16) + "." + std::to_string(i % 250)), now);
    if (i % 5'000 == 0) tracker.Hear(kEth0, false, Of("192.168.1.1"), now);
  }
  const Instant end = kStart + seconds(100);
  const std::vector<IpAddress> heard = tracker.HostsHeard(kEth0, end, seconds(600), 8);
  ASSERT_EQ(heard.size(), 8U);
  EXPECT_EQ(heard[0], Ip("192.168.1.1"));
  EXPECT_EQ(heard[1], Ip("192.168.1.2"));
  const std::vector<IpAddress> later = tracker.HostsHeard(kEth0, kStart + seconds(130), seconds(600), 8);
  EXPECT_EQ(later[0], Ip("192.168.1.1"));
  EXPECT_NE(later[1], Ip("192.168.1.2")) << "silent for longer than a host that lives";
}

TEST(ClaimTracker, AHostThatFellSilentMakesRoomForOneThatCame) {
  ClaimTracker tracker = Watching("192.168.1.212");
  for (int i = 0; i < static_cast<int>(ClaimTracker::kMaxHosts); ++i) {
    tracker.Hear(kEth0, false, Of("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)), kStart);
  }
  const Instant later = kStart + ClaimTracker::kLives + seconds(1);
  tracker.Hear(kEth0, false, Of("192.168.1.1"), later);
  tracker.Hear(kEth0, false, Of("192.168.1.2"), later);
  const std::vector<IpAddress> heard = tracker.HostsHeard(kEth0, later, seconds(600), 2);
  EXPECT_THAT(heard, ElementsAre(Ip("192.168.1.1"), Ip("192.168.1.2")));
}

TEST(ClaimTracker, FollowsTheListOfWatchedAddresses) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  tracker.Hear(kEth0, false, Of("192.168.1.213"), kStart);
  tracker.Watch({Ip("192.168.1.213")});
  EXPECT_THAT(tracker.ClaimantsOf(Ip("192.168.1.212"), kStart, seconds(1)), IsEmpty());
  EXPECT_THAT(tracker.HostsHeard(kEth0, kStart, seconds(1), 9), IsEmpty()) << "a VIP is no reference host";
  EXPECT_TRUE(tracker.Hear(kEth0, false, Of("192.168.1.213"), kStart).has_value());
}

TEST(ClaimTracker, KeepsClaimantsWhenTheListGrows) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  tracker.Watch({Ip("192.168.1.212"), Ip("192.168.1.213")});
  EXPECT_EQ(tracker.ClaimantsOf(Ip("192.168.1.212"), kStart, seconds(1)).size(), 1U);
}

TEST(ClaimTracker, ForgetsAnInterfaceThatIsGone) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  tracker.Hear(kEth0, false, Of("192.168.1.1"), kStart);
  tracker.Hear("eth1", false, Of("192.168.1.212"), kStart);
  tracker.ForgetInterface(kEth0);
  EXPECT_EQ(tracker.ClaimantsOf(Ip("192.168.1.212"), kStart, seconds(1)).size(), 1U);
  EXPECT_THAT(tracker.HostsHeard(kEth0, kStart, seconds(1), 9), IsEmpty());
}

TEST(ClaimTracker, LetsAnOldClaimGoAndSaysOfWhichAddress) {
  ClaimTracker tracker = Watching("192.168.1.212");
  EXPECT_EQ(tracker.NextDeadline(), Instant::max());
  tracker.Hear(kEth0, false, Of("192.168.1.212"), kStart);
  EXPECT_THAT(tracker.Claimed(), ElementsAre(Ip("192.168.1.212")));
  EXPECT_EQ(tracker.NextDeadline(), kStart + ClaimTracker::kClaimLasts);
  EXPECT_THAT(tracker.Expire(kStart + seconds(59)), IsEmpty());
  EXPECT_THAT(tracker.Expire(kStart + seconds(60)), ElementsAre(Ip("192.168.1.212")));
  EXPECT_THAT(tracker.Claimed(), IsEmpty());
}

TEST(ClaimTracker, OwnClaimsGoWithoutAWord) {
  ClaimTracker tracker = Watching("192.168.1.212");
  tracker.Hear(kEth0, true, Of("192.168.1.212"), kStart);
  EXPECT_THAT(tracker.Expire(kStart + seconds(60)), IsEmpty());
  EXPECT_EQ(tracker.NextDeadline(), Instant::max());
}

// --- answers to questions of this host's own

Claim AnswerOf(const std::string& address, std::uint8_t mac = 0x0b) {
  Claim claim = Of(address, mac);
  claim.answer = true;
  return claim;
}

ClaimTracker Asking(const std::string& address) {
  ClaimTracker tracker = Watching(address);
  tracker.Ask({Ip(address)}, seconds(4));
  return tracker;
}

const std::string kVip = "192.168.1.212";

TEST(Answers, AreADoubtOnceAndAClaimTwice) {
  ClaimTracker tracker = Asking(kVip);
  EXPECT_EQ(tracker.Hear(kEth0, false, AnswerOf(kVip), kStart), std::nullopt);
  EXPECT_THAT(tracker.ClaimantsOf(Ip(kVip), kStart, hours(1)), IsEmpty());
  const std::vector<AddressHeard> doubts = tracker.TakeDoubts();
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].address, Ip(kVip));
  EXPECT_EQ(doubts[0].interface, kEth0);
  EXPECT_THAT(tracker.TakeDoubts(), IsEmpty());
  const auto claimant = tracker.Hear(kEth0, false, AnswerOf(kVip), kStart + std::chrono::milliseconds(100));
  ASSERT_TRUE(claimant.has_value()) << "the second one is told at once";
  EXPECT_TRUE(claimant->answering());
  EXPECT_EQ(tracker.ClaimantsOf(Ip(kVip), kStart + seconds(1), hours(1)).size(), 1U);
}

TEST(Answers, EndWhenNoMoreComeThoughAnnouncementsLastLonger) {
  ClaimTracker tracker = Asking(kVip);
  tracker.Hear(kEth0, false, AnswerOf(kVip), kStart);
  tracker.Hear(kEth0, false, AnswerOf(kVip), kStart + seconds(1));
  EXPECT_LE(tracker.NextDeadline(), kStart + seconds(5));
  EXPECT_THAT(tracker.Expire(kStart + seconds(4)), IsEmpty());
  EXPECT_THAT(tracker.Expire(kStart + seconds(5)), ElementsAre(Ip(kVip)));
  EXPECT_THAT(tracker.ClaimantsOf(Ip(kVip), kStart + seconds(5), hours(1)), IsEmpty());
  Claim announced = Of(kVip);
  announced.kind = ClaimKind::kArpAnnouncement;
  EXPECT_TRUE(tracker.Hear(kEth0, false, announced, kStart + seconds(6)).has_value()) << "no doubt about that";
  EXPECT_THAT(tracker.Expire(kStart + seconds(20)), IsEmpty());
}

TEST(Answers, OfOneWhoAnswersAgainAndAgainAreNotCrowdedOut) {
  ClaimTracker tracker = Asking(kVip);
  tracker.Hear(kEth0, false, AnswerOf(kVip, 0x77), kStart);
  tracker.Hear(kEth0, false, AnswerOf(kVip, 0x77), kStart + std::chrono::milliseconds(100));
  for (int i = 0; i < 100; ++i) {
    tracker.Hear(kEth0, false, AnswerOf(kVip, static_cast<std::uint8_t>(0x80 + i)), kStart + milliseconds(200 + i));
  }
  const std::vector<Claimant> claimants = tracker.ClaimantsOf(Ip(kVip), kStart + seconds(1), hours(1));
  ASSERT_EQ(claimants.size(), 1U) << "the others answered once: doubts";
  EXPECT_TRUE(claimants[0].answering());
}

TEST(Answers, EndAlsoWhereTheirSenderAnnouncedTheAddressSince) {
  ClaimTracker tracker = Asking(kVip);
  tracker.Hear(kEth0, false, AnswerOf(kVip), kStart);
  tracker.Hear(kEth0, false, AnswerOf(kVip), kStart + seconds(1));
  Claim announced = Of(kVip);
  announced.kind = ClaimKind::kArpAnnouncement;
  tracker.Hear(kEth0, false, announced, kStart + seconds(2));
  EXPECT_TRUE(tracker.Answers(tracker.ClaimantsOf(Ip(kVip), kStart + seconds(4), hours(1)).at(0), kStart + seconds(4)));
  EXPECT_LE(tracker.NextDeadline(), kStart + seconds(5));
  EXPECT_THAT(tracker.Expire(kStart + seconds(5)), ElementsAre(Ip(kVip)));
  const std::vector<Claimant> claimants = tracker.ClaimantsOf(Ip(kVip), kStart + seconds(6), hours(1));
  ASSERT_EQ(claimants.size(), 1U) << "the announcement lasts longer";
  EXPECT_FALSE(tracker.Answers(claimants[0], kStart + seconds(6)));
  EXPECT_THAT(tracker.Expire(kStart + seconds(6)), IsEmpty()) << "once is enough";
  EXPECT_GT(tracker.NextDeadline(), kStart + seconds(7));
}

TEST(Answers, ToOthersCountAtOnceWhereThisHostDoesNotAsk) {
  ClaimTracker tracker = Watching(kVip);
  EXPECT_TRUE(tracker.Hear(kEth0, false, AnswerOf(kVip), kStart).has_value());
  EXPECT_THAT(tracker.TakeDoubts(), IsEmpty());
}

TEST(Answers, OfAHostThatAnswersForEverythingSayNothing) {
  ClaimTracker tracker = Asking(kVip);
  tracker.ExpectSilence(Ip("192.168.1.10"));
  tracker.Hear(kEth0, false, AnswerOf(kVip, 0x77), kStart);
  tracker.Hear(kEth0, false, AnswerOf("192.168.1.10", 0x77), kStart);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(tracker.Hear(kEth0, false, AnswerOf(kVip, 0x77), kStart + seconds(i)), std::nullopt) << i;
  }
  EXPECT_THAT(tracker.ClaimantsOf(Ip(kVip), kStart + seconds(9), hours(1)), IsEmpty());
  // Another host is none for that, and neither is this one when it announces the address.
  tracker.Hear(kEth0, false, AnswerOf(kVip, 0x78), kStart + seconds(9));
  EXPECT_TRUE(tracker.Hear(kEth0, false, AnswerOf(kVip, 0x78), kStart + seconds(10)).has_value());
  Claim announced = Of(kVip, 0x77);
  announced.kind = ClaimKind::kArpAnnouncement;
  EXPECT_TRUE(tracker.Hear(kEth0, false, announced, kStart + seconds(10)).has_value());
}

TEST(Answers, OfThisHostItselfAreNoDoubt) {
  ClaimTracker tracker = Asking(kVip);
  EXPECT_TRUE(tracker.Hear(kEth0, true, AnswerOf(kVip), kStart).has_value());
  EXPECT_THAT(tracker.TakeDoubts(), IsEmpty());
}

TEST(Answers, AreToldFromAnnouncements) {
  vrrp::ArpSpec reply;
  reply.operation = 2;
  reply.target_ip = "0.0.0.0";  // to a probe
  EXPECT_TRUE(ClaimIn(vrrp::BuildArp(reply))->answer);
  reply.target_ip = reply.sender_ip;
  EXPECT_FALSE(ClaimIn(vrrp::BuildArp(reply))->answer);
  EXPECT_FALSE(ClaimIn(vrrp::BuildArp({}))->answer);
  vrrp::NeighborSpec advertisement;
  EXPECT_FALSE(ClaimIn(vrrp::BuildNeighbor(advertisement))->answer);
  advertisement.flags = 0x60;
  EXPECT_TRUE(ClaimIn(vrrp::BuildNeighbor(advertisement))->answer);
}

}  // namespace
}  // namespace probe::observe
