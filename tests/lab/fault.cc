#include "tests/lab/fault.h"

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

}  // namespace lab
