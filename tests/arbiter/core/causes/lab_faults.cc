#include "tests/arbiter/core/causes/lab_faults.h"

#include <chrono>

namespace arbiter::core {
namespace {

void UseVersion3(Claimants& c) {
  for (Claimant& node : c.nodes) node.SetVersion(3);
}

void SendUnicast(Claimant& node, const std::string& peer) { node.config().unicast_peers = {Ip(peer)}; }

void LoseAllAdverts(Claimants& c) {
  Claimants::Forget(c.a(), c.b());
  Claimants::Forget(c.b(), c.a());
}

void MoveToAnotherNetwork(Claimant& node) {
  node.config().interface = "eth1";
  node.config().segment = "10.9.0.0/24";
  node.report.addresses = {Ip("192.168.1.2"), Ip("10.9.0.2")};
  node.vip.primary_address = Ip("10.9.0.2");
}

std::vector<Fault> FaultsInSettings() {
  return {
      {"DifferentVirtualRouterId", [](Claimants& c) { c.b().SetVrid(65); }, nullptr, Cause::kVridMismatch,
       "a advertises VRID 66, b advertises VRID 65, both on 192.168.1.0/24",
       "on b, in /etc/b.conf:4, write `virtual_router_id 66` as a has it (/etc/a.conf:4)"},
      {"DifferentVirtualRouterIdOverIpv6",
       [](Claimants& c) {
         UseVersion3(c);
         c.b().SetVrid(65);
         for (Claimant& node : c.nodes) {
           node.vip.vip = Ip("2001:db8::212");
           node.SetList({"2001:db8::212"});
           node.vip.primary_address = Ip(node.name == "a" ? "fe80::1" : "fe80::2");
           node.report.addresses = {*node.vip.primary_address};
         }
       },
       nullptr, Cause::kVridMismatch, "a advertises VRID 66, b advertises VRID 65", "write `virtual_router_id 66`"},
      {"DifferentVirtualRouterIdForAnAddressThatNoAdvertNames",
       [](Claimants& c) {
         c.b().SetVrid(65);
         for (Claimant& node : c.nodes) {
           node.SetList({"192.168.1.211"});
           node.config().excluded_addresses = {node.vip.vip};
         }
       },
       [](Claimants& c) {
         for (Claimant& node : c.nodes) node.vip.heard.clear();  // neither the VIP nor the node's own virtual router
       },
       Cause::kVridMismatch, "a advertises VRID 66, b advertises VRID 65", "write `virtual_router_id 66`"},
      {"OverlappingLists",
       [](Claimants& c) {
         c.a().SetList({"192.168.1.212", "192.168.1.213"});
         c.b().SetList({"192.168.1.212", "192.168.1.214"});
       },
       nullptr, Cause::kVipListMismatch, "b lists 192.168.1.212, 192.168.1.214; not on a: 192.168.1.214",
       "on b, in /etc/b.conf:12, write 192.168.1.213 in place of 192.168.1.214"},
  };
}

std::vector<Fault> FaultsInProtocol() {
  return {
      {"PasswordDiffers", [](Claimants& c) { c.b().config().auth_fingerprint = "f2"; }, nullptr, Cause::kAuthMismatch,
       "auth_pass differs between a and b", "a in /etc/a.conf:9 and b in /etc/b.conf:9"},
      {"NoAuthenticationOnOneSide",
       [](Claimants& c) {
         c.b().config().auth_type = "";
         c.b().config().auth_fingerprint = "";
       },
       nullptr, Cause::kAuthMismatch, "a has auth_type PASS (/etc/a.conf:8), b has no authentication",
       "Write the same auth_type and auth_pass"},
      {"IntervalsDifferUnderVersion2", [](Claimants& c) { c.b().SetInterval(std::chrono::seconds(2)); }, nullptr,
       Cause::kAdvertIntervalMismatch, "a advertises an interval of 1 s, b advertises an interval of 2 s",
       "on b, in /etc/b.conf:6, write `advert_int 1`"},
      {"Version2AgainstVersion3",
       [](Claimants& c) {
         c.b().SetVersion(3);
         c.b().SetInterval(std::chrono::milliseconds(500));
       },
       nullptr, Cause::kVersionMismatch, "a advertises VRRPv2, b advertises VRRPv3",
       "on b, in /etc/b.conf:1, write `vrrp_version 2`"},
      {"Version2WithAPasswordAgainstVersion3WithoutOne",
       [](Claimants& c) {
         c.b().SetVersion(3);
         c.b().config().auth_type = "";
         c.b().config().auth_fingerprint = "";
       },
       nullptr, Cause::kVersionMismatch, "a advertises VRRPv2, b advertises VRRPv3", "write `vrrp_version 2`"},
  };
}

std::vector<Fault> FaultsInPeersAndInterfaces() {
  return {
      {"UnicastPeersAreSomebodyElse",
       [](Claimants& c) {
         SendUnicast(c.a(), "192.168.1.98");
         SendUnicast(c.b(), "192.168.1.99");
       },
       LoseAllAdverts, Cause::kUnicastPeerMismatch, "a sends to unicast_peer 192.168.1.98, b is 192.168.1.2",
       "on a, in /etc/a.conf:1, write 192.168.1.2 into unicast_peer"},
      {"UnicastPeersDoNotExistSoThatNothingIsSent",
       [](Claimants& c) {
         SendUnicast(c.a(), "192.168.1.98");
         SendUnicast(c.b(), "192.168.1.99");
         for (Claimant& node : c.nodes) node.FallSilent(DaemonState::kRunning);
       },
       nullptr, Cause::kUnicastPeerMismatch, "b sends to unicast_peer 192.168.1.99, a is 192.168.1.1",
       "on b, in /etc/b.conf:1, write 192.168.1.1 into unicast_peer"},
      {"UnicastPeerOfTheHigherPriorityDoesNotExist",
       [](Claimants& c) {
         SendUnicast(c.a(), "192.168.1.98");
         SendUnicast(c.b(), "192.168.1.1");
         c.a().FallSilent(DaemonState::kRunning);
       },
       [](Claimants& c) { c.Heard(c.a(), c.b()).destination = Ip("192.168.1.1"); }, Cause::kUnicastPeerMismatch,
       "a sends to unicast_peer 192.168.1.98, b is 192.168.1.2", "on a, in /etc/a.conf:1, write 192.168.1.2", true},
      {"UnicastMeetsMulticast", [](Claimants& c) { SendUnicast(c.a(), "192.168.1.2"); },
       [](Claimants& c) { c.Heard(c.b(), c.a()).destination = Ip("192.168.1.2"); }, Cause::kUnicastPeerMismatch,
       "b sends to the multicast group", "on b, in /etc/b.conf:1, write 192.168.1.1 into unicast_peer"},
      {"InterfacesOfDifferentSegments", [](Claimants& c) { MoveToAnotherNetwork(c.b()); }, LoseAllAdverts,
       Cause::kWrongInterface, "a runs it on eth0 (192.168.1.0/24), b runs it on eth1 (10.9.0.0/24)",
       "on b, in /etc/b.conf:3"},
      {"InterfacesOfDifferentSegmentsWhereVirtualRouterIdsNeedNotAgree",
       [](Claimants& c) {
         MoveToAnotherNetwork(c.b());
         c.b().SetVrid(65);
       },
       LoseAllAdverts, Cause::kWrongInterface, "b runs it on eth1 (10.9.0.0/24)", "on b, in /etc/b.conf:3"},
  };
}

std::vector<Fault> FaultsInSources() {
  return {
      {"SourceIsOnNoInterface",
       [](Claimants& c) {
         SendUnicast(c.a(), "192.168.1.2");
         SendUnicast(c.b(), "192.168.1.1");
         c.b().config().unicast_source = Ip("192.168.1.2");
         c.b().config().origin = {{"unicast_src_ip", "/etc/b.conf:7"}};
         c.b().report.addresses = {Ip("10.77.0.2")};
         c.b().FallSilent(DaemonState::kRunning);
       },
       [](Claimants& c) {
         HeardRouter& heard = c.Heard(c.b(), c.a());  // the switch still knows where it was
         heard.destination = Ip("192.168.1.2");
         heard.delivered = false;
       },
       Cause::kSourceAddress, "b is to send from 192.168.1.2 (/etc/b.conf:7), which none of its interfaces has",
       "on b, give eth0 the address 192.168.1.2 again"},
      {"SourceIsAnAddressOfTheOtherNode",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           SendUnicast(node, "192.168.1.2");
           node.config().unicast_source = Ip("192.168.1.1");
           node.vip.primary_address = Ip("192.168.1.1");
         }
       },
       LoseAllAdverts, Cause::kSourceAddress, "b sends from 192.168.1.1, which is an address of a and none of its own",
       "write `unicast_src_ip 192.168.1.2` and a's address into unicast_peer"},
      {"SourceIsNotTheOneThatTheOtherLists",
       [](Claimants& c) {
         UseVersion3(c);
         const auto over_ipv6 = [](Claimant& node, const std::string& own, const std::string& peer) {
           node.vip.vip = Ip("2001:db8::212");
           node.SetList({"2001:db8::212"});
           node.vip.primary_address = Ip(own);
           node.report.addresses = {Ip(own), Ip(own == "fe80::1" ? "2001:db8::1" : "2001:db8::2")};
           SendUnicast(node, peer);
         };
         over_ipv6(c.a(), "fe80::1", "2001:db8::2");
         over_ipv6(c.b(), "fe80::2", "2001:db8::1");
       },
       [](Claimants& c) {
         c.Heard(c.a(), c.b()).destination = Ip("2001:db8::1");
         c.Heard(c.b(), c.a()).destination = Ip("2001:db8::2");
       },
       Cause::kSourceAddress, "adverts of b come from fe80::2, a lists 2001:db8::2 and drops them",
       "on b, in /etc/b.conf:1, write `unicast_src_ip 2001:db8::2`"},
      {"OnlyOneListensBelowItsMacvlan",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.config().use_vmac = true;
           node.config().origin.emplace_back("use_vmac", node.name == "a" ? "/etc/a.conf:14" : "/etc/b.conf:14");
         }
         c.b().config().vmac_xmit_base = true;
         c.b().config().origin.emplace_back("vmac_xmit_base", "/etc/b.conf:15");
       },
       nullptr, Cause::kVmacMismatch, "b has vmac_xmit_base (/etc/b.conf:15) and a has not (/etc/a.conf:14)",
       "take `vmac_xmit_base` out on b, in /etc/b.conf:15, or write it on a"},
      {"BothHaveOneAddressOfTheirOwn",
       [](Claimants& c) {
         c.b().report.addresses = {Ip("192.168.1.1")};
         c.b().vip.primary_address = Ip("192.168.1.1");
       },
       LoseAllAdverts, Cause::kDuplicateNodeAddress, "a and b both have 192.168.1.1 as an address of their own",
       "give a or b another address in place of 192.168.1.1"},
  };
}

