#include "probe/filter/repair.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probe::filter {

std::string RepairOf(const DropPlace& place, const AdvertPacket& packet) {
  const std::string again = "make it last where the ruleset is loaded from";
  if (place.table == "firewalld") {
    return "firewall-cmd --permanent --add-rich-rule='rule protocol value=\"vrrp\" accept' && firewall-cmd --reload";
  }
  const bool iptables = place.chain == "INPUT" || place.chain == "OUTPUT" || absl::StartsWith(place.chain, "ufw");
  if (iptables) {
    return absl::StrCat(place.family == "ip6" ? "ip6tables" : "iptables", " -I ", packet.incoming ? "INPUT" : "OUTPUT",
                        " -p ", packet.protocol, " -j ACCEPT; ", again);
  }
  if (place.handle == 0) {
    return absl::StrCat("nft add rule ", place.family, " ", place.table, " ", place.chain, " meta l4proto ",
                        packet.protocol, " accept; ", again);
  }
  return absl::StrCat("nft insert rule ", place.family, " ", place.table, " ", place.chain, " position ", place.handle,
                      " meta l4proto ", packet.protocol, " accept (or delete the rule: nft delete rule ", place.family,
                      " ", place.table, " ", place.chain, " handle ", place.handle, "); ", again);
}

}  // namespace probe::filter
