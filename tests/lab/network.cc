#include "tests/lab/network.h"

#include <net/if.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/lab/check.h"
#include "tests/lab/process.h"

namespace lab {
namespace {

// The bridge has no address, so all that passes is forwarded: one hook sees it.
constexpr char kPortFilter[] = R"(
table bridge lab {
  set from_host { type ifname; }
  set to_host { type ifname; }
  chain vrrp {
  }
  chain forward {
    type filter hook forward priority 0; policy accept;
    jump vrrp
    iifname @from_host drop
    oifname @to_host drop
  }
}
)";

std::string PortOf(const std::string& host) { return "p-" + host; }

}  // namespace

Network::Network(std::string netns_name, int number, Subnet subnet)
    : netns_(std::move(netns_name)), number_(number), subnet_(std::move(subnet)) {
  Check(netns_.IpBatch("link add br0 type bridge mcast_snooping 0\nlink set br0 up\n"));
  // Where br_netfilter is loaded it drops what is no sound IP packet, which no switch does.
  Check(OutputOf({.argv = {"sh", "-c",
                           "for call in /proc/sys/net/bridge/bridge-nf-call-*; do "
                           "[ ! -e $call ] || echo 0 >$call; done"},
                  .netns = netns_.name()})
            .status());
  Filter(kPortFilter);
}

void Network::Filter(const std::string& commands) const {
  Check(OutputOf({.argv = {"nft", "-f", "-"}, .netns = netns_.name(), .input = commands}).status());
}

void Network::Attach(const std::string& host, const NetNamespace& where, const std::string& interface) {
  const std::string port = PortOf(host);
  const std::string mac = absl::StrFormat("02:00:00:00:%02d:%02d", number_, ++attached_);
  Check(netns_.IpBatch(absl::StrCat("link add ", port, " type veth peer name ", interface, " address ", mac, " netns ",
                                    where.name(), "\nlink set ", port, " master br0 up\n")));
  Check(where.IpBatch(absl::StrCat("link set ", interface, " up\n")));
  unsigned index = 0;
  netns_.Enter([&] { index = if_nametoindex(port.c_str()); });
  const std::lock_guard lock(mutex_);
  host_of_port_[static_cast<int>(index)] = host;
}

void Network::Cut(const std::string& host, Way way) {
  if (way != Way::kToHost) {
    Filter(absl::StrCat("add element bridge lab from_host { ", PortOf(host), " }\n"));
    const std::lock_guard lock(mutex_);
    deaf_to_[host] = true;
  }
  if (way != Way::kFromHost) Filter(absl::StrCat("add element bridge lab to_host { ", PortOf(host), " }\n"));
}

void Network::Mend(const std::string& host) {
  // Adding first makes the deletion of what may not be there succeed.
  for (const char* set : {"from_host", "to_host"}) {
    Filter(absl::StrCat("add element bridge lab ", set, " { ", PortOf(host), " }\n", "delete element bridge lab ", set,
                        " { ", PortOf(host), " }\n"));
  }
  const std::lock_guard lock(mutex_);
  deaf_to_.erase(host);
}

void Network::LoseVrrp() {
  Filter("add rule bridge lab vrrp ip protocol 112 drop\nadd rule bridge lab vrrp ip6 nexthdr 112 drop\n");
}

void Network::PassVrrp() { Filter("flush chain bridge lab vrrp\n"); }

void Network::Pull(const std::string& host) { Check(netns_.IpBatch("link set " + PortOf(host) + " down\n")); }

void Network::PlugIn(const std::string& host) { Check(netns_.IpBatch("link set " + PortOf(host) + " up\n")); }

void Network::Detach(const std::string& host) { Check(netns_.IpBatch("link del " + PortOf(host) + "\n")); }

std::string Network::DeliveringHost(int port_index) const {
  const std::lock_guard lock(mutex_);
  const auto host = host_of_port_.find(port_index);
  if (host == host_of_port_.end() || deaf_to_.contains(host->second)) return "";
  return host->second;
}

}  // namespace lab
