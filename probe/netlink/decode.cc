#include "probe/netlink/decode.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace probe::netlink {
namespace {

template <std::size_t N>
using Policies = std::array<nla_policy, N>;

constexpr nla_policy kU8{NLA_U8, 0, 0};
constexpr nla_policy kU32{NLA_U32, 0, 0};
constexpr nla_policy kText{NLA_STRING, 0, 0};
constexpr nla_policy kNested{NLA_NESTED, 0, 0};

constexpr Policies<IFLA_MAX + 1> LinkPolicies() {
  Policies<IFLA_MAX + 1> policies{};
  policies[IFLA_IFNAME] = kText;
  policies[IFLA_LINK] = kU32;
  policies[IFLA_MASTER] = kU32;
  policies[IFLA_OPERSTATE] = kU8;
  policies[IFLA_CARRIER] = kU8;
  policies[IFLA_PROTO_DOWN] = kU8;
  policies[IFLA_LINKINFO] = kNested;
  return policies;
}

void ReadKind(nlattr* link_info, Link& link) {
  Policies<IFLA_INFO_MAX + 1> policies{};
  policies[IFLA_INFO_KIND] = kText;
  policies[IFLA_INFO_DATA] = kNested;
  std::array<nlattr*, IFLA_INFO_MAX + 1> info{};
  if (nla_parse_nested(info.data(), IFLA_INFO_MAX, link_info, policies.data()) < 0) return;
  if (info[IFLA_INFO_KIND] == nullptr) return;
  const auto* kind = static_cast<const char*>(nla_data(info[IFLA_INFO_KIND]));
  link.kind.assign(kind, strnlen(kind, static_cast<std::size_t>(nla_len(info[IFLA_INFO_KIND]))));
  if (link.kind != "macvlan" || info[IFLA_INFO_DATA] == nullptr) return;
  Policies<IFLA_MACVLAN_MAX + 1> macvlan_policies{};
  macvlan_policies[IFLA_MACVLAN_MODE] = kU32;
  std::array<nlattr*, IFLA_MACVLAN_MAX + 1> macvlan{};
  if (nla_parse_nested(macvlan.data(), IFLA_MACVLAN_MAX, info[IFLA_INFO_DATA], macvlan_policies.data()) < 0) return;
  if (macvlan[IFLA_MACVLAN_MODE] != nullptr) link.macvlan_mode = nla_get_u32(macvlan[IFLA_MACVLAN_MODE]);
}

void ReadMac(const ifinfomsg& header, nlattr* attribute, Link& link) {
  std::array<std::uint8_t, 6> bytes{};
  if (attribute == nullptr || nla_len(attribute) != static_cast<int>(bytes.size())) return;
  std::memcpy(bytes.data(), nla_data(attribute), bytes.size());
  link.mac = arbiter::MacAddress(bytes);
  link.has_mac = header.ifi_type == ARPHRD_ETHER;
}

void ReadState(const std::array<nlattr*, IFLA_MAX + 1>& attributes, Link& link) {
  if (attributes[IFLA_CARRIER] != nullptr) link.carrier = nla_get_u8(attributes[IFLA_CARRIER]) != 0;
  if (attributes[IFLA_PROTO_DOWN] != nullptr) link.proto_down = nla_get_u8(attributes[IFLA_PROTO_DOWN]) != 0;
  if (attributes[IFLA_OPERSTATE] != nullptr) {
    const std::uint8_t state = nla_get_u8(attributes[IFLA_OPERSTATE]);
    if (state <= static_cast<std::uint8_t>(OperState::kUp)) link.oper_state = static_cast<OperState>(state);
  }
}

std::optional<Event> DecodeLink(nlmsghdr* message) {
  static constexpr auto kPolicies = LinkPolicies();
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  if (nlmsg_parse(message, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, kPolicies.data()) < 0) return std::nullopt;
  const auto& header = *static_cast<const ifinfomsg*>(nlmsg_data(message));
  if (header.ifi_family != AF_UNSPEC || attributes[IFLA_WIRELESS] != nullptr) return std::nullopt;
  if (message->nlmsg_type == RTM_DELLINK) return LinkGone{header.ifi_index};
  if (attributes[IFLA_IFNAME] == nullptr) return std::nullopt;

  Link link;
  link.index = header.ifi_index;
  const auto* name = static_cast<const char*>(nla_data(attributes[IFLA_IFNAME]));
  link.name.assign(name, strnlen(name, static_cast<std::size_t>(nla_len(attributes[IFLA_IFNAME]))));
  link.loopback = (header.ifi_flags & IFF_LOOPBACK) != 0;
  link.up = (header.ifi_flags & IFF_UP) != 0;
  link.running = (header.ifi_flags & IFF_RUNNING) != 0;
  ReadMac(header, attributes[IFLA_ADDRESS], link);
  ReadState(attributes, link);
  if (attributes[IFLA_LINKINFO] != nullptr) ReadKind(attributes[IFLA_LINKINFO], link);
  if (attributes[IFLA_MASTER] != nullptr) link.master = static_cast<int>(nla_get_u32(attributes[IFLA_MASTER]));
  // A veth's IFLA_LINK is its peer, and one with a namespace id counts in another namespace.
  if (attributes[IFLA_LINK] != nullptr && attributes[IFLA_LINK_NETNSID] == nullptr && link.kind != "veth") {
    const auto parent = static_cast<int>(nla_get_u32(attributes[IFLA_LINK]));
    if (parent != 0 && parent != link.index) link.parent = parent;
  }
  return LinkPresent{std::move(link)};
}

std::optional<Event> DecodeAddress(nlmsghdr* message) {
  Policies<IFA_MAX + 1> policies{};
  policies[IFA_FLAGS] = kU32;
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  if (nlmsg_parse(message, sizeof(ifaddrmsg), attributes.data(), IFA_MAX, policies.data()) < 0) return std::nullopt;
  const auto& header = *static_cast<const ifaddrmsg*>(nlmsg_data(message));
  // On a point-to-point link IFA_ADDRESS is the peer's; IFA_LOCAL is ours where it is present.
  const nlattr* local = attributes[IFA_LOCAL] != nullptr ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
  if (local == nullptr) return std::nullopt;
  const auto ip = arbiter::IpAddress::FromBytes(
      absl::MakeConstSpan(static_cast<const std::uint8_t*>(nla_data(local)), static_cast<std::size_t>(nla_len(local))));
  if (!ip.ok()) return std::nullopt;

  const int link = static_cast<int>(header.ifa_index);
  if (message->nlmsg_type == RTM_DELADDR) return AddressGone{*ip, header.ifa_prefixlen, link};
  const std::uint32_t flags =
      attributes[IFA_FLAGS] != nullptr ? nla_get_u32(attributes[IFA_FLAGS]) : std::uint32_t{header.ifa_flags};
  Address address{.ip = *ip, .prefix_length = header.ifa_prefixlen, .link = link, .since = {}};
  address.tentative = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  address.dad_failed = (flags & IFA_F_DADFAILED) != 0;
  address.secondary = (flags & IFA_F_SECONDARY) != 0;
  address.host_scope = header.ifa_scope == RT_SCOPE_HOST;
  return AddressPresent{address};
}

}  // namespace

std::optional<Event> Decode(const nlmsghdr& message) {
  auto* mutable_message = const_cast<nlmsghdr*>(&message);  // libnl's readers take it non-const and do not write
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return DecodeLink(mutable_message);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return DecodeAddress(mutable_message);
  }
  return std::nullopt;
}

}  // namespace probe::netlink
