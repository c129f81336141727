#include "probe/actuate/gate_book.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "proto/value/mac_address.h"

namespace probe::actuate {
namespace {

constexpr char kVmacWord[] = " use_vmac";
constexpr absl::string_view kOverIp4 = " over IPv4";  // where the VIP is of the other family
constexpr absl::string_view kOverIp6 = " over IPv6";

absl::string_view AdvertsWord(const GateKey& key) {
  if (!key.adverts || *key.adverts == key.vip.family()) return "";
  return *key.adverts == arbiter::IpAddress::Family::kV4 ? kOverIp4 : kOverIp6;
}

// The later of two ends, where nothing means for ever.
std::optional<Instant> Later(std::optional<Instant> a, std::optional<Instant> b) {
  return a && b ? std::max(a, b) : std::nullopt;
}

// The earlier of two ends, where nothing means not at all.
std::optional<Instant> Earlier(std::optional<Instant> a, std::optional<Instant> b) {
  return a && b ? std::min(a, b) : std::nullopt;
}

void Add(Elements& elements, const Order& order, ElementId shut, std::optional<GateSet> pass) {
  const std::string& comment = order.comment;
  if (order.open_until && pass) elements[{shut.interface, *pass, shut.value}] = {order.open_until, comment};
  elements[std::move(shut)] = {order.shut_until, comment};
}

}  // namespace

const Order* GateBook::Find(const GateKey& key) const {
  const auto at = orders_.find(key);
  return at == orders_.end() ? nullptr : &at->second;
}

void GateBook::Set(const GateKey& key, Order order) {
  orders_[key] = std::move(order);
  vips_[{key.interface, key.vip}].insert(key);
  if (key.vrid) routers_[{key.interface, key.AdvertFamily(), *key.vrid}].insert(key);
}

void GateBook::Erase(const GateKey& key) {
  const auto remove = [&key](auto& groups, const auto& id) {
    const auto at = groups.find(id);
    if (at == groups.end()) return;
    at->second.erase(key);
    if (at->second.empty()) groups.erase(at);
  };
  orders_.erase(key);
  remove(vips_, VipId{key.interface, key.vip});
  if (key.vrid) remove(routers_, RouterId{key.interface, key.AdvertFamily(), *key.vrid});
}

void GateBook::Expire(Instant now) {
  std::vector<GateKey> ended;
  for (auto& [key, order] : orders_) {
    if (order.shut_until && *order.shut_until <= now) ended.push_back(key);
    if (order.adverts_until && *order.adverts_until <= now) order.adverts_until.reset();
    if (order.open_until && *order.open_until <= now) order.open_until.reset();
  }
  for (const GateKey& key : ended) Erase(key);
}

Order GateBook::Combined(const Members& members) const {
  std::optional<Order> all;
  for (const GateKey& key : members) {
    const Order& order = orders_.at(key);
    if (!all) {
      all = order;
      all->comment = FormatComment(key, order.comment);
      continue;
    }
    all->shut_until = Later(all->shut_until, order.shut_until);
    all->adverts_until = Earlier(all->adverts_until, order.adverts_until);
    all->open_until = Earlier(all->open_until, order.open_until);
  }
  return all.value_or(Order{});
}

void GateBook::AddVip(Elements& elements, const Members& members) const {
  const GateKey& key = *members.begin();
  const Order order = Combined(members);
  if (key.vip.is_v4()) {
    Add(elements, order, {key.interface, GateSet::kShutIp4, key.vip.ToString()}, GateSet::kPassIp4);
  } else {
    Add(elements, order, {key.interface, GateSet::kShutIp6, key.vip.ToString()}, GateSet::kPassIp6);
    Add(elements, order, {key.interface, GateSet::kShutTarget6, TargetValue(key.vip)}, GateSet::kPassTarget6);
  }
}

void GateBook::AddRouter(Elements& elements, const Members& members) const {
  const GateKey& key = *members.begin();
  const Order order = Combined(members);
  const bool v4 = key.AdvertFamily() == arbiter::IpAddress::Family::kV4;
  const std::string vrid = absl::StrCat(*key.vrid);
  Add(elements, order, {key.interface, v4 ? GateSet::kShutVrid4 : GateSet::kShutVrid6, vrid},
      v4 ? GateSet::kPassVrid4 : GateSet::kPassVrid6);
  if (order.adverts_until) {
    elements[{key.interface, v4 ? GateSet::kAdvertVrid4 : GateSet::kAdvertVrid6, vrid}] = {order.adverts_until,
                                                                                           order.comment};
  }
  if (std::any_of(members.begin(), members.end(), [](const GateKey& member) { return member.vmac; })) {
    const std::string mac = arbiter::MacAddress::VirtualRouter(*key.vrid, !v4).ToString();
    Add(elements, order, {key.interface, GateSet::kShutMac, mac}, GateSet::kPassMac);
  }
}

Elements GateBook::ElementsOf(absl::Span<const GateKey> keys) const {
  Elements elements;
  std::set<RouterId> routers;  // each once: all the keys of an instance share one
  for (const GateKey& key : keys) {
    if (const auto at = vips_.find({key.interface, key.vip}); at != vips_.end()) AddVip(elements, at->second);
    if (key.vrid) routers.insert({key.interface, key.AdvertFamily(), *key.vrid});
  }
  for (const RouterId& router : routers) {
    if (const auto at = routers_.find(router); at != routers_.end()) AddRouter(elements, at->second);
  }
  return elements;
}

Elements GateBook::AllElements() const {
  Elements elements;
  for (const auto& [id, members] : vips_) AddVip(elements, members);
  for (const auto& [id, members] : routers_) AddRouter(elements, members);
  return elements;
}

std::set<GateKey> GateBook::Incomplete(const Elements& actual) const {
  std::set<GateKey> incomplete;
  const auto look = [&](const auto& groups, auto add) {
    for (const auto& [id, members] : groups) {
      Elements needed;
      (this->*add)(needed, members);
      const bool whole =
          std::all_of(needed.begin(), needed.end(), [&actual](const auto& e) { return actual.contains(e.first); });
      if (!whole) incomplete.insert(members.begin(), members.end());
    }
  };
  look(vips_, &GateBook::AddVip);
  look(routers_, &GateBook::AddRouter);
  return incomplete;
}

std::set<std::string> GateBook::Interfaces() const {
  std::set<std::string> names;
  for (const auto& [key, order] : orders_) names.insert(key.interface);
  return names;
}

std::string FormatComment(const GateKey& key, absl::string_view comment) {
  std::string text =
      key.vrid ? absl::StrCat("vrid ", *key.vrid, AdvertsWord(key), key.vmac ? kVmacWord : "", ": ") : "no vrid: ";
  absl::StrAppend(&text, comment);
  for (char& c : text) {
    if (c == '"' || absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  if (text.size() > kMaxComment) text.resize(kMaxComment);
  return text;
}

ReadComment ParseComment(absl::string_view comment) {
  ReadComment read;
  const std::size_t colon = comment.find(": ");
  absl::string_view head = comment.substr(0, colon);
  if (colon == absl::string_view::npos || (head != "no vrid" && !absl::StartsWith(head, "vrid "))) {
    read.text = std::string(comment);
    return read;
  }
  read.text = std::string(comment.substr(colon + 2));
  if (head == "no vrid") return read;
  head.remove_prefix(5);
  read.vmac = absl::EndsWith(head, kVmacWord);
  if (read.vmac) head.remove_suffix(sizeof kVmacWord - 1);
  if (absl::ConsumeSuffix(&head, kOverIp4)) read.adverts = arbiter::IpAddress::Family::kV4;
  if (absl::ConsumeSuffix(&head, kOverIp6)) read.adverts = arbiter::IpAddress::Family::kV6;
  int vrid = 0;
  if (absl::SimpleAtoi(head, &vrid) && vrid >= 1 && vrid <= 255) read.vrid = static_cast<std::uint8_t>(vrid);
  return read;
}

std::string TargetValue(const arbiter::IpAddress& v6) {
  std::string value = "0x";
  for (const std::uint8_t byte : v6.bytes()) absl::StrAppendFormat(&value, "%02x", byte);
  return value;
}

}  // namespace probe::actuate