std::vector<Fault> FaultsOnTheWire() {
  return {
      {"FilteredInInputOnBoth", nullptr,
       [](Claimants& c) {
         c.Heard(c.a(), c.b()).delivered = false;
         c.Heard(c.b(), c.a()).delivered = false;
       },
       Cause::kFilteredOnHost,
       "adverts of b (192.168.1.2) are on the wire of a (eth0) and are not delivered there; adverts of a (192.168.1.1) "
       "are on the wire of b (eth0) and are not delivered there",
       "on b, let IP protocol 112 in on eth0"},
      {"FilteredInInputOnTheLowerPriority", nullptr, [](Claimants& c) { c.Heard(c.b(), c.a()).delivered = false; },
       Cause::kFilteredOnHost, "are on the wire of b", "on b, let IP protocol 112 in on eth0"},
      {"FilteredInOutputOnBoth",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.FallSilent(DaemonState::kRunning);
           node.config().nopreempt = true;
         }
         c.b().vip.configured_since = kSplit - std::chrono::seconds(5);
       },
       nullptr, Cause::kFilteredOnHost,
       "a has 192.168.1.212, its keepalived runs, and none of its adverts gets onto the wire of eth0; b has",
       "on b, let IP protocol 112 out on eth0"},
      {"TheReversePathFilterDropsThem", nullptr,
       [](Claimants& c) {
         HeardRouter& heard = c.Heard(c.b(), c.a());
         heard.delivered = false;
         heard.dropped_by =
             "net.ipv4.conf.eth0.rp_filter is 1 in force, and the way back to 192.168.1.1 leaves by mgmt";
         heard.drop_repair = "`sysctl -w net.ipv4.conf.eth0.rp_filter=2`";
       },
       Cause::kReversePathFilter,
       "are on the wire of b (eth0) and are not delivered there: net.ipv4.conf.eth0.rp_filter",
       "on b, `sysctl -w net.ipv4.conf.eth0.rp_filter=2`"},
      {"FilteredWhereTheSourceIsOnLoopback",
       [](Claimants& c) {
         const auto from = [](Claimant& node, const std::string& own, const std::string& peer) {
           node.config().unicast_source = node.vip.primary_address = Ip(own);
           node.report.loopback_addresses = {Ip(own)};
           SendUnicast(node, peer);
         };
         from(c.a(), "10.255.0.1", "10.255.0.2");
         from(c.b(), "10.255.0.2", "10.255.0.1");
       },
       [](Claimants& c) {
         c.Heard(c.a(), c.b()).destination = Ip("10.255.0.1");
         c.Heard(c.b(), c.a()).destination = Ip("10.255.0.2");
         c.Heard(c.b(), c.a()).delivered = false;
       },
       Cause::kFilteredOnHost, "adverts of a (10.255.0.1) are on the wire of b", "on b, let IP protocol 112 in"},
      {"LostWhereAnInterfaceIsOnSeveralNetworks",
       [](Claimants& c) {
         c.b().config().segment = c.b().vip.segment = "10.9.0.0/24";
         c.a().config().networks = {"192.168.1.0/24"};
         c.b().config().networks = {"10.9.0.0/24", "192.168.1.0/24"};
       },
       LoseAllAdverts, Cause::kLostInNetwork, "a (192.168.1.1, eth0) sends adverts, none is on the wire of b (eth0)",
       "the network between a and b"},
      {"NoCarrierWhereTheInstanceSpeaks",
       [](Claimants& c) {
         for (Claimant& node : c.nodes) {
           node.config().interface = "sync";
           node.config().ignores_link = true;
         }
         c.b().config().link_down = true;
         c.b().FallSilent(DaemonState::kRunning);
       },
       [](Claimants& c) { Claimants::Forget(c.b(), c.a()); }, Cause::kLostInNetwork,
       "sync of b, where VI_1 speaks, carries nothing", "`ip link show sync` on b"},
      {"LostBothWays", nullptr, LoseAllAdverts, Cause::kLostInNetwork,
       "a (192.168.1.1, eth0) sends adverts, none is on the wire of b (eth0)", "the network between a and b"},
      {"LostOneWay", nullptr, [](Claimants& c) { Claimants::Forget(c.b(), c.a()); }, Cause::kLostInNetwork,
       "a (192.168.1.1, eth0) sends adverts, none is on the wire of b (eth0)", "the network between a and b"},
      {"LostBetweenUnicastPeersOfDifferentNetworks",
       [](Claimants& c) {
         MoveToAnotherNetwork(c.b());
         SendUnicast(c.a(), "10.9.0.2");
         SendUnicast(c.b(), "192.168.1.1");
       },
       LoseAllAdverts, Cause::kLostInNetwork, "a (192.168.1.1, eth0) sends adverts, none is on the wire of b (eth1)",
       "the network between a and b"},
      {"LostWhileAdvertsOfAnotherRouterOfThatNodeArrive", nullptr,
       [](Claimants& c) {
         HeardRouter& other = c.Heard(c.b(), c.a());
         other.vrid = 67;
         other.names_vip = false;
       },
       Cause::kLostInNetwork, "a (192.168.1.1, eth0) sends adverts, none is on the wire of b (eth0)",
       "the network between a and b"},
      {"WrongTtl", nullptr, [](Claimants& c) { c.Heard(c.b(), c.a()).defects = {"ttl"}; }, Cause::kChecksumOrTtl,
       "adverts of a (192.168.1.1, eth0) arrive at b with what makes a receiver drop them: a TTL other than 255",
       "rewrites the TTL"},
      {"WrongChecksum", nullptr, [](Claimants& c) { c.Heard(c.b(), c.a()).defects = {"checksum"}; },
       Cause::kChecksumOrTtl, "a wrong checksum", "look at a's VRRP daemon"},
      {"TheListenerKeepsToAFormerChecksum", UseVersion3,
       [](Claimants& c) {
         HeardRouter& heard = c.Heard(c.b(), c.a());
         heard.defects = {"the checksum is pseudo-header and was legacy-unicast-pseudo-header"};
         heard.drop_repair = "start keepalived again";
       },
       Cause::kChecksumOrTtl, "a receiver drop them: the checksum is pseudo-header and was",
       "on b, start keepalived again"},
      {"ChecksumHabitsDifferUnderVersion3", UseVersion3,
       [](Claimants& c) { c.Heard(c.b(), c.a()).checksum_habit = "message-only"; }, Cause::kChecksumOrTtl,
       "under VRRPv3 a computes the checksum as message-only, b as pseudo-header", "compute it alike"},
      {"SwitchPortOfTheHigherPriorityPassesNothing",
       [](Claimants& c) {
         c.a().reach = Reach{2, 0, {}, {Ip("192.168.1.254"), Ip("192.168.1.7")}};
         c.b().reach = Reach{1, 1, {Ip("192.168.1.254")}, {}};
       },
       LoseAllAdverts, Cause::kIsolatedNode,
       "a reaches none of 192.168.1.254, 192.168.1.7 from eth0, b reaches 192.168.1.254",
       "look at the switch port, cable and VLAN of a's eth0", true},
  };
}

