#include "probe/netlink/kernel_reader.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "probe/netlink/address_table.h"
#include "probe/netlink/decode.h"

namespace probe::netlink {
namespace {

constexpr int kDumpAttempts = 5;  // a busy host may change while it is read

unsigned char NativeFamily(arbiter::IpAddress::Family family) {
  return family == arbiter::IpAddress::Family::kV4 ? AF_INET : AF_INET6;
}

std::optional<arbiter::IpAddress> ReadIp(nlattr* attribute) {
  if (attribute == nullptr) return std::nullopt;
  auto ip = arbiter::IpAddress::FromBytes(absl::MakeConstSpan(static_cast<const std::uint8_t*>(nla_data(attribute)),
                                                              static_cast<std::size_t>(nla_len(attribute))));
  if (!ip.ok()) return std::nullopt;
  return *ip;
}

// Dumps `type` with `header` in front, again as long as the kernel says that it changed meanwhile.
template <typename Header, typename Item>
absl::StatusOr<std::vector<Item>> Collect(NetlinkSocket& socket, int type, Header header,
                                          const std::function<std::optional<Item>(const nlmsghdr&)>& read) {
  absl::Status status;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    NlMsgHandle request = MakeMessage(type, 0);
    nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
    std::vector<Item> items;
    status =
        socket.Dump(std::move(request), absl::StrCat("list by rtnetlink request ", type), [&](const nlmsghdr& message) {
          if (std::optional<Item> item = read(message)) items.push_back(std::move(*item));
        });
    if (status.ok()) return items;
    if (!absl::IsAborted(status)) return status;
  }
  return status;
}

struct DefaultRoute {
  std::uint32_t metric = 0;
  arbiter::IpAddress gateway;
};

std::optional<arbiter::IpAddress> GatewayAmongHops(nlattr* hops, int link) {
  auto* hop = static_cast<rtnexthop*>(nla_data(hops));
  for (int left = nla_len(hops); RTNH_OK(hop, left); left -= NLMSG_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
    if (hop->rtnh_ifindex != link) continue;
    auto* first = reinterpret_cast<nlattr*>(RTNH_DATA(hop));
    const int length = hop->rtnh_len - static_cast<int>(RTNH_LENGTH(0));
    if (auto gateway = ReadIp(nla_find(first, length, RTA_GATEWAY))) return gateway;
  }
  return std::nullopt;
}

std::optional<DefaultRoute> ReadDefaultRoute(const nlmsghdr& message, int link) {
  std::array<nlattr*, RTA_MAX + 1> attributes{};
  std::array<nla_policy, RTA_MAX + 1> policies{};
  for (const int type : {RTA_OIF, RTA_PRIORITY, RTA_TABLE}) policies[static_cast<std::size_t>(type)] = {NLA_U32, 0, 0};
  auto* mutable_message = const_cast<nlmsghdr*>(&message);  // libnl's readers do not write
  if (nlmsg_parse(mutable_message, sizeof(rtmsg), attributes.data(), RTA_MAX, policies.data()) < 0) return std::nullopt;
  const auto& header = *static_cast<const rtmsg*>(nlmsg_data(&message));
  const std::uint32_t table =
      attributes[RTA_TABLE] != nullptr ? nla_get_u32(attributes[RTA_TABLE]) : std::uint32_t{header.rtm_table};
  if (table != RT_TABLE_MAIN || header.rtm_dst_len != 0 || header.rtm_type != RTN_UNICAST) return std::nullopt;
  DefaultRoute route;
  if (attributes[RTA_PRIORITY] != nullptr) route.metric = nla_get_u32(attributes[RTA_PRIORITY]);
  std::optional<arbiter::IpAddress> gateway;
  if (attributes[RTA_MULTIPATH] != nullptr) {
    gateway = GatewayAmongHops(attributes[RTA_MULTIPATH], link);
  } else if (attributes[RTA_OIF] != nullptr && static_cast<int>(nla_get_u32(attributes[RTA_OIF])) == link) {
    gateway = ReadIp(attributes[RTA_GATEWAY]);
  }
  if (!gateway) return std::nullopt;
  route.gateway = *gateway;
  return route;
}

std::optional<NeighbourState> HeardState(std::uint16_t nud) {
  if ((nud & NUD_REACHABLE) != 0) return NeighbourState::kReachable;
  if ((nud & NUD_STALE) != 0) return NeighbourState::kStale;
  if ((nud & (NUD_DELAY | NUD_PROBE)) != 0) return NeighbourState::kDelay;
  return std::nullopt;  // failed, incomplete, or never asked (NOARP, permanent)
}

struct HeardNeighbour {
  Neighbour neighbour;
  std::uint32_t confirmed_ago = std::numeric_limits<std::uint32_t>::max();  // in the kernel's clock ticks
};

std::optional<HeardNeighbour> ReadNeighbour(const nlmsghdr& message, int link) {
  std::array<nlattr*, NDA_MAX + 1> attributes{};
  auto* mutable_message = const_cast<nlmsghdr*>(&message);  // libnl's readers do not write
  if (nlmsg_parse(mutable_message, sizeof(ndmsg), attributes.data(), NDA_MAX, nullptr) < 0) return std::nullopt;
  const auto& header = *static_cast<const ndmsg*>(nlmsg_data(&message));
  const auto state = HeardState(header.ndm_state);
  const auto ip = ReadIp(attributes[NDA_DST]);
  nlattr* mac = attributes[NDA_LLADDR];
  std::array<std::uint8_t, 6> bytes{};
  if (header.ndm_ifindex != link || !state || !ip || ip->IsMulticast()) return std::nullopt;
  if (mac == nullptr || nla_len(mac) != static_cast<int>(bytes.size())) return std::nullopt;
  std::memcpy(bytes.data(), nla_data(mac), bytes.size());
  HeardNeighbour heard{{*ip, arbiter::MacAddress(bytes), *state, (header.ndm_flags & NTF_ROUTER) != 0}};
  nlattr* cache = attributes[NDA_CACHEINFO];
  nda_cacheinfo info{};
  if (cache != nullptr && nla_len(cache) >= static_cast<int>(sizeof info)) {
    std::memcpy(&info, nla_data(cache), sizeof info);
    heard.confirmed_ago = info.ndm_confirmed;
  }
  return heard;
}

// What may be set when an address is added; the other flags are the kernel's.
constexpr std::uint32_t kSettableFlags = IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE;

std::optional<WholeAddress> ReadWhole(const nlmsghdr& message, const arbiter::IpAddress& ip,
                                      const std::vector<Link>& links) {
  const std::optional<Event> event = Decode(message);
  const auto* present = event ? std::get_if<AddressPresent>(&*event) : nullptr;
  if (present == nullptr || present->address.ip != ip) return std::nullopt;
  const auto link = std::find_if(links.begin(), links.end(),
                                 [&present](const Link& each) { return each.index == present->address.link; });
  if (link == links.end() || link->loopback) return std::nullopt;
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  auto* mutable_message = const_cast<nlmsghdr*>(&message);  // libnl's readers do not write
  if (nlmsg_parse(mutable_message, sizeof(ifaddrmsg), attributes.data(), IFA_MAX, nullptr) < 0) return std::nullopt;
  const auto& header = *static_cast<const ifaddrmsg*>(nlmsg_data(&message));
  WholeAddress whole{ip, link->name, present->address.prefix_length, header.ifa_scope, header.ifa_flags,
                     "", link->index};
  nlattr* flags = attributes[IFA_FLAGS];
  if (flags != nullptr && nla_len(flags) >= static_cast<int>(sizeof whole.flags)) whole.flags = nla_get_u32(flags);
  whole.flags &= kSettableFlags;
  nlattr* label = attributes[IFA_LABEL];
  if (label != nullptr && nla_len(label) > 0) {
    const auto* text = static_cast<const char*>(nla_data(label));
    whole.label = std::string(text, strnlen(text, static_cast<std::size_t>(nla_len(label))));
  }
  return whole;
}

}  // namespace

