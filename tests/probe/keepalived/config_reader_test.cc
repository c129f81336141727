#include "probe/keepalived/config_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "10.0.0.1/24 dev eth0 label x", as `ip addr` would say it.
std::string Text(const VirtualAddress& address) {
  std::string text =
      address.address.ToString() + "/" + std::to_string(address.prefix_length) + " dev " + address.device;
  text += address.label.empty() ? "" : " label " + address.label;
  return text + (address.on_vmac ? " vmac" : "");
}

std::vector<std::string> Texts(const std::vector<VirtualAddress>& addresses) {
  std::vector<std::string> texts;
  for (const VirtualAddress& address : addresses) {
    texts.push_back(Text(address));
  }
  return texts;
}

// The only instance of a configuration in which only these lines are added to a sound one.
Instance ReadInstanceWith(const std::string& lines) { return ReadText(InstanceText("A", lines)).instances.at(0); }

TEST(Instance, HasEveryValueWithTheLineItStandsOn) {
  const Config config = ReadText(R"(! Configuration
vrrp_instance VI_1 {
    state BACKUP      # line 3
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 2
    version 3
    nopreempt
    no_accept
    dont_track_primary
    mcast_src_ip 10.0.0.9
    mcast_dst_ip 224.0.0.20
    virtual_ipaddress {
        192.168.200.16
        192.168.200.17/24 brd 192.168.200.255 dev eth1 scope link label eth1:7
    }
    virtual_ipaddress_excluded {
        2001:db8::1/64 preferred_lft forever
    }
    notify_master "/usr/local/bin/up 'a b'" root
    notify /usr/local/bin/any
}
)");
  EXPECT_THAT(Texts(config), IsEmpty());
  EXPECT_EQ(config.skipped, 0U);
  ASSERT_EQ(config.instances.size(), 1U);
  const Instance& instance = config.instances[0];
  EXPECT_EQ(instance.name, "VI_1");
  EXPECT_EQ(instance.at.ToString(), "/etc/keepalived/keepalived.conf:2");
  EXPECT_EQ(instance.state.at.line, 3);
  EXPECT_EQ(instance.interface.value, "eth0");
  EXPECT_EQ(instance.interface.at.line, 4);
  ASSERT_TRUE(instance.vrid.has_value());
  EXPECT_EQ(instance.vrid->value.value(), 51);
  EXPECT_EQ(instance.vrid->at.line, 5);
  EXPECT_EQ(instance.priority.value.value(), 150);
  EXPECT_EQ(instance.priority.at.line, 6);
  EXPECT_EQ(instance.advert_interval.value, milliseconds(2000));
  EXPECT_EQ(instance.advert_interval.at.line, 7);
  EXPECT_EQ(instance.version.value, 3);
  EXPECT_FALSE(instance.preempts);
  EXPECT_EQ(instance.nopreempt->line, 9);
  EXPECT_FALSE(instance.accept.value);
  EXPECT_FALSE(instance.tracks_own_interface);
  EXPECT_EQ(instance.source->value.ToString(), "10.0.0.9");
  EXPECT_EQ(instance.multicast->value.ToString(), "224.0.0.20");
  EXPECT_THAT(Texts(instance.addresses),
              ElementsAre("192.168.200.16/32 dev eth0", "192.168.200.17/24 dev eth1 label eth1:7"));
  EXPECT_EQ(instance.addresses[1].at.line, 16);
  EXPECT_THAT(Texts(instance.excluded), ElementsAre("2001:db8::1/64 dev eth0"));
  EXPECT_EQ(instance.notify[0].command, "/usr/local/bin/up 'a b'");
  EXPECT_EQ(instance.notify[0].user, "root");
  EXPECT_EQ(instance.notify[1].event, "notify");
}

TEST(Instance, TakesValuesFromIncludedFilesWithTheirLines) {
  const Config config = ReadFiles(
      {{kRoot, "vrrp_instance A {\n include vrid\n}\n"}, {"/etc/keepalived/vrid", "\n\nvirtual_router_id 66\n"}});
  EXPECT_EQ(config.instances.at(0).vrid->at.ToString(), "/etc/keepalived/vrid:3");
  EXPECT_THAT(config.files, ElementsAre(kRoot, "/etc/keepalived/vrid"));
}

TEST(Instance, AddsUpRepeatedAddressBlocks) {
  EXPECT_THAT(Texts(ReadInstanceWith(" virtual_ipaddress { 10.0.0.2 }\n").addresses),
              ElementsAre("10.0.0.1/32 dev eth0", "10.0.0.2/32 dev eth0"));
}

