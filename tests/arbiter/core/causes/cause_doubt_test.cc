// What must not be named: absence of facts, what our own gate hides, and what only looks like a fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/arbiter/core/causes/claimants.h"

namespace arbiter::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

struct Doubt {
  std::string name;
  std::function<void(Claimants&)> settings;
  std::function<void(Claimants&)> wire;
};

void PrintTo(const Doubt& doubt, std::ostream* out) { *out << doubt.name; }

void ForgetEverything(Claimants& c) {
  for (Claimant& node : c.nodes) node.vip.heard.clear();
}

std::vector<Doubt> DoubtsOfSettings() {
  return {
      {"EverythingAgrees", nullptr, nullptr},
      {"IntervalsDifferUnderVersion3",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.SetVersion(3);
         c.b().SetInterval(seconds(2));
       },
       nullptr},
      {"AuthenticationDiffersUnderVersion3",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.SetVersion(3);
         c.b().config().auth_type = "";
       },
       nullptr},
      {"ListsDifferInOrderOnly",
       [](Claimants& c) {
         c.a().SetList({"192.168.1.212", "192.168.1.213"});
         c.b().SetList({"192.168.1.213", "192.168.1.212"});
       },
       nullptr},
      {"FingerprintIsMissingOnOneSide", [](Claimants& c) { c.b().config().auth_fingerprint = ""; }, nullptr},
      {"AHolderIsSilentWhoseDaemonRuns", nullptr, [](Claimants& c) { c.a().FallSilent(DaemonState::kRunning); }},
      {"PriorityAndStateDiffer",
       [](Claimants& c) {
         c.a().config().initial_state = "MASTER";
         c.b().config().initial_state = "BACKUP";
       },
       nullptr},
  };
}

std::vector<Doubt> DoubtsOfNetworks() {
  return {
      {"PrefixLengthsDifferOnOneNetwork",
       [](Claimants& c) { c.b().config().segment = c.b().vip.segment = "192.168.0.0/16"; }, nullptr},
      {"NetworksDifferOnPaperAndAdvertsArrive",
       [](Claimants& c) { c.b().config().segment = c.b().vip.segment = "10.9.0.0/24"; }, nullptr},
      {"UnicastPeersAreEachOther",
       [](Claimants& c) {
         c.a().config().unicast_peers = {Ip("192.168.1.2"), Ip("192.168.1.3")};
         c.b().config().unicast_peers = {Ip("192.168.1.1")};
       },
       [](Claimants& c) {
         c.Heard(c.a(), c.b()).destination = Ip("192.168.1.1");
         c.Heard(c.b(), c.a()).destination = Ip("192.168.1.2");
       }},
      {"UnicastPeersOnDifferentNetworks",
       [](Claimants& c) {
         c.a().config().unicast_peers = {Ip("10.9.0.2")};
         c.b().config().unicast_peers = {Ip("192.168.1.1")};
         c.b().config().segment = "10.9.0.0/24";
         c.b().vip.primary_address = Ip("10.9.0.2");
         c.b().report.addresses = {Ip("10.9.0.2")};
       },
       [](Claimants& c) {
         c.Heard(c.a(), c.b()).destination = Ip("192.168.1.1");
         c.Heard(c.b(), c.a()).destination = Ip("10.9.0.2");
       }},
      {"NoConfigurationWasRead",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.report.instances.clear();
           node.report.config_path = "";
           node.vip.in_daemon_config = false;
         }
       },
       nullptr},
  };
}

std::vector<Doubt> DoubtsOfTheWire() {
  return {
      {"GateIsShut", nullptr, [](Claimants& c) { c.ShutGateOf(c.b()); }},
      {"GateLetsOnlyAdvertsOutForATrial", nullptr,
       [](Claimants& c) {
         c.ShutGateOf(c.b());
         c.b().vip.gate = GateState::kAdvertsOnly;
       }},
      {"ProbesHaveJustStarted", nullptr,
       [](Claimants& c) {
         ForgetEverything(c);
         for (Claimant& node : c.nodes) node.listening_since = kConfirmed - milliseconds(300);
       }},
      {"FirstAdvertIsNotReportedYet", [](Claimants& c) { c.a().vip.configured_since = kConfirmed - milliseconds(50); },
       [](Claimants& c) {
         c.b().vip.configured_since = kConfirmed - milliseconds(50);
         ForgetEverything(c);
       }},
      {"OneDidNotAnswer", [](Claimants& c) { c.a().fresh = false; }, ForgetEverything},
      {"AdvertsBehindAnAuthenticationHeaderAreNotForTheRawSocket",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.config().auth_type = "AH";
       },
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.vip.heard[0].auth_type = 2;
           node.vip.heard[0].delivered = false;
         }
       }},
      {"ChecksumCouldNotBeVerified",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.SetVersion(3);
       },
       [](Claimants& c) { c.Heard(c.a(), c.b()).checksum_habit = "unverified"; }},
  };
}

void AddClaim(const std::string& mac, Claimants& c) {
  HeardRouter claim;
  claim.source = Ip("192.168.1.212");
  claim.mac = mac;
  claim.on_wire = claim.names_vip = true;
  c.a().vip.heard.push_back(claim);
}