absl::StatusOr<KernelReader> KernelReader::Open() {
  absl::StatusOr<NetlinkSocket> socket = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!socket.ok()) return socket.status();
  return KernelReader(*std::move(socket));
}

absl::StatusOr<std::vector<Address>> KernelReader::AddressesEqual(const arbiter::IpAddress& ip) {
  ifaddrmsg header{};
  header.ifa_family = NativeFamily(ip.family());
  return Collect<ifaddrmsg, Address>(socket_, RTM_GETADDR, header, [&](const nlmsghdr& message) {
    const std::optional<Event> event = Decode(message);
    const auto* present = event ? std::get_if<AddressPresent>(&*event) : nullptr;
    return present != nullptr && present->address.ip == ip ? std::optional(present->address) : std::nullopt;
  });
}

absl::StatusOr<std::vector<Link>> KernelReader::Links() {
  return Collect<ifinfomsg, Link>(socket_, RTM_GETLINK, ifinfomsg{}, [](const nlmsghdr& message) {
    std::optional<Event> event = Decode(message);
    auto* present = event ? std::get_if<LinkPresent>(&*event) : nullptr;
    return present != nullptr ? std::optional(std::move(present->link)) : std::nullopt;
  });
}

absl::StatusOr<std::vector<AddressOnLink>> KernelReader::Find(const arbiter::IpAddress& ip) {
  absl::StatusOr<std::vector<Address>> addresses = AddressesEqual(ip);
  if (!addresses.ok()) return addresses.status();
  if (addresses->empty()) return std::vector<AddressOnLink>{};
  const absl::StatusOr<std::vector<Link>> links = Links();
  if (!links.ok()) return links.status();
  std::vector<AddressOnLink> found;
  for (const Address& address : *addresses) {
    const auto link =
        std::find_if(links->begin(), links->end(), [&](const Link& l) { return l.index == address.link; });
    if (link != links->end()) found.push_back({address, *link});
  }
  return found;
}

