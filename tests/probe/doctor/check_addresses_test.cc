#include "probe/doctor/check_addresses.h"

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using keepalived::DaemonState;
using testing::HasSubstr;

class AddressesTest : public testing::Test {
 protected:
  AddressesTest() {
    AddLink(2, "eth0");
    AddLink(3, "eth1");
    Add("192.168.1.2", 2);
    daemon.state = DaemonState::kRunning;
    daemon.why = "keepalived runs";
  }

  void AddLink(int index, const std::string& name) {
    netlink::Link link;
    link.index = index;
    link.name = name;
    link.has_mac = true;
    link.up = true;
    table.Apply(netlink::LinkPresent{link}, {});
  }

  void Add(const std::string& ip, int link) {
    netlink::Address address;
    address.ip = Ip(ip);
    address.prefix_length = 24;
    address.link = link;
    table.Apply(netlink::AddressPresent{address}, {});
  }

  Findings Check() { return CheckAddresses({config, daemon, table, heard, {}, shut}); }

  keepalived::Config config = Configured(InstanceText());
  keepalived::DaemonStatus daemon;
  netlink::AddressTable table;
  Heard heard = HeardFrom({});
  std::map<arbiter::IpAddress, std::string> shut;
};

TEST_F(AddressesTest, ABackupHasNone) {
  EXPECT_EQ(Worst(Check()), Verdict::kOk);
  EXPECT_THAT(Words(Check()), HasSubstr("none of 1 VIP is configured here"));
}

TEST_F(AddressesTest, AnActiveNodeOwnsIts) {
  Add("192.168.1.212", 2);
  EXPECT_EQ(Worst(Check()), Verdict::kOk);
  EXPECT_THAT(Words(Check()), HasSubstr("owned by VI_1"));
}

TEST_F(AddressesTest, ThatTheKernelDoesNotUseIsNotAddedByHand) {
  config = Configured(InstanceText("", "fd00::212/64"));
  for (const bool owned : {true, false}) {
    if (!owned) config = Configured(InstanceText());
    netlink::Address address;
    address.ip = Ip("fd00::212");
    address.prefix_length = 64;
    address.link = 2;
    address.tentative = address.dad_failed = true;
    table.Apply(netlink::AddressPresent{address}, {});
    const Findings findings = CheckAddresses({config, daemon, table, heard, {Ip("fd00::212")}, shut});
    EXPECT_EQ(Worst(findings), Verdict::kFault);
    EXPECT_THAT(Words(findings), HasSubstr("fd00::212/64 on eth0: it is dadfailed on eth0"));
    EXPECT_THAT(Words(findings), testing::Not(HasSubstr("by hand")));
  }
}

TEST_F(AddressesTest, ThatIsAdvertisedAndNowhereWasTakenAway) {
  HeardSource own = Advert();
  own.sent = 3;
  heard = HeardFrom({own});
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("VI_1 advertises it, and no interface has it"));
  EXPECT_THAT(Words(CheckAddresses({config, daemon, table, heard, {}, shut, {"NetworkManager"}})),
              HasSubstr("(NetworkManager runs here) | have NetworkManager leave eth0's addresses alone"));
}

TEST_F(AddressesTest, AnInstanceWhoseLinkIsCutIsInFault) {
  EXPECT_EQ(Worst(CheckInstances(config, table)), Verdict::kOk);
  netlink::Link cut = *table.FindLink("eth0");
  cut.carrier = false;
  table.Apply(netlink::LinkPresent{cut}, {});
  EXPECT_EQ(Worst(CheckInstances(config, table)), Verdict::kFault);
  EXPECT_THAT(
      Words(CheckInstances(config, table)),
      HasSubstr("VI_1: eth0 has no carrier, which keeps VI_1 in FAULT | look at cable and switch port of eth0"));
}

TEST_F(AddressesTest, OfADeadDaemonItIsALeftover) {
  Add("192.168.1.212", 2);
  daemon.state = DaemonState::kGone;
  heard = HeardFrom({Advert()});
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("192.168.1.212/24 on eth0 is a leftover"));
  EXPECT_THAT(Words(Check()), HasSubstr("while 192.168.1.1 advertises it"));
  EXPECT_THAT(Words(Check()), HasSubstr("ip address del 192.168.1.212/24 dev eth0"));
}

TEST_F(AddressesTest, OfAFrozenDaemonItIsHeldInSilence) {
  Add("192.168.1.212", 2);
  daemon.state = DaemonState::kFrozen;
  daemon.vrrp = 4711;
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("kill -CONT 4711"));
}

TEST_F(AddressesTest, OfADaemonThatCannotBeJudgedItIsNoProof) {
  Add("192.168.1.212", 2);
  daemon.state = DaemonState::kUnknown;
  EXPECT_EQ(Worst(Check()), Verdict::kCouldNotLook);
  heard = HeardFrom({Advert()});
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
}

TEST_F(AddressesTest, ThatOthersAdvertiseAndNoInstanceOwnsWasAddedByHand) {
  Add("192.168.1.99", 2);
  heard = HeardFrom({Advert({"192.168.1.99"})});
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("somebody added it by hand"));
}

TEST_F(AddressesTest, ThatABackupKeptIsAFault) {
  Add("192.168.1.212", 2);
  heard = HeardFrom({Advert()});
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("a backup kept it"));
}

TEST_F(AddressesTest, BehindAShutGateIsNoLeftover) {
  Add("192.168.1.212", 2);
  heard = HeardFrom({Advert()});
  shut[Ip("192.168.1.212")] = "held back by the arbiter";
  EXPECT_EQ(Worst(Check()), Verdict::kWarning);
  EXPECT_THAT(Words(Check()), HasSubstr("this node is held back for it (held back by the arbiter)"));
}

TEST_F(AddressesTest, OnAnotherInterfaceIsAFault) {
  Add("192.168.1.212", 3);
  EXPECT_EQ(Worst(Check()), Verdict::kFault);
  EXPECT_THAT(Words(Check()), HasSubstr("puts it on another interface (eth0)"));
}

TEST(Daemon, IsJudgedByItsState) {
  keepalived::DaemonStatus status;
  status.why = "seen";
  const std::pair<DaemonState, Verdict> cases[] = {{DaemonState::kRunning, Verdict::kOk},
                                                   {DaemonState::kFrozen, Verdict::kFault},
                                                   {DaemonState::kGone, Verdict::kFault},
                                                   {DaemonState::kUnknown, Verdict::kWarning}};
  for (const auto& [state, verdict] : cases) {
    status.state = state;
    EXPECT_EQ(Worst(CheckDaemon(status)), verdict);
  }
}

TEST(Ifconfig, ShowsTheFirstAddressOfALabel) {
  const keepalived::Config config = Configured(InstanceText());
  EXPECT_THAT(Words(CheckIfconfig(config, {{Ip("192.168.1.2"), "eth0"}, {Ip("192.168.1.212"), "eth0"}})),
              HasSubstr("192.168.1.212: ifconfig does not show it on eth0"));
  EXPECT_TRUE(CheckIfconfig(config, {{Ip("192.168.1.2"), "eth0"}, {Ip("192.168.1.212"), "eth0:1"}}).empty());
  EXPECT_TRUE(CheckIfconfig(config, {{Ip("192.168.1.212"), "eth0"}, {Ip("192.168.1.2"), "eth0"}}).empty());
}

}  // namespace
}  // namespace probe::doctor
