#include "tests/lab/layout.h"

namespace lab {
namespace {

Segment Lan() { return {.interface = "lan", .subnet = {.ipv4 = "172.16.0.", .ipv6 = "fd00:16::"}}; }

std::vector<WatchedVip> OneOnEach() {
  return {{.address = "192.168.1.212"}, {.address = "172.16.0.212", .interface = "lan"}};
}

std::vector<WatchedVip> OneOfEachFamily() { return {{.address = "192.168.1.212"}, {.address = "fd00:1::212"}}; }

}  // namespace

void Layout::ApplyTo(Site& site) const {
  for (const char* node : {"a", "b"}) {
    arrange(site.node(node).config);
    site.node(node).probe().options().interfaces = {};  // as it is installed: it finds them itself
  }
}

SiteOptions Layout::Options(bool a_has_the_highest_address) const {
  return {.a_has_the_highest_address = a_has_the_highest_address, .segments = segments, .vips = vips};
}

Layout TwoSegments() {
  return {.name = "TwoSegments", .segments = {Lan()}, .vips = OneOnEach(), .arrange = [](KeepalivedConfig& config) {
            config.instances.front().virtual_ipaddress = {"192.168.1.212/24", "172.16.0.212/24 dev lan"};
          }};
}

Layout ExcludedIpv6() {
  return {.name = "ExcludedIpv6", .segments = {}, .vips = OneOfEachFamily(), .arrange = [](KeepalivedConfig& config) {
            config.instances.front().virtual_ipaddress = {"192.168.1.212/24"};
            config.instances.front().virtual_ipaddress_excluded = {"fd00:1::212/64"};
          }};
}

Layout ExcludedIpv4() {
  return {.name = "ExcludedIpv4", .segments = {}, .vips = OneOfEachFamily(), .arrange = [](KeepalivedConfig& config) {
            config.instances.front().version = 3;
            config.instances.front().virtual_ipaddress = {"fd00:1::212/64"};
            config.instances.front().virtual_ipaddress_excluded = {"192.168.1.212/24"};
          }};
}

Layout HeartbeatLink() {
  return {.name = "HeartbeatLink",
          .segments = {{.interface = "sync", .subnet = {.ipv4 = "10.99.0.", .ipv6 = "fd00:99::"}}},
          .vips = {{.address = "192.168.1.212"}, {.address = "192.168.1.213"}},
          .arrange = [](KeepalivedConfig& config) {
            config.instances.front().interface = "sync";
            config.instances.front().virtual_ipaddress = {"192.168.1.212/24 dev eth0", "192.168.1.213/24 dev eth0"};
          }};
}

Layout VmacAndSegment() {
  return {.name = "VmacAndSegment", .segments = {Lan()}, .vips = OneOnEach(), .arrange = [](KeepalivedConfig& config) {
            config.instances.front().use_vmac = true;
            config.instances.front().virtual_ipaddress = {"192.168.1.212/24", "172.16.0.212/24 dev lan"};
          }};
}

Layout SyncGroup() {
  return {.name = "SyncGroup", .segments = {Lan()}, .vips = OneOnEach(), .arrange = [](KeepalivedConfig& config) {
            InstanceConfig second = config.instances.front();
            second.name = "VI_2";
            second.interface = "lan";
            second.virtual_ipaddress = {"172.16.0.212/24"};
            config.instances.push_back(second);
            config.sync_groups = {{.name = "G", .instances = {"VI_1", "VI_2"}}};
          }};
}

}  // namespace lab