std::vector<Doubt> DoubtsOfStrangers() {
  return {
      {"StrangerUsesTheSameVirtualRouterForOtherAddresses", nullptr,
       [](Claimants& c) {
         HeardRouter stranger = c.Heard(c.a(), c.b());
         stranger.source = Ip("192.168.1.77");
         stranger.names_vip = false;
         c.a().vip.heard.push_back(stranger);
       }},
      {"StrangerIsNotThereAnyMore", nullptr,
       [](Claimants& c) {
         HeardRouter stranger = c.Heard(c.a(), c.b());
         stranger.source = Ip("192.168.1.77");
         stranger.on_wire = stranger.delivered = false;
         c.a().vip.heard.push_back(stranger);
       }},
      {"AnotherNodeOfTheClusterAdvertisesTheVip", [](Claimants& c) { c.more_cluster_addresses = {Ip("192.168.1.3")}; },
       [](Claimants& c) {
         HeardRouter third = c.Heard(c.a(), c.b());
         third.source = Ip("192.168.1.3");
         c.a().vip.heard.push_back(third);
       }},
      {"ArpClaimWhileNotEveryNodesMacIsKnown", [](Claimants& c) { c.cluster_macs.clear(); },
       [](Claimants& c) { AddClaim("02:00:00:00:00:09", c); }},
      {"ArpClaimOfANodeOfTheCluster", nullptr, [](Claimants& c) { AddClaim("02:00:00:00:00:0b", c); }},
      {"ArpClaimWithAVirtualRoutersMac", nullptr, [](Claimants& c) { AddClaim("00:00:5e:00:01:42", c); }},
  };
}

std::vector<Doubt> DoubtsOfAddressesAndReach() {
  return {
      {"OwnAddressesAreNotKnown",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.report.addresses.clear();
       },
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.vip.primary_address.reset();
       }},
      {"AddressThatAdvertsOverIpv6ComeFromIsNotKnown",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.SetVersion(3);
           node.vip.vip = Ip("2001:db8::212");
           node.SetList({"2001:db8::212"});
           node.report.addresses = {Ip(node.name == "a" ? "2001:db8::1" : "2001:db8::2")};
         }
       },
       [](Claimants& c) {
         ForgetEverything(c);
         for (Claimant& node : c.nodes) node.vip.primary_address.reset();
       }},
      {"ReferencesAnsweredTooLateOnANodeThatIsOnTheWire",
       [](Claimants& c) {
         c.a().reach = Reach{1, 0, {}, {Ip("192.168.1.254")}};
         c.b().reach = Reach{1, 1, {Ip("192.168.1.254")}, {}};
       },
       nullptr},
  };
}

std::vector<Doubt> DoubtsOfDaemons() {
  return {
      {"SilentAndTheDaemonsStateCannotBeTold", [](Claimants& c) { c.a().FallSilent(DaemonState::kUnknown); }, nullptr},
      {"SilentWhereTheProbeDoesNotListen", [](Claimants& c) { c.a().report.interfaces = {"eth9"}; },
       [](Claimants& c) { c.a().FallSilent(DaemonState::kFrozen); }},
      {"SilentButHeardAMomentAgo", nullptr, [](Claimants& c) { c.b().FallSilent(DaemonState::kRunning); }},
      {"PidFileIsWrongWhileAdvertsArrive", [](Claimants& c) { c.a().vip.daemon = DaemonState::kGone; }, nullptr},
      {"SilentAndNotFresh",
       [](Claimants& c) {
         c.a().FallSilent(DaemonState::kFrozen);
         c.a().fresh = false;
       },
       nullptr},
  };
}

std::vector<Doubt> AllDoubts() {
  std::vector<Doubt> all = DoubtsOfSettings();
  for (const std::vector<Doubt>& more :
       {DoubtsOfNetworks(), DoubtsOfTheWire(), DoubtsOfStrangers(), DoubtsOfAddressesAndReach(), DoubtsOfDaemons()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

class EachDoubt : public testing::TestWithParam<Doubt> {};

TEST_P(EachDoubt, NamesNoCause) {
  Claimants claimants;
  if (GetParam().settings) GetParam().settings(claimants);
  claimants.LetAllHear();
  if (GetParam().wire) GetParam().wire(claimants);
  const std::vector<CauseEvidence> found = claimants.Find();
  EXPECT_THAT(CausesOf(found), ElementsAre(Cause::kUnknown)) << found[0].evidence;
}

INSTANTIATE_TEST_SUITE_P(Cause, EachDoubt, testing::ValuesIn(AllDoubts()),
                         [](const testing::TestParamInfo<Doubt>& doubt) { return doubt.param.name; });

TEST(UnknownCause, ListsWhatWasLookedAtAndWhatCouldNotBe) {
  Claimants claimants;
  claimants.LetAllHear();
  claimants.ShutGateOf(claimants.b());
  claimants.b().report.instances.clear();
  const std::vector<CauseEvidence> found = claimants.Find();
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kUnknown));
  EXPECT_THAT(found[0].evidence, HasSubstr("VRID (a 66, b 66)"));
  EXPECT_THAT(found[0].evidence, HasSubstr("adverts of a at b (delivered)"));
  EXPECT_THAT(found[0].evidence, HasSubstr("not known: authentication and peers of b"));
  EXPECT_THAT(found[0].evidence, HasSubstr("adverts of b at a, behind the shut gate"));
  EXPECT_THAT(found[0].advice, HasSubstr("arbiter-probe doctor"));
}

TEST(UnknownCause, SaysWhoDidNotAnswer) {
  Claimants claimants;
  claimants.LetAllHear();
  claimants.a().fresh = false;
  EXPECT_THAT(claimants.Find()[0].evidence, HasSubstr("a did not answer"));
}

TEST(UnknownCause, IsTheAnswerWithoutAnyFact) {
  const std::vector<CauseEvidence> found = FindCauses(CauseInput{});
  ASSERT_THAT(CausesOf(found), ElementsAre(Cause::kUnknown));
  EXPECT_EQ(found[0].evidence, "nothing could be looked at");
}

}  // namespace
}  // namespace arbiter::core
