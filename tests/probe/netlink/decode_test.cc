#include "probe/netlink/decode.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cstring>

#include "probe/netlink/netlink_socket.h"

namespace probe::netlink {
namespace {

constexpr std::array<std::uint8_t, 6> kMac = {2, 0, 0, 0, 0, 1};

NlMsgHandle LinkMessage(int type, unsigned char family = AF_UNSPEC) {
  NlMsgHandle message = MakeMessage(type, 0);
  ifinfomsg header{};
  header.ifi_family = family;
  header.ifi_type = ARPHRD_ETHER;
  header.ifi_index = 7;
  header.ifi_flags = IFF_UP | IFF_RUNNING;
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_string(message.get(), IFLA_IFNAME, "vrrp.66");
  return message;
}

NlMsgHandle AddressMessage(int type, unsigned char old_flags) {
  NlMsgHandle message = MakeMessage(type, 0);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = 32;
  header.ifa_index = 7;
  header.ifa_flags = old_flags;
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  return message;
}

std::optional<Event> Read(const NlMsgHandle& message) { return Decode(*nlmsg_hdr(message.get())); }

TEST(Decode, ReadsAMacvlanWithItsParent) {
  const NlMsgHandle message = LinkMessage(RTM_NEWLINK);
  nla_put(message.get(), IFLA_ADDRESS, 6, kMac.data());
  nla_put_u32(message.get(), IFLA_LINK, 2);
  nla_put_u8(message.get(), IFLA_CARRIER, 1);
  nla_put_u8(message.get(), IFLA_PROTO_DOWN, 1);
  nla_put_u8(message.get(), IFLA_OPERSTATE, 6);
  nlattr* info = nla_nest_start(message.get(), IFLA_LINKINFO);
  nla_put_string(message.get(), IFLA_INFO_KIND, "macvlan");
  nlattr* detail = nla_nest_start(message.get(), IFLA_INFO_DATA);
  nla_put_u32(message.get(), IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE);
  nla_nest_end(message.get(), detail);
  nla_nest_end(message.get(), info);
  const auto event = Read(message);
  ASSERT_TRUE(event.has_value());
  const Link& link = std::get<LinkPresent>(*event).link;
  EXPECT_EQ(link.name, "vrrp.66");
  EXPECT_EQ(link.kind, "macvlan");
  EXPECT_EQ(link.parent, 2);
  EXPECT_EQ(link.macvlan_mode, MACVLAN_MODE_PRIVATE);
  EXPECT_EQ(link.mac.ToString(), "02:00:00:00:00:01");
  EXPECT_TRUE(link.has_mac);
  EXPECT_TRUE(link.up && link.running && link.proto_down);
  EXPECT_EQ(link.carrier, true);
  EXPECT_EQ(link.oper_state, OperState::kUp);
}

TEST(Decode, AVethPeerIsNoParent) {
  const NlMsgHandle message = LinkMessage(RTM_NEWLINK);
  nla_put_u32(message.get(), IFLA_LINK, 2);
  nlattr* info = nla_nest_start(message.get(), IFLA_LINKINFO);
  nla_put_string(message.get(), IFLA_INFO_KIND, "veth");
  nla_nest_end(message.get(), info);
  EXPECT_FALSE(std::get<LinkPresent>(*Read(message)).link.parent.has_value());
}

TEST(Decode, LeavingABridgeIsNotALinkThatGoes) {
  EXPECT_FALSE(Read(LinkMessage(RTM_DELLINK, AF_BRIDGE)).has_value());
  EXPECT_TRUE(std::holds_alternative<LinkGone>(*Read(LinkMessage(RTM_DELLINK))));
}

TEST(Decode, TheLocalAddressIsOursAndNotThePeers) {
  const NlMsgHandle message = AddressMessage(RTM_NEWADDR, 0);
  const in_addr ours{htonl(0x0a000001)};
  const in_addr peer{htonl(0x0a000002)};
  nla_put(message.get(), IFA_ADDRESS, sizeof peer, &peer);
  nla_put(message.get(), IFA_LOCAL, sizeof ours, &ours);
  EXPECT_EQ(std::get<AddressPresent>(*Read(message)).address.ip.ToString(), "10.0.0.1");
}

TEST(Decode, WideFlagsOutrankTheOldByte) {
  const NlMsgHandle message = AddressMessage(RTM_NEWADDR, 0);
  const in_addr ours{htonl(0x0a000001)};
  nla_put(message.get(), IFA_LOCAL, sizeof ours, &ours);
  nla_put_u32(message.get(), IFA_FLAGS, IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY);
  const Address address = std::get<AddressPresent>(*Read(message)).address;
  EXPECT_TRUE(address.tentative && address.dad_failed && address.secondary);
}

TEST(Decode, AnOptimisticAddressAnswersAlready) {
  const NlMsgHandle message = AddressMessage(RTM_NEWADDR, IFA_F_TENTATIVE | IFA_F_OPTIMISTIC);
  const in_addr ours{htonl(0x0a000001)};
  nla_put(message.get(), IFA_LOCAL, sizeof ours, &ours);
  EXPECT_FALSE(std::get<AddressPresent>(*Read(message)).address.tentative);
}

TEST(Decode, ReadsARemovedAddress) {
  const NlMsgHandle message = AddressMessage(RTM_DELADDR, 0);
  const in_addr ours{htonl(0x0a000001)};
  nla_put(message.get(), IFA_LOCAL, sizeof ours, &ours);
  const auto gone = std::get<AddressGone>(*Read(message));
  EXPECT_EQ(gone.link, 7);
  EXPECT_EQ(gone.prefix_length, 32);
}

TEST(Decode, WhatIsShortOrForeignSaysNothing) {
  const NlMsgHandle no_address = AddressMessage(RTM_NEWADDR, 0);
  EXPECT_FALSE(Read(no_address).has_value());
  const NlMsgHandle odd_length = AddressMessage(RTM_NEWADDR, 0);
  nla_put(odd_length.get(), IFA_LOCAL, 3, kMac.data());
  EXPECT_FALSE(Read(odd_length).has_value());
  const NlMsgHandle short_carrier = LinkMessage(RTM_NEWLINK);
  nla_put(short_carrier.get(), IFLA_CARRIER, 0, kMac.data());
  EXPECT_FALSE(Read(short_carrier).has_value());
  EXPECT_FALSE(Read(MakeMessage(RTM_NEWADDR, 0)).has_value());
  EXPECT_FALSE(Read(MakeMessage(RTM_NEWROUTE, 0)).has_value());
}

}  // namespace
}  // namespace probe::netlink
