#include "tests/lab/fault.h"

#include "absl/strings/str_cat.h"

namespace lab {
namespace {

using Change = std::function<void(Site&, InstanceConfig&)>;

// A fault in b's configuration, made and mended by a reload. `right` is done to both nodes before the start.
Fault Misconfigured(const std::string& name, const Change& right, const Change& wrong) {
  const auto b_becomes = [](const Change& change) {
    return [change](Site& site) {
      change(site, site.node("b").instance());
      site.node("b").ReloadKeepalived();
    };
  };
  return {.name = name,
          .survivor = "a",
          .loser = "b",
          .prepare =
              [right](Site& site) {
                for (const char* node : {"a", "b"}) right(site, site.node(node).instance());
              },
          .cause = b_becomes(wrong),
          .mend = b_becomes(right)};
}

void Nothing(Site& /*site*/) {}

}  // namespace

void UseUnicast(Site& site) {
  const auto address_of = [&site](const char* name) {
    const Host& host = site.node(name).host();
    return site.flavour().v6 ? host.Ipv6() : host.Ipv4();
  };
  const auto send = [&](const char* from, const char* to) {
    site.node(from).instance().unicast_src_ip = address_of(from);
    site.node(from).instance().unicast_peer = {address_of(to)};
  };
  send("a", "b");
  send("b", "a");
}

Fault VridsDiffer() {
  return Misconfigured(
      "VridsDiffer", [](Site&, InstanceConfig& instance) { instance.virtual_router_id = 66; },
      [](Site&, InstanceConfig& instance) { instance.virtual_router_id = 65; });
}

Fault VrrpFiltered() {
  return {.name = "VrrpFiltered",
          .survivor = "a",
          .loser = "b",
          .prepare = Nothing,
          .cause =
              [](Site& site) {
                for (const char* node : {"a", "b"}) site.node(node).firewall().DropVrrp();
              },
          .mend =
              [](Site& site) {
                for (const char* node : {"a", "b"}) site.node(node).firewall().AllowVrrp();
              }};
}

Fault PasswordsDiffer() {
  const auto with_password = [](const std::string& password) {
    return [password](Site&, InstanceConfig& instance) {
      instance.auth_type = "PASS";
      instance.auth_pass = password;
    };
  };
  return Misconfigured("PasswordsDiffer", with_password("one"), with_password("two"));
}

Fault VersionsDiffer() {
  return Misconfigured(
      "VersionsDiffer", [](Site& site, InstanceConfig& instance) { instance.version = site.flavour().version; },
      [](Site& site, InstanceConfig& instance) { instance.version = site.flavour().version == 2 ? 3 : 2; });
}

Fault ListsOverlap() {
  const auto with_second = [](const std::string& last) {
    return [last](Site& site, InstanceConfig& instance) {
      instance.virtual_ipaddress = {site.flavour().vip_in_config(), site.flavour().Configured(last)};
    };
  };
  return Misconfigured("ListsOverlap", with_second("213"), with_second("214"));
}

Fault IntervalsDiffer() {
  return Misconfigured(
      "IntervalsDiffer", [](Site&, InstanceConfig& instance) { instance.advert_int = "1"; },
      [](Site&, InstanceConfig& instance) { instance.advert_int = "2"; });
}

Fault UnicastMisdirected() {
  return Misconfigured(
      "UnicastMisdirected", [](Site&, InstanceConfig& instance) { instance.unicast_peer = {}; },
      [](Site&, InstanceConfig& instance) { instance.unicast_peer = {"192.168.1.77"}; });
}

Fault DaemonKilled() {
  return {.name = "DaemonKilled",
          .survivor = "b",
          .loser = "a",
          .prepare = Nothing,
          .cause = [](Site& site) { site.node("a").keepalived().Kill(); },
          .mend = [](Site& site) { site.node("a").StartKeepalived(); }};
}

Fault DaemonFrozen() {
  return {.name = "DaemonFrozen",
          .survivor = "b",
          .loser = "a",
          .prepare = Nothing,
          .cause = [](Site& site) { site.node("a").keepalived().Freeze(); },
          .mend = [](Site& site) { site.node("a").keepalived().Thaw(); }};
}

Fault VrrpLostInNetwork() {
  return {.name = "VrrpLostInNetwork",
          .survivor = "a",
          .loser = "b",
          .prepare = Nothing,
          .cause = [](Site& site) { site.lab().vrrp().LoseVrrp(); },
          .mend = [](Site& site) { site.lab().vrrp().PassVrrp(); }};
}

Fault AddressByHand() {
  const auto on_b = [](const char* verb) {
    return [verb](Site& site) {
      site.node("b").host().Do({"ip", "addr", verb, site.flavour().vip_in_config(), "dev", kVrrpInterface});
    };
  };
  return {.name = "AddressByHand",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                site.node("b").instance().virtual_router_id = 77;
                site.node("b").instance().virtual_ipaddress = {site.flavour().Configured("213")};
              },
          .cause = on_b("add"),
          .mend = on_b("del")};
}

