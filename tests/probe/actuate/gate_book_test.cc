#include "probe/actuate/gate_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::actuate {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

Instant At(int s) { return Instant(seconds(s)); }

GateKey Key(absl::string_view vip, std::optional<std::uint8_t> vrid = 66, bool vmac = false) {
  return {arbiter::IpAddress::Parse(vip).value(), "eth0", vrid, vmac};
}

// Of an instance whose adverts are of the other family.
GateKey OfTheOther(absl::string_view vip, arbiter::IpAddress::Family adverts, bool vmac = false) {
  GateKey key = Key(vip, 66, vmac);
  key.adverts = adverts;
  return key;
}

Order Until(std::optional<Instant> shut, std::optional<Instant> adverts = std::nullopt,
            std::optional<Instant> open = std::nullopt) {
  return {shut, adverts, open, "why"};
}

// The elements as "set value until", with "-" for ever.
std::vector<std::string> Lines(const Elements& elements) {
  std::vector<std::string> lines;
  for (const auto& [id, terms] : elements) {
    std::string until = "-";
    if (terms.until) until = std::to_string(terms.until->time_since_epoch() / seconds(1));
    lines.push_back(std::string(SetPrefix(id.set)) + " " + id.value + " " + until);
  }
  return lines;
}

struct ElementsCase {
  const char* name;
  GateKey key;
  Order order;
  std::vector<std::string> elements;
};

class GateElements : public testing::TestWithParam<ElementsCase> {};

