#include "probe/keepalived/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kDirectory[] = "/run/arbiter-probe";

arbiter::IpAddress Address(absl::string_view text) { return *arbiter::IpAddress::Parse(text); }

std::vector<std::string> Names(const std::vector<arbiter::IpAddress>& addresses) {
  std::vector<std::string> names;
  for (const arbiter::IpAddress& address : addresses) {
    names.push_back(address.ToString());
  }
  return names;
}

// A and B in group G, C alone; each has an address and C an excluded one.
std::string ThreeInstances(const std::string& in_a, const std::string& in_c = "", const std::string& in_group = "") {
  const auto instance = [](const std::string& name, int vrid, const std::string& address, const std::string& lines) {
    return "vrrp_instance " + name + " {\n interface eth0\n virtual_router_id " + std::to_string(vrid) +
           "\n virtual_ipaddress { " + address + " }\n" + lines + "}\n";
  };
  return "vrrp_sync_group G {\n group { A B }\n" + in_group + "}\n" + instance("A", 1, "10.0.0.1", in_a) +
         instance("B", 2, "10.0.0.2", "") +
         instance("C", 3, "10.0.0.3", " virtual_ipaddress_excluded { 2001:db8::3 }\n" + in_c);
}

std::string Definition(const std::string& name, const std::string& file, const std::string& lines = " weight 0\n") {
  return "track_file " + name + " {\n file /run/arbiter-probe/" + file + "\n" + lines + "}\n";
}

TEST(Owners, AreFoundForListedAndExcludedAddresses) {
  const Config config = ReadText(ThreeInstances("", " virtual_ipaddress_excluded { 10.0.0.1 }\n"));
  const std::vector<Owner> both = OwnersOf(config, Address("10.0.0.1"));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].instance->name, "A");
  EXPECT_FALSE(both[0].excluded);
  EXPECT_EQ(both[1].instance->name, "C");
  EXPECT_TRUE(both[1].excluded);
  EXPECT_EQ(OwnersOf(config, Address("2001:db8::3")).at(0).address->at.line, 18);
  EXPECT_TRUE(OwnersOf(config, Address("10.9.9.9")).empty());
}