Fault TtlLowered() {
  const auto both = [](const std::string& commands) {
    return [commands](Site& site) {
      for (const char* node : {"a", "b"}) site.node(node).firewall().Load(commands);
    };
  };
  return {.name = "TtlLowered",
          .survivor = "a",
          .loser = "b",
          .prepare = Nothing,
          .cause = both("table inet ttl {\n"
                        "  chain out {\n"
                        "    type filter hook output priority 0; policy accept;\n"
                        "    meta l4proto 112 ip ttl set 64\n"
                        "  }\n"
                        "}\n"),
          .mend = both("delete table inet ttl\n")};
}

Fault ChecksumHabitKept() {
  return {.name = "ChecksumHabitKept",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                UseUnicast(site);
                site.node("a").instance().extra = {"old_unicast_checksum"};
              },
          .cause =
              [](Site& site) {
                Node& a = site.node("a");
                a.keepalived().Stop();
                a.instance().extra = {};
                a.StartKeepalived();
              },
          .mend =
              [](Site& site) {
                site.node("b").keepalived().Stop();
                site.node("b").StartKeepalived();
              }};
}

Fault VrrpFilteredOnTheWayOut() {
  const auto both = [](const std::string& commands) {
    return [commands](Site& site) {
      for (const char* node : {"a", "b"}) site.node(node).firewall().Load(commands);
    };
  };
  return {.name = "VrrpFilteredOnTheWayOut",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                for (const char* node : {"a", "b"}) site.node(node).instance().nopreempt = true;
              },
          .cause = both("table inet out {\n"
                        "  chain out {\n"
                        "    type filter hook output priority 0; policy accept;\n"
                        "    meta l4proto 112 drop\n"
                        "  }\n"
                        "}\n"),
          .mend = both("delete table inet out\n")};
}

Fault ForeignClaimant() {
  return {.name = "ForeignClaimant",
          .survivor = "a",
          .loser = "stranger",
          .prepare = [](Site& site) { site.lab().AddHost("stranger", 66); },
          .cause =
              [](Site& site) {
                Host& stranger = site.lab().host("stranger");
                stranger.Do({"ip", "addr", "add", site.vip() + "/32", "dev", kVrrpInterface});
                stranger.Do({"arping", "-U", "-c", "4", "-I", kVrrpInterface, site.vip()});
              },
          .mend =
              [](Site& site) {
                site.lab().host("stranger").Do({"ip", "addr", "del", site.vip() + "/32", "dev", kVrrpInterface});
              }};
}

Fault ActiveIsolated() {
  return {.name = "ActiveIsolated",
          .survivor = "b",
          .loser = "a",
          .prepare = [](Site& site) { site.lab().AddHost("gateway", 254); },
          .cause = [](Site& site) { site.lab().vrrp().Cut("a"); },
          .mend = [](Site& site) { site.lab().vrrp().Mend("a"); }};
}

Fault OnAnotherSegment() {
  return {.name = "OnAnotherSegment",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                for (const char* node : {"a", "b"}) {
                  site.node(node).probe().options().extra_flags = {"--interface", kManagementInterface};
                }
              },
          .cause =
              [](Site& site) {
                site.node("b").instance().interface = kManagementInterface;
                site.node("b").ReloadKeepalived();
              },
          .mend =
              [](Site& site) {
                site.node("b").instance().interface = kVrrpInterface;
                site.node("b").ReloadKeepalived();
              }};
}

