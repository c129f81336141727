#include "probe/netlink/reverse_path.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace probe::netlink {
namespace {

constexpr int kStrict = 1;

// Of the settings of a link and of all links the larger one counts: 0 none, 1 strict, 2 loose.
int FilterInForce(const std::string& link) {
  int most = 0;
  for (const std::string& scope : {std::string("all"), link}) {
    std::ifstream file(absl::StrCat("/proc/sys/net/ipv4/conf/", scope, "/rp_filter"));
    int value = 0;
    if (file >> value) most = std::max(most, value);
  }
  return most;
}

}  // namespace

std::optional<ReversePathDrop> WhatReversePathDoes(KernelReader& kernel, const AddressTable& table,
                                                   const std::string& link, const arbiter::IpAddress& sender) {
  const int filter = sender.is_v4() ? FilterInForce(link) : 0;
  const Link* came_in = table.FindLink(link);
  if (filter == 0 || came_in == nullptr) return std::nullopt;
  const auto way_back = kernel.LinkTo(sender);
  if (!way_back.ok()) return std::nullopt;
  const std::string sysctl = absl::StrCat("net.ipv4.conf.", link, ".rp_filter");
  if (!way_back->has_value()) {
    return ReversePathDrop{
        absl::StrCat(sysctl, " is ", filter, " in force, and there is no route to ", sender.ToString()),
        absl::StrCat("give it a way back: `ip route add ", sender.ToString(), "/32 dev ", link, "`")};
  }
  if (filter != kStrict || **way_back == came_in->index) return std::nullopt;
  const Link* leaves = table.FindLink(**way_back);
  const std::string by = leaves == nullptr ? absl::StrCat("link ", **way_back) : leaves->name;
  return ReversePathDrop{
      absl::StrCat(sysctl, " is 1 in force, and the way back to ", sender.ToString(), " leaves by ", by),
      absl::StrCat("`sysctl -w ", sysctl, "=2` (any way back is enough then; in /etc/sysctl.d for good)")};
}

}  // namespace probe::netlink
