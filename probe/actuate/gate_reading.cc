#include "probe/actuate/gate_reading.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/value/mac_address.h"

namespace probe::actuate {
namespace {

constexpr std::chrono::milliseconds kTimerTolerance(100);  // the kernel counts in jiffies, and a transaction takes time

constexpr std::uint32_t kIngressHook = 0;  // NF_NETDEV_INGRESS
constexpr std::uint32_t kEgressHook = 1;   // NF_NETDEV_EGRESS, which headers before 5.16 do not name

bool HoldsVrid(GateSet set) {
  return set == GateSet::kShutVrid4 || set == GateSet::kShutVrid6 || set == GateSet::kPassVrid4 ||
         set == GateSet::kPassVrid6 || set == GateSet::kAdvertVrid4 || set == GateSet::kAdvertVrid6;
}

bool IsV6(GateSet set) {
  return set == GateSet::kShutIp6 || set == GateSet::kShutVrid6 || set == GateSet::kPassIp6 ||
         set == GateSet::kPassVrid6 || set == GateSet::kAdvertVrid6;
}

// The element's value as GateBook writes it; empty where the bytes do not fit the set.
std::string ValueText(GateSet set, const std::vector<std::uint8_t>& value) {
  if (HoldsVrid(set)) return value.empty() ? std::string() : absl::StrCat(value[0]);
  if (set == GateSet::kShutMac || set == GateSet::kPassMac) {
    std::array<std::uint8_t, 6> bytes{};
    if (value.size() < bytes.size()) return {};
    std::copy_n(value.begin(), bytes.size(), bytes.begin());
    return arbiter::MacAddress(bytes).ToString();
  }
  const auto ip = arbiter::IpAddress::FromBytes(value);
  if (!ip.ok()) return {};
  const bool target = set == GateSet::kShutTarget6 || set == GateSet::kPassTarget6;
  if (target) return ip->is_v6() ? TargetValue(*ip) : std::string();
  return ip->ToString();
}

std::string HookDefect(const TableDump& dump, const std::string& chain, std::uint32_t hook,
                       const GateInterface& interface) {
  const auto at = dump.chains.find(chain);
  const char* name = hook == kIngressHook ? "ingress" : "egress";
  if (at == dump.chains.end()) return absl::StrCat(interface.name, ": no ", name, " chain");
  const auto& devices = at->second.devices;
  if (at->second.hook != hook || std::find(devices.begin(), devices.end(), interface.name) == devices.end()) {
    return absl::StrCat(interface.name, ": the ", name, " chain is not hooked to it");
  }
  const RuleCounts expected = ExpectedRules(interface);
  const int rules = hook == kIngressHook ? expected.ingress : expected.egress;
  if (at->second.rules != rules) {
    return absl::StrCat(interface.name, ": ", at->second.rules, " rules in the ", name, " chain, not ", rules);
  }
  return {};
}

// Whether the kernel's end of an element is the ordered one.
bool SameEnd(const std::optional<Instant>& ordered, const std::optional<Instant>& actual) {
  if (ordered.has_value() != actual.has_value()) return false;
  return !ordered || (*actual - *ordered <= kTimerTolerance && *ordered - *actual <= kTimerTolerance);
}

std::string ElementDefect(const Elements& actual, const Elements& ordered, Instant now) {
  for (const auto& [id, terms] : ordered) {
    if (terms.until && *terms.until <= now + kTimerTolerance) continue;  // it ends in this moment
    const auto at = actual.find(id);
    if (at == actual.end()) return absl::StrCat(id.value, " is not in set ", SetName(id.set, id.interface));
    if (!SameEnd(terms.until, at->second.until)) return absl::StrCat(id.value, " has another timeout than was ordered");
  }
  for (const auto& [id, terms] : actual) {
    if (ordered.contains(id) || (terms.until && *terms.until <= now + kTimerTolerance)) continue;
    return absl::StrCat(id.value, " in set ", SetName(id.set, id.interface), " is nobody's order");
  }
  return {};
}

// The key that a VIP's element stands for, from its comment.
GateKey KeyOf(const ElementId& id, const ReadComment& comment) {
  GateKey key;
  if (auto vip = arbiter::IpAddress::Parse(id.value); vip.ok()) key.vip = *vip;
  key.interface = id.interface;
  key.vrid = comment.vrid;
  key.vmac = comment.vmac;
  key.adverts = comment.adverts;
  return key;
}

std::optional<Instant> EndOf(const Elements& elements, const ElementId& id) {
  const auto at = elements.find(id);
  return at == elements.end() ? std::nullopt : at->second.until;
}

std::optional<std::chrono::milliseconds> Left(const std::optional<Instant>& until, Instant now) {
  if (!until) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*until - now);
}

void CountAdverts(const TableDump& dump, std::vector<AdvertCount>& counts) {
  std::map<std::tuple<std::string, bool, std::uint8_t>, AdvertCount> found;
  for (const auto& [name, elements] : dump.sets) {
    const std::optional<NamedSet> named = ReadSetName(name);
    if (!named || !HoldsVrid(named->set)) continue;
    const bool let_out = named->set == GateSet::kAdvertVrid4 || named->set == GateSet::kAdvertVrid6;
    for (const TableDump::Element& element : elements) {
      if (element.value.empty()) continue;
      AdvertCount& count = found[{named->interface, IsV6(named->set), element.value[0]}];
      count.interface = named->interface;
      count.family = IsV6(named->set) ? arbiter::IpAddress::Family::kV6 : arbiter::IpAddress::Family::kV4;
      count.vrid = element.value[0];
      (let_out ? count.let_out : count.stopped) += element.packets;
    }
  }
  for (auto& [id, count] : found) counts.push_back(std::move(count));
}

bool HoldsVirtualMac(const GateBook& book, const std::string& interface) {
  return std::any_of(book.orders().begin(), book.orders().end(), [&interface](const auto& entry) {
    return entry.first.interface == interface && entry.first.vmac;
  });
}

}  // namespace

