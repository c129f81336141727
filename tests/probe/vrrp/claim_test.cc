// ARP and neighbour discovery: who speaks for an address.
#include "probe/vrrp/claim.h"

#include <gtest/gtest.h>

#include "probe/vrrp/parse.h"
#include "tests/probe/vrrp/frame_builder.h"

namespace probe::vrrp {
namespace {

using arbiter::MacAddress;

ParseResult Parse(const Packet& frame) { return ParseFrame(frame, frame.size(), LinkType::kEthernet); }

TEST(ArpClaim, NamesSenderAndTarget) {
  ArpSpec spec;
  spec.operation = 2;
  spec.target_ip = "192.168.1.1";
  const ParseResult result = Parse(BuildArp(spec));
  const auto& claim = std::get<ArpClaim>(result);
  EXPECT_EQ(claim.sender_ip.ToString(), "192.168.1.212");
  EXPECT_EQ(claim.sender_mac, MacAddress::Parse("02:00:00:00:00:0b").value());
  EXPECT_EQ(claim.target_ip.ToString(), "192.168.1.1");
  EXPECT_EQ(claim.origin.source_mac, claim.sender_mac);
  EXPECT_TRUE(claim.is_reply);
  EXPECT_TRUE(claim.claims());
  EXPECT_FALSE(claim.gratuitous());
}

TEST(ArpClaim, IsGratuitousWhenSenderAndTargetAreOne) {
  const ParseResult result = Parse(BuildArp({}));
  EXPECT_TRUE(std::get<ArpClaim>(result).gratuitous());
  EXPECT_FALSE(std::get<ArpClaim>(result).is_reply);
}

TEST(ArpClaim, DoesNotClaimWhatItOnlyProbesFor) {
  ArpSpec spec;
  spec.sender_ip = "0.0.0.0";
  const ParseResult result = Parse(BuildArp(spec));
  EXPECT_FALSE(std::get<ArpClaim>(result).claims());
  EXPECT_FALSE(std::get<ArpClaim>(result).gratuitous());
}

TEST(ArpClaim, LeavesOtherProtocolsAndOperationsAlone) {
  Packet other_protocol = BuildArp({});
  other_protocol[14 + 3] = 1;
  EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(other_protocol)));
  ArpSpec reverse;
  reverse.operation = 3;
  EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(BuildArp(reverse))));
}

TEST(NeighborClaim, ReadsAnAdvertisement) {
  NeighborSpec spec;
  spec.flags = 0xa0;
  const ParseResult result = Parse(BuildNeighbor(spec));
  const auto& claim = std::get<NeighborClaim>(result);
  EXPECT_EQ(claim.kind, NeighborClaim::Kind::kAdvertisement);
  EXPECT_EQ(claim.claimed()->ToString(), "2001:db8::212");
  EXPECT_EQ(claim.link_address, MacAddress::Parse("02:00:00:00:00:0b").value());
  EXPECT_TRUE(claim.router && claim.override_flag);
  EXPECT_FALSE(claim.solicited);
}

TEST(NeighborClaim, HearsTheSourceOfASolicitation) {
  NeighborSpec spec;
  spec.type = 135;
  const ParseResult result = Parse(BuildNeighbor(spec));
  const auto& claim = std::get<NeighborClaim>(result);
  EXPECT_EQ(claim.kind, NeighborClaim::Kind::kSolicitation);
  EXPECT_EQ(claim.claimed()->ToString(), "fe80::b");
  EXPECT_EQ(claim.link_address, MacAddress::Parse("02:00:00:00:00:0b").value());
}

TEST(NeighborClaim, DoesNotTakeDuplicateAddressDetectionForAClaim) {
  NeighborSpec spec;
  spec.type = 135;
  spec.source = "::";
  spec.link_address.reset();
  EXPECT_EQ(std::get<NeighborClaim>(Parse(BuildNeighbor(spec))).claimed(), std::nullopt);
}

TEST(NeighborClaim, MayComeWithoutALinkAddress) {
  NeighborSpec spec;
  spec.link_address.reset();
  EXPECT_EQ(std::get<NeighborClaim>(Parse(BuildNeighbor(spec))).link_address, std::nullopt);
}

TEST(NeighborClaim, LeavesOtherIcmpAlone) {
  NeighborSpec spec;
  spec.type = 134;
  EXPECT_TRUE(std::holds_alternative<NotOurs>(Parse(BuildNeighbor(spec))));
}

}  // namespace
}  // namespace probe::vrrp