TEST(Instance, HasPeersAndIsUnicastWithThem) {
  const Instance instance = ReadInstanceWith(
      " unicast_src_ip 10.0.0.5\n unicast_peer {\n  10.0.0.6\n  @west 10.0.0.7 min_ttl 3 max_ttl 5\n  @east 10.0.0.8\n "
      "}\n");
  EXPECT_TRUE(instance.unicast);
  ASSERT_EQ(instance.peers.size(), 2U);
  EXPECT_EQ(instance.peers[0].address.ToString(), "10.0.0.6");
  EXPECT_EQ(instance.peers[1].address.ToString(), "10.0.0.7");
  EXPECT_EQ(instance.peers[1].at.line, 10);
}

TEST(Instance, KnowsWhichAddressesGoToAMacvlan) {
  const Instance plain = ReadInstanceWith(" use_vmac vrrp7\n virtual_ipaddress { 10.0.0.2 dev eth1 }\n");
  EXPECT_EQ(plain.vmac->interface, "vrrp7");
  EXPECT_FALSE(plain.vmac->on_base);
  EXPECT_THAT(Texts(plain.addresses), ElementsAre("10.0.0.1/32 dev eth0 vmac", "10.0.0.2/32 dev eth1"));
  const Instance each = ReadInstanceWith(" virtual_ipaddress { 10.0.0.2 dev eth1 use_vmac }\n");
  EXPECT_THAT(Texts(each.addresses), ElementsAre("10.0.0.1/32 dev eth0", "10.0.0.2/32 dev eth1 vmac"));
  EXPECT_EQ(ReadInstanceWith(" use_vmac 02:00:00:00:00:01\n").vmac->interface, "");
  EXPECT_TRUE(ReadInstanceWith(" use_vmac\n vmac_xmit_base\n").vmac->on_base);
  EXPECT_TRUE(ReadInstanceWith(" unicast_peer { 10.0.0.6 }\n use_vmac\n").vmac->on_base);
}

TEST(Instance, HasItsAuthentication) {
  const Instance pass = ReadInstanceWith(" authentication {\n auth_type PASS\n auth_pass \"12#45678\"9\n }\n");
  EXPECT_EQ(pass.authentication.type, AuthType::kPassword);
  EXPECT_TRUE(pass.authentication.password == Secret("12#45678"));
  EXPECT_EQ(pass.authentication.at.line, 8);
  const Instance header = ReadInstanceWith(" authentication { auth_type AH\n auth_pass x\n }\n");
  EXPECT_EQ(header.authentication.type, AuthType::kHeader);
  EXPECT_EQ(ReadInstanceWith(" authentication {\n auth_pass x\n }\n").authentication.type, AuthType::kNone);
  EXPECT_EQ(ReadInstanceWith(" authentication {\n auth_type PASS\n }\n").authentication.type, AuthType::kNone);
}

struct Rule {
  std::string name;
  std::string lines;  // added to a sound instance
  std::function<bool(const Instance&)> holds;
};