std::string ChainDefect(const TableDump& dump, const GateInterface& interface) {
  std::string defect = HookDefect(dump, IngressChain(interface.name), kIngressHook, interface);
  if (defect.empty()) defect = HookDefect(dump, EgressChain(interface.name), kEgressHook, interface);
  if (!defect.empty()) return defect;
  const auto adverts = dump.chains.find(AdvertChain(interface.name));
  const int expected = ExpectedRules(interface).adverts;
  const int rules = adverts == dump.chains.end() ? 0 : adverts->second.rules;
  if (rules != expected) {
    return absl::StrCat(interface.name, ": ", rules, " rules in the chain of adverts, not ", expected);
  }
  return {};
}

Elements ReadElements(const TableDump& dump, Instant now) {
  Elements elements;
  for (const auto& [name, set] : dump.sets) {
    const std::optional<NamedSet> named = ReadSetName(name);
    if (!named) continue;
    for (const TableDump::Element& element : set) {
      ElementTerms terms;
      if (element.expires) terms.until = now + *element.expires;
      terms.comment = element.comment;
      elements[{named->interface, named->set, ValueText(named->set, element.value)}] = std::move(terms);
    }
  }
  return elements;
}

GateBook ReadBook(const TableDump& dump, Instant now) {
  GateBook book;
  const Elements elements = ReadElements(dump, now);
  for (const auto& [id, terms] : elements) {
    if (id.set != GateSet::kShutIp4 && id.set != GateSet::kShutIp6) continue;
    const ReadComment comment = ParseComment(terms.comment);
    const GateKey key = KeyOf(id, comment);
    const bool v4 = key.vip.is_v4();
    Order order;
    order.shut_until = terms.until;
    order.open_until = EndOf(elements, {id.interface, v4 ? GateSet::kPassIp4 : GateSet::kPassIp6, id.value});
    if (key.vrid) {
      const bool over_ip4 = key.AdvertFamily() == arbiter::IpAddress::Family::kV4;
      const GateSet adverts = over_ip4 ? GateSet::kAdvertVrid4 : GateSet::kAdvertVrid6;
      order.adverts_until = EndOf(elements, {id.interface, adverts, absl::StrCat(*key.vrid)});
    }
    order.comment = comment.text;
    book.Set(key, std::move(order));
  }
  return book;
}

GateState ReadGate(const TableDump& dump, const InterfaceLookup& lookup) {
  GateState state;
  state.table = dump.present;
  if (!dump.present) return state;
  const Instant now{};  // only differences of time are read here
  const GateBook book = ReadBook(dump, now);
  const Elements actual = ReadElements(dump, now);
  std::map<std::string, bool> acting;
  for (const auto& [name, elements] : dump.sets) {
    if (const auto named = ReadSetName(name)) acting.emplace(named->interface, false);
  }
  for (auto& [name, acts] : acting) {
    GateInterface interface = lookup(name);
    interface.vmac = interface.vmac || HoldsVirtualMac(book, name);  // a process that has not adopted it does not know
    acts = interface.present && ChainDefect(dump, interface).empty();
    if (acts) state.interfaces.push_back(name);
  }
  const std::set<GateKey> incomplete = book.Incomplete(actual);
  for (const auto& [key, order] : book.orders()) {
    GateStanding standing;
    standing.key = key;
    standing.acts = acting[key.interface] && !incomplete.contains(key);
    standing.for_ms = Left(order.shut_until, now);
    standing.adverts = Left(order.adverts_until, now);
    standing.open = Left(order.open_until, now);
    standing.comment = order.comment;
    state.standing.push_back(std::move(standing));
  }
  CountAdverts(dump, state.adverts);
  return state;
}

std::string FindDefect(const TableDump& dump, absl::Span<const GateInterface> interfaces, const Elements& elements,
                       Instant now) {
  if (!dump.present) return interfaces.empty() && elements.empty() ? std::string() : "the table is gone";
  for (const GateInterface& interface : interfaces) {
    if (!interface.present) continue;
    if (std::string defect = ChainDefect(dump, interface); !defect.empty()) return defect;
  }
  return ElementDefect(ReadElements(dump, now), elements, now);
}

}  // namespace probe::actuate
