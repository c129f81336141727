#include "tests/lab/address_fault.h"

#include "absl/strings/str_cat.h"

namespace lab {

Fault PeersListGlobalAddresses() {
  return {.name = "PeersListGlobalAddresses",
          .survivor = "a",
          .loser = "b",
          .prepare = UseUnicast,
          .cause =
              [](Site& site) {
                for (const char* node : {"a", "b"}) {
                  site.node(node).instance().unicast_src_ip = "";
                  site.node(node).ReloadKeepalived();
                }
              },
          .mend =
              [](Site& site) {
                UseUnicast(site);
                for (const char* node : {"a", "b"}) site.node(node).ReloadKeepalived();
              }};
}

Fault LeftoverOfAnotherLength() {
  const auto on_b = [](const char* verb) {
    return [verb](Site& site) {
      const std::string address = site.vip() + (site.flavour().v6 ? "/128" : "/32");
      site.node("b").host().Do({"ip", "addr", verb, address, "dev", kVrrpInterface});
    };
  };
  return {.name = "LeftoverOfAnotherLength",
          .survivor = "a",
          .loser = "b",
          .prepare = [](Site& /*site*/) {},
          .cause = on_b("add"),
          .mend = on_b("del")};
}

void PutAnotherNetworkFirst(Site& site) {
  const Host& b = site.node("b").host();
  const std::string own = b.Ipv4() + "/24";
  b.Do({"ip", "addr", "del", own, "dev", kVrrpInterface});
  for (const std::string& address : {std::string("10.9.0.2/24"), own}) {
    b.Do({"ip", "addr", "add", address, "dev", kVrrpInterface});
  }
}

Fault LostBesideAnotherNetwork() {
  Fault fault = VrrpLostInNetwork();
  fault.name = "LostBesideAnotherNetwork";
  fault.prepare = PutAnotherNetworkFirst;
  return fault;
}

}  // namespace lab
