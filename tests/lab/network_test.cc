#include "tests/lab/network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/address_log.h"
#include "tests/lab/client.h"
#include "tests/lab/firewall.h"
#include "tests/lab/lab.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool Reaches(const Host& from, const std::string& address) {
  const auto outcome = Execute(from.In({"ping", "-c", "1", "-W", "1", address}));
  return outcome.ok() && outcome->exit_code == 0;
}

// A busy machine may take longer than a ping waits.
testing::AssertionResult ComesToReach(const Host& from, const std::string& address) {
  return WaitUntil("a ping is answered", seconds(10), [&] { return Seen{Reaches(from, address), address}; });
}

bool HasCarrier(const Host& host) {
  return absl::StrContains(host.Do({"ip", "link", "show", kVrrpInterface}), "LOWER_UP");
}

int LeftoversOf(pid_t pid) {
  int leftovers = 0;
  for (const fs::path& place : {fs::path("/run/netns"), fs::temp_directory_path(), fs::path("/dev/shm")}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
      if (absl::StartsWith(entry.path().filename().string(), absl::StrCat("arblab-", pid, "-"))) ++leftovers;
    }
  }
  return leftovers;
}

TEST(Lab, HostsReachEachOtherOnBothNetworks) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  EXPECT_TRUE(ComesToReach(a, b.Ipv4()));
  EXPECT_TRUE(ComesToReach(a, b.Ipv6()));
  EXPECT_TRUE(ComesToReach(a, b.control_address()));
}

TEST(Lab, AHostMayHaveALegOnOneMoreNetwork) {
  Lab lab;
  Network& lan = lab.AddSegment({.ipv4 = "172.16.0.", .ipv6 = "fd00:16::"});
  lab.AddHost("a", 1).Attach(lan, "lan");
  const Host& neighbour = lab.AddHost("n", 2, lan);
  const Host& elsewhere = lab.AddHost("e", 3);
  EXPECT_EQ(neighbour.Ipv4(), "172.16.0.2");
  EXPECT_TRUE(ComesToReach(neighbour, "172.16.0.1"));
  EXPECT_TRUE(ComesToReach(neighbour, "fd00:16::1"));
  EXPECT_TRUE(ComesToReach(elsewhere, "192.168.1.1"));
  EXPECT_FALSE(Reaches(elsewhere, neighbour.Ipv4()));
  lab.host("a").GoDark();
  EXPECT_FALSE(Reaches(neighbour, "172.16.0.1"));
}

TEST(Lab, WithOneNetworkDaemonsAreReachedOnIt) {
  Lab lab({.management_network = false});
  const Host& a = lab.AddHost("a", 1);
  const Host& witness = lab.AddManagementHost("w", 240);
  EXPECT_EQ(witness.control_address(), "192.168.1.240");
  EXPECT_TRUE(ComesToReach(a, witness.control_address()));
}

TEST(Lab, TwoLabsDoNotSeeEachOther) {
  Lab one;
  Lab two;
  const Host& a = one.AddHost("a", 1);
  const Host& b = two.AddHost("b", 2);
  EXPECT_FALSE(Reaches(a, b.Ipv4()));
}

TEST(Lab, LeavesNothingBehind) {
  {
    Lab lab;
    lab.AddHost("a", 1);
    EXPECT_GT(LeftoversOf(getpid()), 0);
  }
  EXPECT_EQ(LeftoversOf(getpid()), 0);
}

TEST(Lab, RemovesWhatADeadRunLeftBehind) {
  pid_t dead = 0;
  {
    Process short_lived({.argv = {"true"}});
    dead = short_lived.pid();
    ASSERT_EQ(short_lived.Wait(seconds(5)), 0);
  }
  ASSERT_TRUE(OutputOf({.argv = {"ip", "netns", "add", absl::StrCat("arblab-", dead, "-1-a")}}).ok());
  fs::create_directory(fs::temp_directory_path() / absl::StrCat("arblab-", dead, "-1"));
  fs::create_directory(fs::path("/dev/shm") / absl::StrCat("arblab-", dead, "-1-run"));
  const Lab lab;
  EXPECT_EQ(LeftoversOf(dead), 0);
}

TEST(Network, ACutPortPassesNothingWhileTheCarrierStays) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  lab.vrrp().Cut("a");
  EXPECT_FALSE(Reaches(a, b.Ipv4()));
  EXPECT_TRUE(ComesToReach(a, b.control_address()));
  EXPECT_TRUE(HasCarrier(a));
  lab.vrrp().Mend("a");
  EXPECT_TRUE(ComesToReach(a, b.Ipv4()));
}

