#include "probe/actuate/nft_decode.h"

#include <endian.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>

#include "probe/netlink/netlink_socket.h"

namespace probe::actuate {
namespace {

using netlink::NlMsgHandle;

NlMsgHandle Message(int type, std::uint8_t family = kNetdevFamily) {
  NlMsgHandle message = netlink::MakeMessage((NFNL_SUBSYS_NFTABLES << 8) | type, 0);
  nfgenmsg header{};
  header.nfgen_family = family;
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_string(message.get(), NFTA_TABLE_NAME, "t");
  return message;
}

void PutNumber64(nl_msg* message, int type, std::uint64_t value) { nla_put_u64(message, type, htobe64(value)); }

// One element of set "s": value 66, 1.5 s left of 2 s, a counter at 5, a comment.
NlMsgHandle ElementMessage() {
  NlMsgHandle message = Message(NFT_MSG_NEWSETELEM);
  nla_put_string(message.get(), NFTA_SET_ELEM_LIST_SET, "s");
  nlattr* list = nla_nest_start(message.get(), NFTA_SET_ELEM_LIST_ELEMENTS);
  nlattr* element = nla_nest_start(message.get(), NFTA_LIST_ELEM);
  nlattr* key = nla_nest_start(message.get(), NFTA_SET_ELEM_KEY);
  nla_put_u8(message.get(), NFTA_DATA_VALUE, 66);
  nla_nest_end(message.get(), key);
  PutNumber64(message.get(), NFTA_SET_ELEM_TIMEOUT, 2000);
  PutNumber64(message.get(), NFTA_SET_ELEM_EXPIRATION, 1500);
  nlattr* expression = nla_nest_start(message.get(), NFTA_SET_ELEM_EXPR);
  nla_put_string(message.get(), NFTA_EXPR_NAME, "counter");
  nlattr* counter = nla_nest_start(message.get(), NFTA_EXPR_DATA);
  PutNumber64(message.get(), NFTA_COUNTER_PACKETS, 5);
  nla_nest_end(message.get(), counter);
  nla_nest_end(message.get(), expression);
  const std::array<char, 6> comment = {0, 4, 'w', 'h', 'y', 0};
  nla_put(message.get(), NFTA_SET_ELEM_USERDATA, comment.size(), comment.data());
  nla_nest_end(message.get(), element);
  nla_nest_end(message.get(), list);
  return message;
}

TEST(NftDecode, ReadsAnElementWithItsCounterAndComment) {
  TableDump dump;
  MergeMessage(*nlmsg_hdr(ElementMessage().get()), "t", dump);
  ASSERT_EQ(dump.sets["s"].size(), 1U);
  const TableDump::Element& element = dump.sets["s"][0];
  EXPECT_THAT(element.value, testing::ElementsAre(66));
  EXPECT_EQ(element.expires, std::chrono::milliseconds(1500));
  EXPECT_EQ(element.packets, 5U);
  EXPECT_EQ(element.comment, "why");
}

TEST(NftDecode, OtherTablesAndFamiliesAreIgnored) {
  TableDump dump;
  MergeMessage(*nlmsg_hdr(ElementMessage().get()), "u", dump);
  MergeMessage(*nlmsg_hdr(Message(NFT_MSG_NEWCHAIN, 2).get()), "t", dump);
  EXPECT_TRUE(dump.sets.empty());
  EXPECT_TRUE(dump.chains.empty());
}

TEST(NftDecode, ReadsAChainWithItsHookAndCountsItsRules) {
  const NlMsgHandle chain = Message(NFT_MSG_NEWCHAIN);
  nla_put_string(chain.get(), NFTA_CHAIN_NAME, "in_eth0");
  nlattr* hook = nla_nest_start(chain.get(), NFTA_CHAIN_HOOK);
  nla_put_u32(chain.get(), NFTA_HOOK_HOOKNUM, htobe32(1));
  nla_put_string(chain.get(), NFTA_HOOK_DEV, "eth0");
  nla_nest_end(chain.get(), hook);
  const NlMsgHandle rule = Message(NFT_MSG_NEWRULE);
  nla_put_string(rule.get(), NFTA_RULE_CHAIN, "in_eth0");
  TableDump dump;
  MergeMessage(*nlmsg_hdr(chain.get()), "t", dump);
  MergeMessage(*nlmsg_hdr(rule.get()), "t", dump);
  MergeMessage(*nlmsg_hdr(rule.get()), "t", dump);
  EXPECT_EQ(dump.chains["in_eth0"].hook, 1U);
  EXPECT_THAT(dump.chains["in_eth0"].devices, testing::ElementsAre("eth0"));
  EXPECT_EQ(dump.chains["in_eth0"].rules, 2);
}

TEST(NftDecode, ACutCommentIsNoComment) {
  const NlMsgHandle message = Message(NFT_MSG_NEWSETELEM);
  nla_put_string(message.get(), NFTA_SET_ELEM_LIST_SET, "s");
  nlattr* list = nla_nest_start(message.get(), NFTA_SET_ELEM_LIST_ELEMENTS);
  nlattr* element = nla_nest_start(message.get(), NFTA_LIST_ELEM);
  nlattr* key = nla_nest_start(message.get(), NFTA_SET_ELEM_KEY);
  nla_put_u8(message.get(), NFTA_DATA_VALUE, 66);
  nla_nest_end(message.get(), key);
  const std::array<char, 3> comment = {0, 40, 'w'};
  nla_put(message.get(), NFTA_SET_ELEM_USERDATA, comment.size(), comment.data());
  nla_nest_end(message.get(), element);
  nla_nest_end(message.get(), list);
  TableDump dump;
  MergeMessage(*nlmsg_hdr(message.get()), "t", dump);
  ASSERT_EQ(dump.sets["s"].size(), 1U);
  EXPECT_EQ(dump.sets["s"][0].comment, "");
}

TEST(NftDecode, ANoticeSaysWhatHappenedToWhichTable) {
  const auto notice = ReadNotice(*nlmsg_hdr(Message(NFT_MSG_DELTABLE).get()));
  ASSERT_TRUE(notice.has_value());
  EXPECT_EQ(notice->kind, NftNotice::Kind::kTable);
  EXPECT_TRUE(notice->removed);
  EXPECT_EQ(notice->table, "t");
  EXPECT_FALSE(ReadNotice(*nlmsg_hdr(netlink::MakeMessage(16, 0).get())).has_value());
}

}  // namespace
}  // namespace probe::actuate