Fault SourceTaken() {
  const auto on_b = [](const char* verb) {
    return [verb](Site& site) {
      site.node("b").host().Do({"ip", "addr", verb, "192.168.1.2/24", "dev", kVrrpInterface});
    };
  };
  return {.name = "SourceTaken",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                UseUnicast(site);
                // Its daemon goes on without the address: else the instance is in FAULT, and there is no split.
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.ip_nonlocal_bind=1"});
                site.node("b").host().Do({"ip", "addr", "add", "192.168.1.99/24", "dev", kVrrpInterface});
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.conf.all.promote_secondaries=1"});
              },
          .cause = on_b("del"),
          .mend = on_b("add")};
}

Fault FileCopied() {
  return {.name = "FileCopied",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                UseUnicast(site);
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.ip_nonlocal_bind=1"});
              },
          .cause =
              [](Site& site) {
                InstanceConfig& b = site.node("b").instance();
                b.unicast_src_ip = site.node("a").instance().unicast_src_ip;
                b.unicast_peer = site.node("a").instance().unicast_peer;
                site.node("b").ReloadKeepalived();
              },
          .mend =
              [](Site& site) {
                UseUnicast(site);
                site.node("b").ReloadKeepalived();
              }};
}

Fault AddressDuplicated() {
  const auto becomes = [](const std::string& from, const std::string& to) {
    return [from, to](Site& site) {
      const Host& b = site.node("b").host();
      b.Do({"ip", "addr", "add", to + "/24", "dev", kVrrpInterface});
      b.Do({"ip", "addr", "del", from + "/24", "dev", kVrrpInterface});
    };
  };
  return {.name = "AddressDuplicated",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.conf.all.promote_secondaries=1"});
              },
          .cause =
              [becomes](Site& site) {
                site.node("b").instance().priority = site.node("a").instance().priority;
                site.node("b").ReloadKeepalived();
                becomes("192.168.1.2", "192.168.1.1")(site);
              },
          .mend = becomes("192.168.1.1", "192.168.1.2")};
}

Fault VmacOnOneSideOnly() {
  const auto b_has = [](bool xmit_base) {
    return [xmit_base](Site& site) {
      Node& b = site.node("b");
      b.keepalived().Stop();
      b.instance().vmac_xmit_base = xmit_base;
      b.StartKeepalived();
    };
  };
  return {.name = "VmacOnOneSideOnly",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                for (const char* node : {"a", "b"}) site.node(node).instance().use_vmac = true;
              },
          .cause = b_has(true),
          .mend = b_has(false)};
}

Fault SourceRoutedElsewhere() {
  return {.name = "SourceRoutedElsewhere",
          .survivor = "a",
          .loser = "b",
          .prepare =
              [](Site& site) {
                site.node("a").host().Do({"ip", "addr", "add", "10.66.0.1/32", "dev", kVrrpInterface});
                site.node("a").instance().extra = {"mcast_src_ip 10.66.0.1"};
                const Host& b = site.node("b").host();
                b.Do({"ip", "route", "add", "10.66.0.1/32", "dev", kManagementInterface});
                for (const char* scope : {"all", kVrrpInterface}) {
                  b.Do({"sysctl", "-qw", absl::StrCat("net.ipv4.conf.", scope, ".rp_filter=0")});
                }
              },
          .cause =
              [](Site& site) {
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=1"});
              },
          .mend =
              [](Site& site) {
                site.node("b").host().Do({"sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=2"});
              }};
}

Fault SilentStranger() {
  const auto stranger_does = [](const char* verb) {
    return [verb](Site& site) {
      std::vector<std::string> argv = {"ip",  "addr",        verb, site.vip() + (site.flavour().v6 ? "/128" : "/32"),
                                       "dev", kVrrpInterface};
      if (site.flavour().v6 && std::string(verb) == "add") argv.emplace_back("nodad");
      site.lab().host("stranger").Do(std::move(argv));
    };
  };
  return {.name = "SilentStranger",
          .survivor = "a",
          .loser = "stranger",
          .prepare =
              [](Site& site) {
                const Host& stranger = site.lab().AddHost("stranger", 66);
                stranger.Do({"sysctl", "-qw", "net.ipv4.conf.all.arp_notify=0"});
              },
          .cause = stranger_does("add"),
          .mend = stranger_does("del")};
}

}  // namespace lab