absl::StatusOr<bool> KernelReader::IsConfigured(const arbiter::IpAddress& ip) {
  absl::StatusOr<std::vector<Address>> addresses = AddressesEqual(ip);
  if (!addresses.ok()) return addresses.status();
  return !addresses->empty();
}

absl::StatusOr<std::set<arbiter::IpAddress>> KernelReader::ConfiguredOf(absl::Span<const arbiter::IpAddress> ips) {
  const std::set<arbiter::IpAddress> asked(ips.begin(), ips.end());
  const absl::StatusOr<std::vector<arbiter::IpAddress>> there = Collect<ifaddrmsg, arbiter::IpAddress>(
      socket_, RTM_GETADDR, ifaddrmsg{}, [&asked](const nlmsghdr& message) -> std::optional<arbiter::IpAddress> {
        const std::optional<Event> event = Decode(message);
        const auto* present = event ? std::get_if<AddressPresent>(&*event) : nullptr;
        if (present == nullptr || !asked.contains(present->address.ip)) return std::nullopt;
        return present->address.ip;
      });
  if (!there.ok()) return there.status();
  return std::set<arbiter::IpAddress>(there->begin(), there->end());
}

absl::StatusOr<std::vector<WholeAddress>> KernelReader::FindWhole(const arbiter::IpAddress& ip) {
  const absl::StatusOr<std::vector<Link>> links = Links();
  if (!links.ok()) return links.status();
  ifaddrmsg header{};
  header.ifa_family = NativeFamily(ip.family());
  return Collect<ifaddrmsg, WholeAddress>(socket_, RTM_GETADDR, header,
                                          [&](const nlmsghdr& message) { return ReadWhole(message, ip, *links); });
}

absl::StatusOr<std::optional<arbiter::IpAddress>> KernelReader::DefaultGateway(int link,
                                                                               arbiter::IpAddress::Family family) {
  rtmsg header{};
  header.rtm_family = NativeFamily(family);
  absl::StatusOr<std::vector<DefaultRoute>> routes = Collect<rtmsg, DefaultRoute>(
      socket_, RTM_GETROUTE, header, [link](const nlmsghdr& message) { return ReadDefaultRoute(message, link); });
  if (!routes.ok()) return routes.status();
  const auto best = std::min_element(routes->begin(), routes->end(),
                                     [](const auto& a, const auto& b) { return a.metric < b.metric; });
  if (best == routes->end()) return std::nullopt;
  return best->gateway;
}

absl::StatusOr<std::optional<int>> KernelReader::LinkTo(const arbiter::IpAddress& ip) {
  rtmsg header{};
  header.rtm_family = NativeFamily(ip.family());
  const auto bytes = ip.bytes();
  header.rtm_dst_len = static_cast<unsigned char>(8 * bytes.size());
  NlMsgHandle request = MakeMessage(RTM_GETROUTE, 0);
  nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put(request.get(), RTA_DST, static_cast<int>(bytes.size()), bytes.data());
  std::optional<int> link;
  const absl::Status status =
      socket_.Ask(std::move(request), absl::StrCat("route to ", ip.ToString()), [&link](const nlmsghdr& message) {
        nlattr* out = nlmsg_find_attr(const_cast<nlmsghdr*>(&message), sizeof(rtmsg), RTA_OIF);
        if (out != nullptr) link = static_cast<int>(nla_get_u32(out));
      });
  if (absl::IsInternal(status) || absl::IsNotFound(status)) return std::nullopt;  // the network is unreachable
  if (!status.ok()) return status;
  return link;
}

absl::StatusOr<std::vector<std::string>> KernelReader::IngressFilters(int link) {
  // Of the qdisc clsact, and of the older one called ingress.
  return Filters(link, {TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), TC_H_MAKE(TC_H_INGRESS, 0U)});
}

absl::StatusOr<std::vector<std::string>> KernelReader::EgressFilters(int link) {
  return Filters(link, {TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)});
}