TEST(Network, APortCanBeCutOneWay) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  // The address stays known, so that only the way of the ping itself matters.
  ASSERT_TRUE(ComesToReach(b, a.Ipv4()));
  const Client client(b, a.Ipv4());
  lab.vrrp().Cut("a", Way::kFromHost);
  const std::string before = a.Do({"cat", "/proc/net/snmp"});
  EXPECT_TRUE(WaitUntil("pings arrive that no answer leaves", seconds(5), [&] {
    return Seen{a.Do({"cat", "/proc/net/snmp"}) != before, before};
  }));
  lab.vrrp().Mend("a");
  ASSERT_TRUE(ComesToReach(b, a.Ipv4()));
  lab.vrrp().Cut("a", Way::kToHost);
  EXPECT_FALSE(Reaches(b, a.Ipv4()));
}

TEST(Network, APulledCableTakesTheCarrierAway) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  lab.vrrp().Pull("a");
  EXPECT_FALSE(HasCarrier(a));
  lab.vrrp().PlugIn("a");
  EXPECT_TRUE(WaitUntil("the carrier is back", seconds(5), [&] { return Seen{HasCarrier(a), "none"}; }));
}

TEST(Network, AnInterfaceCanBeTakenAwayAndReplaced) {
  Lab lab;
  Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  a.UnplugVrrp();
  EXPECT_FALSE(absl::StrContains(a.Do({"ip", "link"}), kVrrpInterface));
  a.ReplugVrrp();
  EXPECT_TRUE(ComesToReach(a, b.Ipv4()));
}

class ClientTest : public testing::TestWithParam<std::string> {};

TEST_P(ClientTest, LosesPingsWhileTheHostIsCutOffAndNoneOtherwise) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  const std::string address = GetParam() == "V4" ? a.Ipv4() : a.Ipv6();
  ASSERT_TRUE(ComesToReach(b, address));
  const Client client(b, address);
  const auto sent_since = [&](Instant since, int count) {
    return WaitUntil("enough pings", seconds(5), [&] { return Seen{client.Record().Sent(since, Now()) >= count, ""}; });
  };
  const Instant start = Now();
  ASSERT_TRUE(sent_since(start, 20));
  const Instant cut = Now();
  EXPECT_EQ(client.Record().Lost(start, cut - milliseconds(60)), 0) << client.Record().Describe(start, cut);
  lab.vrrp().Cut("a");
  const Instant dark = Now();
  ASSERT_TRUE(sent_since(dark, 10));
  const Instant mended = Now();
  EXPECT_GE(client.Record().Lost(dark, mended), 10);
  lab.vrrp().Mend("a");
}

INSTANTIATE_TEST_SUITE_P(Families, ClientTest, testing::Values("V4", "V6"),
                         [](const auto& parameter) { return parameter.param; });

TEST(AddressLog, HearsAddressesComeAndGo) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  const AddressLog log({&a, &b});
  const Instant before = Now();
  for (const char* address : {"192.168.1.212", "fd00:1::212"}) {
    a.Do({"ip", "address", "add", address, "dev", kVrrpInterface, "nodad"});
    EXPECT_TRUE(WaitUntil("a has it", seconds(5), [&] { return Seen{log.Has("a", address), "not"}; }));
    EXPECT_FALSE(log.Has("b", address));
    a.Do({"ip", "address", "del", address, "dev", kVrrpInterface});
    EXPECT_TRUE(WaitUntil("a has it no more", seconds(5), [&] { return Seen{!log.Has("a", address), "not"}; }));
    EXPECT_GE(log.LastRemoved("a", address), log.LastAdded("a", address, before));
    EXPECT_EQ(log.LastAdded("b", address), std::nullopt);
  }
}

TEST(Firewall, DropsVrrpUntilItIsAllowedAgain) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Firewall firewall(a);
  const std::string empty = firewall.ForeignRuleset();
  firewall.DropVrrp();
  EXPECT_TRUE(absl::StrContains(firewall.ForeignRuleset(), "drop"));
  firewall.AllowVrrp();
  EXPECT_EQ(firewall.ForeignRuleset(), empty);
}

TEST(Firewall, TheForeignRulesetLeavesOurTableOut) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Firewall firewall(a);
  firewall.Load("table netdev arbiter_probe { chain x { }; }\ntable inet other { chain y { }; }\n");
  EXPECT_FALSE(absl::StrContains(firewall.ForeignRuleset(), "chain x"));
  EXPECT_TRUE(absl::StrContains(firewall.ForeignRuleset(), "chain y"));
}

}  // namespace
}  // namespace lab
