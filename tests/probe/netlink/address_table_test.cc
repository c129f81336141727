#include "probe/netlink/address_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace probe::netlink {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Instant At(int s) { return Instant(seconds(s)); }
arbiter::IpAddress Ip(absl::string_view text) { return arbiter::IpAddress::Parse(text).value(); }

Link Eth0() {
  Link link;
  link.index = 2;
  link.name = "eth0";
  link.up = true;
  link.carrier = true;
  link.oper_state = OperState::kUp;
  return link;
}

Address Vip(int prefix_length = 24) {
  Address address;
  address.ip = Ip("192.168.1.212");
  address.prefix_length = prefix_length;
  address.link = 2;
  return address;
}

// One word a change, so that a list of them reads as a sentence.
std::vector<std::string> Words(const std::vector<Change>& changes) {
  const std::vector<std::string> names = {"added", "changed", "removed", "link", "link-removed", "resynced"};
  std::vector<std::string> words;
  words.reserve(changes.size());
  for (const Change& change : changes) words.push_back(names.at(change.index()));
  return words;
}

TEST(AddressTable, ANewAddressIsAddedOnceAndRemembersSinceWhen) {
  AddressTable table;
  table.Apply(LinkPresent{Eth0()}, At(1));
  const auto changes = table.Apply(AddressPresent{Vip()}, At(5));
  ASSERT_THAT(Words(changes), ElementsAre("added"));
  EXPECT_EQ(std::get<AddressAdded>(changes[0]).address.since, At(5));
  EXPECT_THAT(table.Apply(AddressPresent{Vip()}, At(9)), IsEmpty());
  EXPECT_EQ(table.Find(Vip().ip).at(0).address.since, At(5));
}

TEST(AddressTable, AChangedFlagIsAChangeThatKeepsItsSince) {
  AddressTable table;
  Address tentative = Vip();
  tentative.tentative = true;
  table.Apply(AddressPresent{tentative}, At(1));
  const auto changes = table.Apply(AddressPresent{Vip()}, At(3));
  ASSERT_THAT(Words(changes), ElementsAre("changed"));
  EXPECT_EQ(std::get<AddressChanged>(changes[0]).address.since, At(1));
  EXPECT_FALSE(std::get<AddressChanged>(changes[0]).address.tentative);
}

TEST(AddressTable, TheSameAddressWithTwoPrefixLengthsIsTwoAddresses) {
  AddressTable table;
  table.Apply(LinkPresent{Eth0()}, At(1));
  table.Apply(AddressPresent{Vip(24)}, At(1));
  table.Apply(AddressPresent{Vip(32)}, At(1));
  EXPECT_EQ(table.Find(Vip().ip).size(), 2U);
  EXPECT_THAT(Words(table.Apply(AddressGone{Vip().ip, 24, 2}, At(2))), ElementsAre("removed"));
  EXPECT_EQ(table.Find(Vip().ip).size(), 1U);
}

TEST(AddressTable, ALinkThatGoesTakesItsAddressesWithItFirst) {
  AddressTable table;
  table.Apply(LinkPresent{Eth0()}, At(1));
  table.Apply(AddressPresent{Vip()}, At(1));
  EXPECT_THAT(Words(table.Apply(LinkGone{2}, At(2))), ElementsAre("removed", "link-removed"));
  EXPECT_THAT(table.Apply(LinkGone{2}, At(3)), IsEmpty());
}

TEST(AddressTable, AnAddressBeforeItsLinkIsKeptUntilTheLinkIsKnown) {
  AddressTable table;
  EXPECT_THAT(Words(table.Apply(AddressPresent{Vip()}, At(1))), ElementsAre("added"));
  EXPECT_THAT(table.Find(Vip().ip), IsEmpty());
  table.Apply(LinkPresent{Eth0()}, At(2));
  EXPECT_EQ(table.Find(Vip().ip).size(), 1U);
}

TEST(AddressTable, ADumpReplacesEverythingAndReportsOnlyTheDifferences) {
  AddressTable table;
  table.Apply(LinkPresent{Eth0()}, At(1));
  table.Apply(AddressPresent{Vip()}, At(1));
  Address lost = Vip();
  lost.ip = Ip("2001:db8::1");
  table.Apply(AddressPresent{lost}, At(1));
  Link renamed = Eth0();
  renamed.name = "lan0";
  Address fresh = Vip();
  fresh.ip = Ip("10.0.0.9");
  const auto changes = table.Replace({LinkPresent{renamed}, AddressPresent{Vip()}, AddressPresent{fresh}}, At(7));
  EXPECT_THAT(Words(changes), ElementsAre("removed", "link", "added"));
  EXPECT_EQ(table.Find(Vip().ip).at(0).address.since, At(1));
  EXPECT_EQ(table.FindLink("eth0"), nullptr);
  EXPECT_NE(table.FindLink("lan0"), nullptr);
}

struct AnswerCase {
  const char* name;
  void (*spoil)(AddressOnLink&);
  bool can_answer;
};

class Answering : public testing::TestWithParam<AnswerCase> {};

TEST_P(Answering, DependsOnLinkAndAddress) {
  AddressOnLink place{Vip(), Eth0()};
  GetParam().spoil(place);
  EXPECT_EQ(place.CanAnswer(), GetParam().can_answer);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Answering,
    testing::Values(
        AnswerCase{"Healthy", [](AddressOnLink&) {}, true},
        AnswerCase{"Tentative", [](AddressOnLink& p) { p.address.tentative = true; }, false},
        AnswerCase{"DadFailed", [](AddressOnLink& p) { p.address.dad_failed = true; }, false},
        AnswerCase{"Secondary", [](AddressOnLink& p) { p.address.secondary = true; }, true},
        AnswerCase{"LinkDown", [](AddressOnLink& p) { p.link.up = false; }, false},
        AnswerCase{"NoCarrier", [](AddressOnLink& p) { p.link.carrier = false; }, false},
        AnswerCase{"ProtoDown", [](AddressOnLink& p) { p.link.proto_down = true; }, false},
        AnswerCase{"Loopback", [](AddressOnLink& p) { p.link.loopback = true; }, false},
        AnswerCase{"LowerLayerDown", [](AddressOnLink& p) { p.link.oper_state = OperState::kLowerLayerDown; }, false},
        AnswerCase{"OperStateUnknown", [](AddressOnLink& p) { p.link.oper_state = OperState::kUnknown; }, true}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace probe::netlink