std::vector<std::string> KernelReader::Filters(int link, std::initializer_list<std::uint32_t> parents) {
  std::vector<std::string> filters;
  for (const std::uint32_t parent : parents) {
    tcmsg header{};
    header.tcm_family = AF_UNSPEC;
    header.tcm_ifindex = link;
    header.tcm_parent = parent;
    absl::StatusOr<std::vector<std::string>> found = Collect<tcmsg, std::string>(
        socket_, RTM_GETTFILTER, header, [](const nlmsghdr& message) -> std::optional<std::string> {
          nlattr* kind = nlmsg_find_attr(const_cast<nlmsghdr*>(&message), sizeof(tcmsg), TCA_KIND);
          if (kind == nullptr) return std::nullopt;
          const auto* tc = static_cast<const tcmsg*>(nlmsg_data(&message));
          return absl::StrCat(nla_get_string(kind), ", pref ", TC_H_MAJ(tc->tcm_info) >> 16U);
        });
    if (!found.ok()) continue;  // there is no such qdisc
    for (std::string& filter : *found) {
      if (std::find(filters.begin(), filters.end(), filter) == filters.end()) filters.push_back(std::move(filter));
    }
  }
  return filters;
}

absl::StatusOr<std::vector<Neighbour>> KernelReader::Neighbours(int link, arbiter::IpAddress::Family family) {
  ndmsg header{};
  header.ndm_family = NativeFamily(family);
  absl::StatusOr<std::vector<HeardNeighbour>> heard = Collect<ndmsg, HeardNeighbour>(
      socket_, RTM_GETNEIGH, header, [link](const nlmsghdr& message) { return ReadNeighbour(message, link); });
  if (!heard.ok()) return heard.status();
  std::sort(heard->begin(), heard->end(), [](const HeardNeighbour& a, const HeardNeighbour& b) {
    return std::tie(a.confirmed_ago, a.neighbour.ip) < std::tie(b.confirmed_ago, b.neighbour.ip);
  });
  std::vector<Neighbour> neighbours;
  neighbours.reserve(heard->size());
  for (const HeardNeighbour& h : *heard) neighbours.push_back(h.neighbour);
  return neighbours;
}

absl::Status KernelReader::AddAddress(const WholeAddress& address) {
  const std::string act =
      absl::StrCat("add ", address.ip.ToString(), "/", address.prefix_length, " to ", address.interface);
  const absl::StatusOr<std::vector<Link>> links = Links();
  if (!links.ok()) return links.status();
  const auto link = std::find_if(links->begin(), links->end(),
                                 [&address](const Link& each) { return each.name == address.interface; });
  if (link == links->end()) return absl::NotFoundError(absl::StrCat(act, ": there is no such interface"));
  ifaddrmsg header{};
  header.ifa_family = NativeFamily(address.ip.family());
  header.ifa_prefixlen = static_cast<unsigned char>(address.prefix_length);
  header.ifa_scope = address.scope;
  header.ifa_index = static_cast<unsigned>(link->index);
  NlMsgHandle request = MakeMessage(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
  nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
  const auto bytes = address.ip.bytes();
  nla_put(request.get(), IFA_LOCAL, static_cast<int>(bytes.size()), bytes.data());
  nla_put(request.get(), IFA_ADDRESS, static_cast<int>(bytes.size()), bytes.data());
  if (!address.label.empty()) nla_put_string(request.get(), IFA_LABEL, address.label.c_str());
  const std::uint32_t nodad = address.ip.is_v6() ? std::uint32_t{IFA_F_NODAD} : 0;
  nla_put_u32(request.get(), IFA_FLAGS, (address.flags & kSettableFlags) | nodad);
  const absl::Status status = socket_.Transact(std::move(request), act);
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

absl::Status KernelReader::RemoveAddress(int link, const arbiter::IpAddress& ip, int prefix_length) {
  ifaddrmsg header{};
  header.ifa_family = NativeFamily(ip.family());
  header.ifa_prefixlen = static_cast<unsigned char>(prefix_length);
  header.ifa_index = static_cast<unsigned>(link);
  NlMsgHandle request = MakeMessage(RTM_DELADDR, NLM_F_ACK);
  nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO);
  const auto bytes = ip.bytes();
  nla_put(request.get(), IFA_LOCAL, static_cast<int>(bytes.size()), bytes.data());
  if (ip.is_v6()) nla_put(request.get(), IFA_ADDRESS, static_cast<int>(bytes.size()), bytes.data());
  return socket_.Transact(std::move(request),
                          absl::StrCat("remove ", ip.ToString(), "/", prefix_length, " from link ", link));
}

}  // namespace probe::netlink