std::vector<Fault> FaultsOfADaemon() {
  return {
      {"DaemonKilled", [](Claimants& c) { c.a().FallSilent(DaemonState::kGone); }, nullptr, Cause::kDaemonGone,
       "a has 192.168.1.212 on eth0 and sends no adverts: keepalived does not run", "on a, start keepalived again",
       true},
      {"DaemonKilledSoLatelyThatItsAdvertsStillCountAsSent", [](Claimants& c) { c.a().FallSilent(DaemonState::kGone); },
       [](Claimants& c) { c.a().vip.advertises = true; }, Cause::kDaemonGone, "keepalived does not run",
       "on a, start keepalived again", true},
      {"DaemonStopped", [](Claimants& c) { c.a().FallSilent(DaemonState::kFrozen); }, nullptr, Cause::kDaemonFrozen,
       "a has 192.168.1.212 on eth0 and sends no adverts: its keepalived exists", "on a, look at the process", true},
      {"AddressAddedOnABackup", [](Claimants& c) { c.b().FallSilent(DaemonState::kRunning); }, nullptr,
       Cause::kManualAddress, "keepalived runs there as a backup and does not own it",
       "on b, remove 192.168.1.212 from eth0"},
      {"AddressAddedWhereTheInstanceIsInFault",
       [](Claimants& c) {
         c.b().config().link_down = true;
         c.b().FallSilent(DaemonState::kRunning);
       },
       [](Claimants& c) { Claimants::Forget(c.b(), c.a()); }, Cause::kManualAddress,
       "keepalived is in FAULT there, for eth0 carries nothing", "on b, remove 192.168.1.212 from eth0"},
      {"AddressAddedOnABackupWhoseSilenceLooksFrozen", [](Claimants& c) { c.b().FallSilent(DaemonState::kFrozen); },
       nullptr, Cause::kManualAddress, "it was put there by hand", "on b, remove 192.168.1.212 from eth0"},
      {"AddressAddedWhereTheDaemonDoesNotKnowIt",
       [](Claimants& c) {
         c.b().FallSilent(DaemonState::kRunning);
         c.b().vip.instance = "";
         c.b().vip.in_daemon_config = false;
         c.b().SetVrid(70);
         c.b().SetList({"192.168.1.215"});
       },
       nullptr, Cause::kManualAddress, "the configuration of keepalived there does not name it",
       "on b, remove 192.168.1.212 from eth0"},
      {"AddressThatWasThereBeforeAndIsNotTheDaemons",
       [](Claimants& c) {
         c.a().FallSilent(DaemonState::kGone);
         c.a().vip.instance = "";
         c.a().vip.in_daemon_config = false;
         c.a().SetVrid(70);
         c.a().SetList({"192.168.1.215"});
       },
       nullptr, Cause::kManualAddress, "a has 192.168.1.212 on eth0", "on a, remove 192.168.1.212 from eth0", true},
      {"AddressAddedOnANodeWithoutAKnownDaemon",
       [](Claimants& c) {
         c.b().FallSilent(DaemonState::kUnknown);
         c.b().vip.instance = "";
         c.b().vip.in_daemon_config = false;
         c.b().report.config_path = "";
       },
       [](Claimants& c) { c.b().report.instances.clear(); }, Cause::kManualAddress,
       "no VRRP daemon there is known to own it", "on b, remove 192.168.1.212 from eth0"},
      {"AddressAddedAfterTheDaemonWasStopped", [](Claimants& c) { c.b().FallSilent(DaemonState::kGone); }, nullptr,
       Cause::kManualAddress, "keepalived does not run there", "on b, remove 192.168.1.212 from eth0"},
  };
}

}  // namespace

std::vector<Fault> LabFaults() {
  std::vector<Fault> all = FaultsInSettings();
  for (const std::vector<Fault>& more :
       {FaultsInProtocol(), FaultsInPeersAndInterfaces(), FaultsInSources(), FaultsOnTheWire(), FaultsOfADaemon()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

Claimants Fault::Inject() const {
  Claimants claimants;
  if (settings) settings(claimants);
  claimants.LetAllHear();
  if (wire) wire(claimants);
  return claimants;
}

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

}  // namespace arbiter::core
