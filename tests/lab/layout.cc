#include "tests/lab/layout.h"

namespace lab {
namespace {

Segment Lan() { return {.interface = "lan", .subnet = {.ipv4 = "172.16.0.", .ipv6 = "fd00:16::"}}; }

std::vector<WatchedVip> OneOnEach() {
  return {{.address = "192.168.1.212"}, {.address = "172.16.0.212", .interface = "lan"}};
}

}  // namespace

void Layout::ApplyTo(Site& site) const {
  for (const char* node : {"a", "b"}) {
    arrange(site.node(node).instance());
    site.node(node).probe().options().interfaces = {};  // as it is installed: it finds them itself
  }
}

SiteOptions Layout::Options(bool a_has_the_highest_address) const {
  return {.a_has_the_highest_address = a_has_the_highest_address, .segments = segments, .vips = vips};
}

Layout TwoSegments() {
  return {.name = "TwoSegments", .segments = {Lan()}, .vips = OneOnEach(), .arrange = [](InstanceConfig& instance) {
            instance.virtual_ipaddress = {"192.168.1.212/24", "172.16.0.212/24 dev lan"};
          }};
}

Layout ExcludedIpv6() {
  return {.name = "ExcludedIpv6",
          .segments = {},
          .vips = {{.address = "192.168.1.212"}, {.address = "fd00:1::212"}},
          .arrange = [](InstanceConfig& instance) {
            instance.virtual_ipaddress = {"192.168.1.212/24"};
            instance.virtual_ipaddress_excluded = {"fd00:1::212/64"};
          }};
}

Layout HeartbeatLink() {
  return {.name = "HeartbeatLink",
          .segments = {{.interface = "sync", .subnet = {.ipv4 = "10.99.0.", .ipv6 = "fd00:99::"}}},
          .vips = {{.address = "192.168.1.212"}, {.address = "192.168.1.213"}},
          .arrange = [](InstanceConfig& instance) {
            instance.interface = "sync";
            instance.virtual_ipaddress = {"192.168.1.212/24 dev eth0", "192.168.1.213/24 dev eth0"};
          }};
}

Layout VmacAndSegment() {
  return {.name = "VmacAndSegment", .segments = {Lan()}, .vips = OneOnEach(), .arrange = [](InstanceConfig& instance) {
            instance.use_vmac = true;
            instance.virtual_ipaddress = {"192.168.1.212/24", "172.16.0.212/24 dev lan"};
          }};
}

}  // namespace lab