// What keepalived 2.2.7's own dump of its data says for these lines.
TEST(Defaults, AreThoseOfTheDaemon) {
  const Rule rules[] = {
      {"version 2", "", [](const Instance& i) { return i.version.value == 2; }},
      {"priority 100", "", [](const Instance& i) { return i.priority.value.value() == 100 && !i.priority.stated; }},
      {"MASTER without a priority owns the address", " state MASTER\n",
       [](const Instance& i) { return i.priority.value.is_address_owner(); }},
      {"a bad priority is 100", " state MASTER\n priority 0\n",
       [](const Instance& i) { return i.priority.value.value() == 100; }},
      {"preempts", "", [](const Instance& i) { return i.preempts; }},
      {"nopreempt", " nopreempt\n", [](const Instance& i) { return !i.preempts; }},
      {"preempt after nopreempt", " nopreempt\n preempt\n", [](const Instance& i) { return i.preempts; }},
      {"nopreempt with MASTER", " state MASTER\n priority 90\n nopreempt\n",
       [](const Instance& i) { return i.preempts && i.nopreempt->line == 9; }},
      {"nopreempt of an owner", " priority 255\n nopreempt\n", [](const Instance& i) { return i.preempts; }},
      {"preempt_delay", " preempt_delay 5.5\n",
       [](const Instance& i) { return i.preempt_delay.value == milliseconds(5500); }},
      {"preempt_delay with MASTER", " state MASTER\n preempt_delay 5\n",
       [](const Instance& i) { return i.preempt_delay.value == milliseconds(0); }},
      {"preempt_delay with nopreempt", " nopreempt\n preempt_delay 5\n",
       [](const Instance& i) { return i.preempt_delay.value == milliseconds(0); }},
      {"preempt_delay too long", " preempt_delay 2000\n",
       [](const Instance& i) { return i.preempt_delay.value == milliseconds(0); }},
      {"one second", "", [](const Instance& i) { return i.advert_interval.value == milliseconds(1000); }},
      {"v2 rounds up to a second", " advert_int 0.3\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(1000); }},
      {"v2 rounds half up", " advert_int 2.5\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(3000); }},
      {"v2 rounds down", " advert_int 1.499\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(1000); }},
      {"v3 rounds to 10 ms", " version 3\n advert_int 0.257\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(260); }},
      {"v3 goes to 40.95 s", " version 3\n advert_int 99\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(40'950); }},
      {"an interval out of range is ignored", " advert_int 300\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(1000) && !i.advert_interval.stated; }},
      {"an interval is no hexadecimal number", " advert_int 0x10\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(1000); }},
      {"an interval has no exponent", " advert_int 3e1\n",
       [](const Instance& i) { return i.advert_interval.value == milliseconds(1000); }},
      {"an owner starts as MASTER", " priority 255\n",
       [](const Instance& i) { return i.state.value == InitialState::kMaster; }},
      {"an owner that says BACKUP starts as it says", " priority 255\n state BACKUP\n",
       [](const Instance& i) { return i.state.value == InitialState::kBackup; }},
      {"a strict owner is MASTER", " strict_mode\n priority 255\n state BACKUP\n",
       [](const Instance& i) { return i.state.value == InitialState::kMaster && i.accept.value; }},
      {"strict without priority 255 is BACKUP", " strict_mode\n priority 254\n state MASTER\n",
       [](const Instance& i) { return i.state.value == InitialState::kBackup; }},
      {"AH that does not count leaves MASTER",
       " version 3\n state MASTER\n priority 100\n authentication {\n auth_type AH\n auth_pass x\n }\n",
       [](const Instance& i) { return i.state.value == InitialState::kMaster; }},
      {"state MASTER wins", " state MASTER\n state BACKUP\n",
       [](const Instance& i) { return i.state.value == InitialState::kMaster; }},
      {"an unknown state is BACKUP", " state FOO\n",
       [](const Instance& i) { return i.state.value == InitialState::kBackup; }},
      {"AH does not start as MASTER",
       " state MASTER\n priority 100\n authentication {\n auth_type AH\n auth_pass x\n }\n",
       [](const Instance& i) { return i.state.value == InitialState::kBackup; }},
      {"strict does not accept", " strict_mode\n", [](const Instance& i) { return !i.accept.value; }},
      {"strict v2 does not accept at all", " strict_mode\n accept\n",
       [](const Instance& i) { return !i.accept.value; }},
      {"strict v3 may accept", " strict_mode\n version 3\n accept\n", [](const Instance& i) { return i.accept.value; }},
      {"strict has no authentication", " strict_mode\n authentication {\n auth_type PASS\n auth_pass x\n }\n",
       [](const Instance& i) { return i.authentication.type == AuthType::kNone; }},
      {"v3 has no authentication", " version 3\n authentication {\n auth_type PASS\n auth_pass x\n }\n",
       [](const Instance& i) { return i.authentication.type == AuthType::kNone && i.authentication.password.empty(); }},
      {"the last VRID counts", " virtual_router_id 8\n", [](const Instance& i) { return i.vrid->value.value() == 8; }},
      {"a VRID out of range is ignored", " virtual_router_id 256\n",
       [](const Instance& i) { return i.vrid->value.value() == 7; }},
      {"a bad version is ignored", " version 4\n", [](const Instance& i) { return i.version.value == 2; }},
  };
  for (const Rule& rule : rules) {
    EXPECT_TRUE(rule.holds(ReadInstanceWith(rule.lines))) << rule.name;
  }
}

TEST(Defaults, ReachInstancesAboveTheGlobals) {
  const Config config = ReadText(InstanceText("A", "") + InstanceText("B", " version 2\n strict_mode off\n") +
                                 "global_defs {\n vrrp_version 3\n vrrp_strict\n}\n");
  EXPECT_EQ(config.instances[0].version.value, 3);
  EXPECT_EQ(config.instances[1].version.value, 2);
  EXPECT_FALSE(config.instances[0].accept.value);
  EXPECT_TRUE(config.instances[1].accept.value);
}

TEST(Defaults, MakeIpv6VersionThreeUnlessItSaysOtherwise) {
  const auto read = [](const std::string& lines) {
    return ReadText("vrrp_instance A {\n" + lines + "}\n").instances[0];
  };
  const std::string address = "virtual_ipaddress { 2001:db8::1 }\n";
  EXPECT_EQ(read(address).version.value, 3);
  EXPECT_EQ(read(address).addresses[0].prefix_length, 128);
  EXPECT_EQ(read("version 2\n" + address).version.value, 2);
  EXPECT_EQ(read(address + "version 2\n").version.value, 3);  // too late: the daemon says so in its log
  EXPECT_EQ(read("version 2\nnative_ipv6\n" + address).version.value, 3);
  EXPECT_EQ(read("version 2\nversion 3\n" + address).version.value, 2);
}

TEST(Defaults, AreOfIpv6WithoutAHeaderAndStrictlyOfVersionThree) {
  const auto read = [](const std::string& lines) {
    return ReadText("vrrp_instance A {\n version 2\n virtual_ipaddress { fe80::1 }\n" + lines + "}\n").instances[0];
  };
  const Instance header = read("state MASTER\n priority 7\n authentication {\n auth_type AH\n auth_pass x\n }\n");
  EXPECT_EQ(header.authentication.type, AuthType::kNone);
  EXPECT_EQ(header.state.value, InitialState::kMaster);
  EXPECT_EQ(read("").version.value, 2);
  EXPECT_EQ(read("strict_mode\n").version.value, 3);
}

TEST(Globals, HaveStrictModeWhateverStandsBehindIt) {
  for (const std::string word : {"", " yes", " no", " off"}) {
    const Config config = ReadText("global_defs {\n vrrp_strict" + word + "\n}\n" + InstanceText("A", ""));
    EXPECT_TRUE(config.instances[0].strict.value) << word;
    EXPECT_EQ(config.diagnostics.size(), word == " no" || word == " off" ? 1U : 0U) << word;
  }
}

TEST(Instance, TakesALengthAsTheDaemonDoes) {
  const std::pair<std::string, int> cases[] = {{"/", 0},   {"/24", 24}, {"/024", 24}, {"/33", 32},
                                               {"/8x", 8}, {"/x", 0},   {"/-1", 32},  {"", 32}};
  for (const auto& [length, taken] : cases) {
    const Instance instance = ReadInstanceWith(" virtual_ipaddress {\n  192.0.2.6" + length + "\n }\n");
    EXPECT_EQ(instance.addresses.at(1).prefix_length, taken) << length;
  }
}

TEST(Family, IsDecidedByTheFirstAddressOfAnyKind) {
  struct Case {
    std::string lines;
    std::vector<std::string> addresses;
  };
  const std::string both = " virtual_ipaddress {\n 10.0.0.1\n 2001:db8::1\n }\n";
  const Case cases[] = {
      {both, {"10.0.0.1/32 dev eth0"}},
      {" native_ipv6\n" + both, {"2001:db8::1/128 dev eth0"}},
      {" unicast_src_ip 2001:db8::9\n" + both, {"2001:db8::1/128 dev eth0"}},
      {" unicast_peer { 2001:db8::9 }\n" + both, {"2001:db8::1/128 dev eth0"}},
      {both + " native_ipv6\n", {"10.0.0.1/32 dev eth0"}},
  };
  for (const Case& one : cases) {
    const Config config = ReadText("vrrp_instance A {\n interface eth0\n virtual_router_id 1\n" + one.lines + "}\n");
    EXPECT_EQ(Texts(config.instances[0].addresses), one.addresses) << one.lines;
    EXPECT_THAT(Texts(config), testing::Contains(HasSubstr("the daemon ignores it"))) << one.lines;
  }
}

struct Complaint {
  std::string lines;  // added to a sound instance, from line 7 on
  std::string text;
};

TEST(Diagnostic, NamesTheLineAndWhatTheDaemonMakesOfIt) {
  const Complaint complaints[] = {
      {" garbage 5\n", ":7: unknown keyword 'garbage' in 'vrrp_instance': skipped"},
      {" virtual_router_id 0\n", ":7: 'virtual_router_id' is '0': a whole number from 1 to 255 is needed"},
      {" virtual_router_id\n", ":7: 'virtual_router_id' has no value: the daemon will not run"},
      {" priority\n", ":7: 'priority' has no value: the daemon will not run"},
      {" state\n", ":7: 'state' has no value: the daemon will not run"},
      {" mcast_src_ip\n", ":7: 'mcast_src_ip' has no value: the daemon will not run"},
      {" authentication {\n  auth_pass\n }\n", ":8: 'auth_pass' has no value: the daemon will not run"},
      {" advert_int 0x10\n", ":7: 'advert_int' is '0x10': a number of seconds from 0.01 to 255"},
      {" priority 100x\n", ":7: 'priority' is '100x': a whole number from 1 to 255"},
      {" advert_int -3\n", ":7: 'advert_int' is '-3': a number of seconds from 0.01 to 255"},
      {" advert_int nan\n", ":7: 'advert_int' is 'nan'"},
      {" advert_int 0.5\n", ":7: advert_int of 500 ms is used as 1000 ms by VRRPv2"},
      {" state Master\n", ":7: state 'Master' is unknown: the daemon takes BACKUP"},
      {" strict_mode maybe\n", ":7: 'strict_mode' is 'maybe': on or off is needed"},
      {" mcast_src_ip x\n", ":7: 'mcast_src_ip' is 'x': no IP address"},
      {" virtual_ipaddress { 10.0.0.2 10.0.0.3 }\n",
       ":7: '10.0.0.3' after 10.0.0.2: the daemon reads one address a line"},
      {" virtual_ipaddress {\n  foo\n }\n", ":8: 'foo' is no IP address"},
      {" virtual_ipaddress { 10.0.0.2/33 }\n", ":7: '10.0.0.2/33' has no sensible prefix length: the daemon takes 32"},
      {" unicast_peer { 10.0.0.7 10.0.0.8 }\n", ":7: '10.0.0.8' after 10.0.0.7: the daemon reads one peer a line"},
      {" track_file { a b }\n", ":7: 'b' after a: the daemon reads one name a line"},
      {" track_script { s }\n", ":7: 's' is not defined above this line: the daemon ignores it"},
      {" track_interface {\n eth1\n eth1\n }\n", ":9: 'eth1' is tracked twice"},
      {" state MASTER\n priority 9\n nopreempt\n",
       ":9: nopreempt has no effect with state MASTER (/etc/keepalived/keepalived.conf:7): write state BACKUP there"},
      {" authentication {\n auth_type MD5\n }\n", ":8: auth_type 'MD5' is neither PASS nor AH"},
      {" notify_master\n", ":7: 'notify_master' names no script"},
  };
  for (const Complaint& complaint : complaints) {
    EXPECT_THAT(Texts(ReadText(InstanceText("A", complaint.lines))), testing::Contains(HasSubstr(complaint.text)))
        << complaint.lines;
  }
}

TEST(Diagnostic, NamesWhatKeepsTheDaemonFromRunning) {
  const Config config = ReadText(InstanceText("A", "") + InstanceText("B", "") + "vrrp_instance C {\n}\n");
  EXPECT_THAT(Texts(config),
              ElementsAre(HasSubstr(":15: vrrp_instance C has no virtual_router_id: the daemon will not run"),
                          HasSubstr(":15: vrrp_instance C has no interface: the daemon will not run"),
                          HasSubstr(":15: vrrp_instance C has no virtual_ipaddress: it advertises none"),
                          AllOf(HasSubstr(":10: vrrp_instance B uses virtual_router_id 7 on eth0, as A does"),
                                HasSubstr("keepalived.conf:3)"))));
  const std::string empty = "vrrp_instance A {\n interface eth0\n virtual_router_id 7\n";
  for (const std::string more : {" version 3\n}\n", " strict_mode\n}\n", "}\nglobal_defs {\n vrrp_version 3\n}\n"}) {
    const Config refused = ReadText(empty + more);
    EXPECT_THAT(Texts(refused),
                ElementsAre(HasSubstr(":1: vrrp_instance A has no virtual_ipaddress: the daemon will not "
                                      "run")))
        << more;
    EXPECT_EQ(refused.diagnostics.at(0).kind, Diagnostic::Kind::kRefused);
  }
}

// A VRID is shared in multicast by whoever has interface, family and group in common; in unicast by whoever also has a
// source and a peer.
TEST(Diagnostic, NamesWhoSharesAVrid) {
  const std::string peer = " unicast_peer {\n  10.0.0.8\n }\n";
  struct Pair {
    std::string a;
    std::string b;
    bool shared;
  };
  const Pair pairs[] = {
      {"", "", true},
      {"", " interface eth1\n", false},
      {"", " mcast_dst_ip 224.0.0.18\n", true},
      {"", " mcast_dst_ip 224.0.0.19\n", false},
      {" unicast_peer {\n }\n", "", true},
      {peer, "", false},
      {peer, peer, true},
      {peer, " unicast_peer {\n  10.0.0.9\n  10.0.0.8\n }\n", true},
      {peer, " unicast_peer {\n  10.0.0.9\n }\n", false},
      {peer + " unicast_src_ip 10.0.0.1\n", peer + " unicast_src_ip 10.0.0.2\n", false},
      {peer, peer + " unicast_src_ip 10.0.0.2\n", false},  // whether it is the interface's address is not in the file
  };
  for (const Pair& pair : pairs) {
    const Config config = ReadText(InstanceText("A", pair.a) + InstanceText("B", pair.b));
    const auto shares = [](const Diagnostic& one) {
      return one.kind == Diagnostic::Kind::kRefused && one.text.find("as A does") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(config.diagnostics.begin(), config.diagnostics.end(), shares), pair.shared ? 1 : 0)
        << pair.a << pair.b;
  }
}

TEST(Instance, WithoutPeersIsMulticastWhateverElseSaysUnicast) {
  for (const std::string lines : {" unicast_peer {\n }\n", " unicast_src_ip 10.0.0.5\n", " check_unicast_src\n",
                                  " old_unicast_checksum\n", " unicast_peer {\n  foo\n }\n"}) {
    const Config config = ReadText(InstanceText("A", lines));
    EXPECT_FALSE(config.instances[0].unicast) << lines;
    EXPECT_THAT(Texts(config),
                testing::Contains(HasSubstr(":1: vrrp_instance A says unicast and has no peer: the daemon "
                                            "uses multicast")))
        << lines;
  }
  const Config fault = ReadText(InstanceText("A", " unicast_fault_no_peer\n"));
  EXPECT_THAT(Texts(fault),
              ElementsAre(HasSubstr(":7: vrrp_instance A has no unicast peer: with unicast_fault_no_peer")));
}

TEST(Instance, TakesItsOwnAndItsPeersAddressesWithALengthToo) {
  const Instance unicast =
      ReadInstanceWith(" unicast_src_ip 10.255.0.2/24\n unicast_peer {\n  192.0.2.8/24\n  192.0.2.9-12\n }\n");
  EXPECT_EQ(unicast.source->value.ToString(), "10.255.0.2");
  ASSERT_EQ(unicast.peers.size(), 2U);
  EXPECT_EQ(unicast.peers[0].address.ToString(), "192.0.2.8");
  EXPECT_EQ(unicast.peers[1].address.ToString(), "192.0.2.9");
  EXPECT_EQ(ReadInstanceWith(" mcast_src_ip 10.0.0.9/24\n").source->value.ToString(), "10.0.0.9");
  EXPECT_EQ(ReadInstanceWith(" mcast_dst_ip 224.0.0.30/4\n").multicast->value.ToString(), "224.0.0.30");
}

TEST(Instance, HasTheAddressOfItsIpvlanAsSourceUnlessOneStandsAbove) {
  const Instance ipvlan = ReadInstanceWith(" use_ipvlan bridge ipv7 10.0.0.77/24\n");
  EXPECT_EQ(ipvlan.ipvlan->line, 7);
  EXPECT_EQ(ipvlan.source->value.ToString(), "10.0.0.77");
  EXPECT_EQ(ReadInstanceWith(" mcast_src_ip 10.0.0.9\n use_ipvlan a 10.0.0.77\n").source->value.ToString(), "10.0.0.9");
  EXPECT_EQ(ReadInstanceWith(" use_ipvlan a 10.0.0.77\n mcast_src_ip 10.0.0.9\n").source->value.ToString(), "10.0.0.9");
  EXPECT_FALSE(ReadInstanceWith(" use_ipvlan private a\n").source.has_value());
}

// RFC 9568, 5.2.5: the count has eight bits; and the daemon sends no fragments.
TEST(Instance, HoldsWhatFitsInNoAdvertisementAsExcluded) {
  const auto read = [](const std::string& rows, int mtu) {
    MapSource source({{kRoot, "vrrp_instance A {\n interface eth9\n virtual_router_id 1\n virtual_ipaddress {\n" +
                                  rows + "\n }\n virtual_ipaddress_excluded {\n  192.0.2.1\n }\n}\n"}});
    ReadOptions options;
    if (mtu > 0) {
      options.mtu_of = [mtu](const std::string& name) {
        return name == "eth9" ? std::optional<int>(mtu) : std::nullopt;
      };
    }
    const absl::StatusOr<Config> config = ReadConfigFrom(&source, kRoot, options);
    EXPECT_TRUE(config.ok()) << config.status();
    return *config;
  };
  const std::string v4 = "~SEQ(A,0,1) ~SEQ(I,1,130) 10.0.${A}.$I";
  const std::string v6 = "~SEQx(I,1,95) fe80::$I";
  const Config many = read(v4, 0);
  EXPECT_EQ(many.instances[0].addresses.size(), 255U);
  ASSERT_EQ(many.instances[0].excluded.size(), 6U);
  EXPECT_THAT(Texts(many.instances[0].excluded)[0], HasSubstr("192.0.2.1/32"));
  EXPECT_THAT(Texts(many.instances[0].excluded)[5], HasSubstr("10.0.1.130/32"));
  EXPECT_THAT(Texts(many), ElementsAre(HasSubstr(":5: vrrp_instance A has 260 addresses, and an advertisement has room "
                                                 "for 255: the daemon takes those from here on as excluded ones")));
  EXPECT_EQ(read(v6, 0).instances[0].addresses.size(), 89U);
  EXPECT_EQ(read(v6, 9000).instances[0].addresses.size(), 95U);
  EXPECT_EQ(read(v6, 1280).instances[0].addresses.size(), 76U);
}

TEST(Diagnostic, AreBoundedAndTheRestIsCounted) {
  std::string text;
  for (int i = 0; i < 1500; ++i) {
    text += "garbage\n";
  }
  const Config config = ReadText(text);
  EXPECT_EQ(config.diagnostics.size(), kMaxDiagnostics);
  EXPECT_EQ(config.diagnostics_dropped, 500U);
  EXPECT_EQ(config.skipped, 1500U);
}

TEST(Unknown, OtherPartsOfTheDaemonAreKnownAndIgnored) {
  const Config config = ReadText(R"(
global_defs {
  notification_email {
    a@b
  }
  vrrp_garp_master_delay 5
  nftables keepalived
}
virtual_server 10.0.0.1 80 {
  delay_loop 6
  real_server 10.0.0.2 80 {
    weight 1
  }
}
static_routes {
  10.0.0.0/8 via 10.0.0.1
}
bfd_instance b {
  min_rx 1
}
)");
  EXPECT_THAT(Texts(config), IsEmpty());
  EXPECT_EQ(config.skipped, 0U);
}

TEST(Instance, OfANameAlreadyUsedIsSkipped) {
  const Config config =
      ReadText(InstanceText("A", "") + InstanceText("A", " priority 7\n") + "vrrp_instance a b {\n x\n}\n");
  ASSERT_EQ(config.instances.size(), 1U);
  EXPECT_FALSE(config.instances[0].priority.stated);
  EXPECT_THAT(Texts(config), ElementsAre(HasSubstr(":8: vrrp_instance A is defined above"),
                                         HasSubstr(":16: vrrp_instance needs exactly one name")));
}

TEST(Globals, AreRead) {
  const Config config = ReadText(R"(net_namespace blue
global_defs {
  router_id R1
  vrrp_version 3
  default_interface eth7
  script_user alice staff
  enable_script_security
  vrrp_notify_fifo /run/fifo
  vrrp_process_name kv
  dynamic_interfaces
}
vrrp_instance A {
  virtual_ipaddress { 10.0.0.1 }
}
)");
  EXPECT_EQ(config.globals.net_namespace.value, "blue");
  EXPECT_EQ(config.globals.router_id.value, "R1");
  EXPECT_EQ(config.globals.vrrp_version.value, 3);
  EXPECT_EQ(config.globals.script_user.value, "alice");
  EXPECT_EQ(config.globals.script_group, "staff");
  EXPECT_EQ(config.globals.script_user.at.line, 6);
  EXPECT_TRUE(config.globals.script_security.value);
  EXPECT_EQ(config.globals.notify_fifo.value, "/run/fifo");
  EXPECT_EQ(config.globals.vrrp_process_name.value, "kv");
  EXPECT_TRUE(config.globals.dynamic_interfaces);
  EXPECT_THAT(Texts(config.instances[0].addresses), ElementsAre("10.0.0.1/32 dev eth7"));
}

TEST(Script, IsReadAsTheDaemonRunsIt) {
  const Config config = ReadText(R"(vrrp_script chk {
  script "/bin/check 'a b' \x41" ignored
  interval 2
  timeout 3
  weight -4 reverse
  fall 5
  rise 6
  user nobody nogroup
  init_fail
}
vrrp_script empty {
}
vrrp_script chk {
  script /bin/other
}
)");
  ASSERT_EQ(config.scripts.size(), 1U);
  const Script& script = config.scripts[0];
  EXPECT_EQ(script.command.value, "/bin/check 'a b' A");
  EXPECT_EQ(script.command.at.line, 2);
  EXPECT_THAT(script.arguments, ElementsAre("/bin/check", "a b", "A"));
  EXPECT_EQ(script.interval, std::chrono::seconds(2));
  EXPECT_EQ(script.timeout, std::chrono::seconds(3));
  EXPECT_EQ(script.weight, -4);
  EXPECT_TRUE(script.reverse);
  EXPECT_EQ(script.fall, 5);
  EXPECT_EQ(script.rise, 6);
  EXPECT_EQ(script.user, "nobody");
  EXPECT_EQ(script.group, "nogroup");
  EXPECT_TRUE(script.starts_failed);
  EXPECT_THAT(Texts(config), ElementsAre(HasSubstr(":11: vrrp_script empty has no script"),
                                         HasSubstr(":13: vrrp_script chk is defined above")));
}

TEST(TrackFile, IsReadUnderBothOfItsNames) {
  for (const std::string keyword : {"track_file", "vrrp_track_file"}) {
    const Config config = ReadText(keyword + " t {\n file \"/run/a b\"\n weight 0\n init_file 0 overwrite\n}\n" +
                                   InstanceText("A", " track_file {\n  t weight -3 reverse\n }\n"));
    EXPECT_THAT(Texts(config), IsEmpty());
    ASSERT_EQ(config.track_files.size(), 1U);
    const TrackFile& file = config.track_files[0];
    EXPECT_EQ(file.path.value, "/run/a b");
    EXPECT_EQ(file.weight.value, 0);
    EXPECT_EQ(file.weight.at.line, 3);
    EXPECT_EQ(file.initial_value, 0);
    EXPECT_TRUE(file.overwrite);
    const Tracked& tracked = config.instances[0].files.at(0);
    EXPECT_EQ(tracked.name, "t");
    EXPECT_EQ(tracked.weight, -3);
    EXPECT_EQ(tracked.reverse, true);
    EXPECT_TRUE(tracked.defined);
  }
}

TEST(TrackFile, HasWeightOneAndTakesTheFirstOtherOne) {
  EXPECT_EQ(ReadText("track_file t {\n file /a\n}\n").track_files[0].weight.value, 1);
  EXPECT_EQ(ReadText("track_file t {\n file /a\n weight -300\n weight 3\n weight 4\n}\n").track_files[0].weight.value,
            3);
  EXPECT_THAT(ReadText("track_file t {\n weight 3\n}\n").track_files, IsEmpty());
}

TEST(TrackFile, DefinedBelowItsUseIsNotTracked) {
  const Config config = ReadText(InstanceText("A", " track_file {\n  t\n }\n") + "track_file t {\n file /a\n}\n");
  EXPECT_FALSE(config.instances[0].files.at(0).defined);
}

TEST(Group, ListsMembersOnOneLineOrMany) {
  const Config config = ReadText(
      "vrrp_sync_group G {\n group {\n  A B\n  C\n }\n sync_group_tracking_weight\n track_interface {\n  eth1 weight "
      "5\n }\n}\n" +
      InstanceText("A", "") + InstanceText("B", " virtual_router_id 8\n") +
      InstanceText("C", " virtual_router_id 9\n"));
  EXPECT_THAT(Texts(config), IsEmpty());
  ASSERT_EQ(config.groups.size(), 1U);
  ASSERT_EQ(config.groups[0].members.size(), 3U);
  EXPECT_EQ(config.groups[0].members[1].instance, "B");
  EXPECT_EQ(config.groups[0].members[2].at.line, 4);
  EXPECT_TRUE(config.groups[0].keeps_weights);
  EXPECT_EQ(config.groups[0].interfaces.at(0).weight, 5);
}

TEST(Group, LosesMembersThatDoNotExistOrAreTaken) {
  const Config config = ReadText(
      "vrrp_sync_group G {\n group {\n  A\n  X\n }\n}\nvrrp_sync_group H {\n group { A }\n}\n" + InstanceText("A", ""));
  ASSERT_EQ(config.groups.size(), 1U);
  EXPECT_EQ(config.groups[0].members.size(), 1U);
  EXPECT_THAT(Texts(config),
              ElementsAre(HasSubstr(":4: vrrp_sync_group G: X is no vrrp_instance"),
                          HasSubstr(":8: vrrp_sync_group H: A is no vrrp_instance, or is a member of a group above"),
                          HasSubstr(":7: vrrp_sync_group H lists no instance")));
}

// An old spelling that keepalived 2 drops with "has no virtual router(s)".
TEST(Group, WithoutItsInnerBlockIsDropped) {
  const Config config = ReadText("vrrp_sync_group G {\n A\n}\n" + InstanceText("A", ""));
  EXPECT_THAT(config.groups, IsEmpty());
  EXPECT_THAT(Texts(config),
              ElementsAre(HasSubstr(":2: unknown keyword 'A' in 'vrrp_sync_group'"),
                          HasSubstr(":1: vrrp_sync_group G lists no instance between 'group {' and '}'")));
}

}  // namespace
}  // namespace probe::keepalived