TEST_P(GateElements, FollowFromOneOrder) {
  GateBook book;
  book.Set(GetParam().key, GetParam().order);
  EXPECT_THAT(Lines(book.ElementsOf(GetParam().key)), testing::UnorderedElementsAreArray(GetParam().elements));
  EXPECT_EQ(book.AllElements(), book.ElementsOf(GetParam().key));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GateElements,
    testing::Values(
        ElementsCase{"Leftover", Key("10.0.0.1", std::nullopt), Until(std::nullopt), {"shut_ip4 10.0.0.1 -"}},
        ElementsCase{"V4", Key("10.0.0.1"), Until(At(9)), {"shut_ip4 10.0.0.1 9", "shut_vrid4 66 9"}},
        ElementsCase{"V4Vmac",
                     Key("10.0.0.1", 66, true),
                     Until(std::nullopt),
                     {"shut_ip4 10.0.0.1 -", "shut_vrid4 66 -", "shut_mac 00:00:5e:00:01:42 -"}},
        ElementsCase{"V6Vmac",
                     Key("fd00::1", 66, true),
                     Until(std::nullopt),
                     {"shut_ip6 fd00::1 -", "shut_nd 0xfd000000000000000000000000000001 -", "shut_vrid6 66 -",
                      "shut_mac 00:00:5e:00:02:42 -"}},
        ElementsCase{"V6OfAnIpv4Instance",
                     OfTheOther("fd00::1", arbiter::IpAddress::Family::kV4, true),
                     Until(std::nullopt, At(5)),
                     {"shut_ip6 fd00::1 -", "shut_nd 0xfd000000000000000000000000000001 -", "shut_vrid4 66 -",
                      "advert_vrid4 66 5", "shut_mac 00:00:5e:00:01:42 -"}},
        ElementsCase{"V4OfAnIpv6Instance",
                     OfTheOther("10.0.0.1", arbiter::IpAddress::Family::kV6),
                     Until(std::nullopt),
                     {"shut_ip4 10.0.0.1 -", "shut_vrid6 66 -"}},
        ElementsCase{"AdvertsOnly",
                     Key("10.0.0.1", 66, true),
                     Until(std::nullopt, At(5)),
                     {"shut_ip4 10.0.0.1 -", "shut_vrid4 66 -", "shut_mac 00:00:5e:00:01:42 -", "advert_vrid4 66 5"}},
        ElementsCase{
            "Lease",
            Key("fd00::1", 66, true),
            Until(std::nullopt, std::nullopt, At(5)),
            {"shut_ip6 fd00::1 -", "shut_nd 0xfd000000000000000000000000000001 -", "shut_vrid6 66 -",
             "shut_mac 00:00:5e:00:02:42 -", "pass_ip6 fd00::1 5", "pass_nd 0xfd000000000000000000000000000001 5",
             "pass_vrid6 66 5", "pass_mac 00:00:5e:00:02:42 5"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(GateBook, OneVirtualRouterIsShutWhileAnyOfItsVipsIs) {
  GateBook book;
  book.Set(Key("10.0.0.1"), Until(At(9)));
  book.Set(Key("10.0.0.2"), Until(std::nullopt));
  EXPECT_THAT(Lines(book.ElementsOf(Key("10.0.0.1"))),
              testing::UnorderedElementsAre("shut_ip4 10.0.0.1 9", "shut_vrid4 66 -"));
  book.Erase(Key("10.0.0.2"));
  EXPECT_THAT(Lines(book.ElementsOf(Key("10.0.0.2"))), testing::UnorderedElementsAre("shut_vrid4 66 9"));
  book.Erase(Key("10.0.0.1"));
  EXPECT_THAT(book.ElementsOf(Key("10.0.0.1")), IsEmpty());
}

TEST(GateBook, AdvertsLeaveOnlyWhileEveryVipOfTheRouterLetsThem) {
  GateBook book;
  book.Set(Key("10.0.0.1"), Until(std::nullopt, At(5)));
  book.Set(Key("10.0.0.2"), Until(std::nullopt));
  EXPECT_THAT(Lines(book.ElementsOf(Key("10.0.0.1"))), testing::Not(testing::Contains(testing::HasSubstr("advert"))));
  book.Set(Key("10.0.0.2"), Until(std::nullopt, At(4)));
  EXPECT_THAT(Lines(book.ElementsOf(Key("10.0.0.1"))), testing::Contains("advert_vrid4 66 4"));
}

TEST(GateBook, TheSameVridOfAnotherFamilyOrInterfaceIsAnotherRouter) {
  GateBook book;
  GateKey elsewhere = Key("10.0.0.2");
  elsewhere.interface = "eth1";
  book.Set(Key("10.0.0.1"), Until(At(9)));
  book.Set(elsewhere, Until(std::nullopt));
  book.Set(Key("fd00::1"), Until(std::nullopt));
  EXPECT_THAT(Lines(book.ElementsOf(Key("10.0.0.1"))), testing::Contains("shut_vrid4 66 9"));
}

TEST(GateBook, AVipWhoseVridChangedStaysShutUntilBothOrdersEnd) {
  GateBook book;
  book.Set(Key("10.0.0.1", 66), Until(std::nullopt));
  book.Set(Key("10.0.0.1", 65), Until(std::nullopt));
  book.Erase(Key("10.0.0.1", 66));
  EXPECT_THAT(Lines(book.AllElements()), testing::UnorderedElementsAre("shut_ip4 10.0.0.1 -", "shut_vrid4 65 -"));
}

TEST(GateBook, WhatHasEndedIsForgotten) {
  GateBook book;
  book.Set(Key("10.0.0.1"), Until(At(9)));
  book.Set(Key("10.0.0.2", 7), Until(std::nullopt, At(5), At(6)));
  book.Expire(At(5));
  EXPECT_EQ(*book.Find(Key("10.0.0.2", 7)), Until(std::nullopt, std::nullopt, At(6)));
  book.Expire(At(9));
  EXPECT_EQ(book.Find(Key("10.0.0.1")), nullptr);
  EXPECT_EQ(*book.Find(Key("10.0.0.2", 7)), Until(std::nullopt));
}

TEST(GateComment, SaysAgainWhatItWasMadeOf) {
  for (const GateKey& key : {Key("10.0.0.1"), Key("10.0.0.1", 255, true), Key("10.0.0.1", std::nullopt),
                             OfTheOther("fd00::1", arbiter::IpAddress::Family::kV4),
                             OfTheOther("10.0.0.1", arbiter::IpAddress::Family::kV6, true)}) {
    const ReadComment read = ParseComment(FormatComment(key, "incident 12: a survives"));
    EXPECT_EQ(read.vrid, key.vrid);
    EXPECT_EQ(read.vmac, key.vmac);
    EXPECT_EQ(read.adverts, key.adverts);
    EXPECT_EQ(read.text, "incident 12: a survives");
  }
}

TEST(GateComment, CannotBreakOutOfItsQuotes) {
  const std::string comment = FormatComment(Key("10.0.0.1"), "a\"; flush ruleset\nb");
  EXPECT_EQ(comment.find_first_of("\"\n"), std::string::npos);
  EXPECT_LE(FormatComment(Key("10.0.0.1"), std::string(500, 'x')).size(), std::size_t{kMaxComment});
}

TEST(GateComment, AStrangersCommentIsAllText) {
  for (const char* text : {"", "by hand", "vrid 66", "vrid 999: x", "vrid: x"}) {
    EXPECT_FALSE(ParseComment(text).vrid.has_value()) << text;
  }
  EXPECT_EQ(ParseComment("by hand: no").text, "by hand: no");
}

TEST(GateBook, GivesTheElementsOfManyKeysAsThoseOfEach) {
  GateBook book;
  std::vector<GateKey> keys;
  for (int i = 1; i < 20; ++i) {
    keys.push_back(Key("10.0.0." + std::to_string(i), i % 3 == 0 ? 67 : 66, i % 5 == 0));
    book.Set(keys.back(), Until(i % 2 == 0 ? std::nullopt : std::optional(At(i))));
  }
  Elements one_by_one;
  for (const GateKey& key : keys) one_by_one.merge(book.ElementsOf(key));
  EXPECT_EQ(book.ElementsOf(keys), one_by_one);
  EXPECT_EQ(book.ElementsOf(keys), book.AllElements());
  EXPECT_THAT(book.ElementsOf(absl::Span<const GateKey>()), IsEmpty());
}

TEST(GateBook, NamesTheOrdersThatLackAnElement) {
  GateBook book;
  for (const char* vip : {"10.0.0.1", "10.0.0.2"}) book.Set(Key(vip), Until(std::nullopt));
  book.Set(Key("fd00::1"), Until(std::nullopt));
  Elements actual = book.AllElements();
  EXPECT_THAT(book.Incomplete(actual), IsEmpty());
  actual.erase({"eth0", GateSet::kShutIp4, "10.0.0.2"});
  EXPECT_THAT(book.Incomplete(actual), testing::ElementsAre(Key("10.0.0.2")));
  actual = book.AllElements();
  actual.erase({"eth0", GateSet::kShutVrid4, "66"});
  EXPECT_THAT(book.Incomplete(actual), testing::ElementsAre(Key("10.0.0.1"), Key("10.0.0.2")));
}

}  // namespace
}  // namespace probe::actuate