TEST(Fault, TakesTheWholeSyncGroup) {
  const Config config = ReadText(ThreeInstances(""));
  const auto falls = [&](absl::string_view name) {
    return Names(AddressesOf(FaultTogether(config, *FindInstance(config, name))));
  };
  EXPECT_THAT(falls("A"), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(falls("B"), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(falls("C"), ElementsAre("10.0.0.3", "2001:db8::3"));
  EXPECT_EQ(GroupOf(config, *FindInstance(config, "C")), nullptr);
  EXPECT_EQ(FindInstance(config, "X"), nullptr);
}

TrackFileRung Rung(const Config& config, absl::string_view name) {
  const auto found = FindTrackFile(config, *FindInstance(config, name), kDirectory);
  EXPECT_TRUE(std::holds_alternative<TrackFileRung>(found)) << std::get<NoTrackFile>(found).why;
  return std::holds_alternative<TrackFileRung>(found) ? std::get<TrackFileRung>(found) : TrackFileRung();
}

std::string WhyNot(const Config& config, absl::string_view name) {
  const auto found = FindTrackFile(config, *FindInstance(config, name), kDirectory);
  return std::holds_alternative<NoTrackFile>(found) ? std::get<NoTrackFile>(found).why : "there is one";
}

TEST(TrackFileRung, OfAnInstanceTakesOnlyItsAddresses) {
  const TrackFileRung rung =
      Rung(ReadText(Definition("arbiter_C", "C.demote") + ThreeInstances("", " track_file {\n  arbiter_C\n }\n")), "C");
  EXPECT_EQ(rung.path, "/run/arbiter-probe/C.demote");
  EXPECT_EQ(rung.name, "arbiter_C");
  EXPECT_FALSE(rung.of_group);
  EXPECT_THAT(Names(rung.addresses), ElementsAre("10.0.0.3", "2001:db8::3"));
  EXPECT_EQ(rung.at.line, 24);
}

TEST(TrackFileRung, OfAMemberTakesTheGroup) {
  const Config config = ReadText(Definition("x", "A.demote") + ThreeInstances(" track_file {\n  x\n }\n"));
  EXPECT_THAT(Names(Rung(config, "A").addresses), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(WhyNot(config, "B"),
              HasSubstr("no track_file with the file /run/arbiter-probe/G.demote is tracked by vrrp_sync_group G"));
}

TEST(TrackFileRung, OfAGroupServesEveryMember) {
  const Config config = ReadText(Definition("x", "G.demote") + ThreeInstances("", "", " track_file {\n  x\n }\n"));
  for (const absl::string_view name : {"A", "B"}) {
    const TrackFileRung rung = Rung(config, name);
    EXPECT_EQ(rung.path, "/run/arbiter-probe/G.demote");
    EXPECT_TRUE(rung.of_group);
    EXPECT_THAT(Names(rung.addresses), ElementsAre("10.0.0.1", "10.0.0.2"));
  }
}

TEST(TrackFileRung, CountsEverybodyWhoTracksTheFile) {
  const Config config =
      ReadText(Definition("x", "C.demote") + ThreeInstances(" track_file { x }\n", " track_file { x }\n"));
  EXPECT_THAT(Names(Rung(config, "C").addresses), ElementsAre("10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::3"));
}

TEST(TrackFileRung, NeedNotHaveWeightZeroWhereTheDaemonMakesItSo) {
  const std::string any = Definition("x", "A.demote", "");
  EXPECT_EQ(Rung(ReadText(any + ThreeInstances(" track_file { x }\n")), "A").name, "x");
  const std::string owner = Definition("x", "C.demote", "");
  EXPECT_EQ(Rung(ReadText(owner + ThreeInstances("", " priority 255\n track_file { x }\n")), "C").name, "x");
}

struct WhyCase {
  std::string name;
  std::string text;
  std::string instance;
  std::string why;
};

TEST(TrackFileRung, SaysWhatKeepsItFromWorking) {
  const std::string use = " track_file {\n  x\n }\n";
  const WhyCase cases[] = {
      {"nothing there", ThreeInstances(""), "C",
       "no track_file with the file /run/arbiter-probe/C.demote is tracked by vrrp_instance C "
       "(/etc/keepalived/keepalived.conf:14): 'arbiter-probe snippet' prints the lines to add"},
      {"not referenced", Definition("x", "C.demote") + ThreeInstances(""), "C",
       "track_file x is defined (/etc/keepalived/keepalived.conf:1) but vrrp_instance C "
       "(/etc/keepalived/keepalived.conf:18) does not track it: write 'track_file {', 'x' and '}' in it, on three "
       "lines"},
      {"other file", Definition("x", "D.demote") + ThreeInstances("", use), "C", "no track_file with the file"},
      {"weight", Definition("x", "C.demote", "") + ThreeInstances("", use), "C",
       "keepalived.conf:23: track_file x has weight 1, which only changes the priority: write 'weight 0' in its "
       "definition (/etc/keepalived/keepalived.conf:1)"},
      {"weight at the reference", Definition("x", "C.demote") + ThreeInstances("", " track_file {\n  x weight 9\n }\n"),
       "C", "track_file x has weight 9"},
      {"weight in a group", Definition("x", "G.demote", "") + ThreeInstances("", "", use), "A",
       "track_file x has weight 1"},
      {"weight in a group that keeps weights",
       Definition("x", "A.demote", "") + ThreeInstances(use, "", " sync_group_tracking_weight\n"), "A",
       "track_file x has weight 1"},
      {"reversed", Definition("x", "C.demote", " weight 0 reverse\n") + ThreeInstances("", use), "C",
       "track_file x is reversed: take 'reverse' away"},
      {"below", ThreeInstances("", use) + Definition("x", "C.demote"), "C",
       "track_file x is defined below this line (/etc/keepalived/keepalived.conf:23), and the daemon ignores the "
       "reference: move the definition above it"},
      {"a name that is no file's", InstanceText("a/b", ""), "a/b", "'a/b' cannot be the name of a track file"},
  };
  for (const WhyCase& one : cases) {
    EXPECT_THAT(WhyNot(ReadText(one.text), one.instance), HasSubstr(one.why)) << one.name;
  }
}

TEST(TrackFileRung, IsFoundBesideOneThatDoesNotWork) {
  const Config config =
      ReadText(Definition("bad", "A.demote", "") + Definition("good", "G.demote") +
               ThreeInstances(" track_file { bad }\n", "", " sync_group_tracking_weight\n track_file { good }\n"));
  EXPECT_EQ(Rung(config, "A").name, "good");
}

TEST(TrackFilePath, TakesNoNameThatLeavesTheDirectory) {
  EXPECT_EQ(*TrackFilePath("/run/x", "VI_1"), "/run/x/VI_1.demote");
  for (const std::string name : {"", "..", ".hidden", "a/b", "a b", "a\"b", "a\nb", "\xc3\xa4"}) {
    EXPECT_FALSE(TrackFilePath("/run/x", name).ok()) << name;
  }
}

TEST(Scopes, OfAGroupFileNameEveryMemberOnce) {
  const Config config = ReadText(Definition("x", "G.demote") + ThreeInstances("", "", " track_file {\n  x\n }\n"));
  const Scopes scopes(config);
  for (const char* name : {"A", "B"}) {
    const auto found = scopes.FindTrackFile(*scopes.Find(name), kDirectory);
    const auto* rung = std::get_if<TrackFileRung>(&found);
    ASSERT_NE(rung, nullptr) << std::get<NoTrackFile>(found).why;
    EXPECT_THAT(Names(rung->addresses), ElementsAre("10.0.0.1", "10.0.0.2"));
  }
  EXPECT_EQ(scopes.GroupOf(*scopes.Find("C")), nullptr);
}

TEST(Scopes, TakeNoLongerPerInstanceWhereThereAreThousands) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "VI_" + std::to_string(i);
    text += Definition(name, name + ".demote") + "vrrp_instance " + name +
            " {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  10.0." + std::to_string(i / 250) + "." +
            std::to_string(i % 250 + 1) + "\n }\n track_file {\n  " + name + "\n }\n}\n";
  }
  const Config config = ReadText(text);
  const Scopes scopes(config);
  const auto began = std::chrono::steady_clock::now();
  for (const Instance& instance : config.instances) {
    const auto found = scopes.FindTrackFile(instance, kDirectory);
    ASSERT_NE(std::get_if<TrackFileRung>(&found), nullptr) << std::get<NoTrackFile>(found).why;
  }
  // Some 20 ms; looking at every file for every instance took 20 s.
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

}  // namespace
}  // namespace probe::keepalived
