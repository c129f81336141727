#include "probe/filter/advert_packet.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "probe/filter/word_list.h"

namespace probe::filter {
namespace {

using arbiter::IpAddress;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kTtl = 255;  // RFC 9568, section 5.1.1.3

// What is known of one field of the packet.
struct Field {
  bool known = true;
  bool absent = false;  // the packet has no such field: no comparison with it holds
  std::optional<double> number = {};
  std::optional<IpAddress> address = {};
  std::vector<std::pair<IpAddress, IpAddress>> ranges = {};  // it is in one of these
  std::vector<std::string> names = {};
};

Field Unknown() { return {.known = false}; }
Field Absent() { return {.absent = true}; }
Field Named(std::vector<std::string> names) { return {.names = std::move(names)}; }
Field Numbered(int number, std::vector<std::string> names = {}) {
  return {.number = number, .names = std::move(names)};
}
Field Addressed(const IpAddress& address) { return {.address = address}; }
Field SourceOf(const AdvertPacket& packet) {
  if (packet.source) return Addressed(*packet.source);
  return packet.sources.empty() ? Unknown() : Field{.ranges = packet.sources};
}

std::string Text(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? std::string() : found->second.string_value();
}

const Value& Member(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? Value::default_instance() : found->second;
}

Field Protocol(const AdvertPacket& packet) {
  if (packet.protocol == 51) return Numbered(51, {"51", "ah"});
  return Numbered(112, {"112", "vrrp", "carp"});
}

Field InterfaceField(bool incoming, const AdvertPacket& packet) {
  return incoming == packet.incoming ? Named({packet.interface}) : Absent();
}

Field MetaField(const std::string& key, const AdvertPacket& packet) {
  if (key == "l4proto") return Protocol(packet);
  if (key == "iifname" || key == "iif") return InterfaceField(true, packet);
  if (key == "oifname" || key == "oif") return InterfaceField(false, packet);
  if (key == "protocol") return packet.v6 ? Numbered(0x86dd, {"ip6"}) : Numbered(0x0800, {"ip"});
  if (key == "nfproto") return packet.v6 ? Numbered(10, {"ipv6"}) : Numbered(2, {"ipv4"});
  if (key == "pkttype" && packet.incoming) return Named({packet.multicast() ? "multicast" : "host"});
  return Unknown();
}

Field NetworkField(bool v6, const std::string& name, const AdvertPacket& packet) {
  if (v6 != packet.v6) return Absent();
  if (name == "protocol" || name == "nexthdr") return Protocol(packet);
  if (name == "saddr") return SourceOf(packet);
  if (name == "daddr") return Addressed(packet.destination);
  if (name == "ttl" || name == "hoplimit") return packet.multicast() ? Numbered(kTtl) : Unknown();
  if (name == "version") return Numbered(v6 ? 6 : 4);
  return Unknown();
}

Field PayloadField(const Struct& payload, const AdvertPacket& packet) {
  const std::string protocol = Text(payload, "protocol");
  if (protocol == "ip" || protocol == "ip6") return NetworkField(protocol == "ip6", Text(payload, "field"), packet);
  // Another protocol's header: nft checks that protocol first.
  static constexpr absl::string_view kOthers[] = {"tcp",    "udp",  "udplite", "sctp", "dccp", "icmp",
                                                  "icmpv6", "igmp", "esp",     "comp", "arp"};
  if (IsOneOf(kOthers, protocol)) return Absent();
  const double offset = Member(payload, "offset").number_value();
  const double length = Member(payload, "len").number_value();
  // The second byte of an advert is its VRID.
  if (Text(payload, "base") == "th" && offset == 8 && length == 8 && packet.protocol == 112) {
    return Numbered(packet.vrid);
  }
  return Unknown();
}

// A multicast advert is never answered, so its connection never is an established one.
Field ConnectionField(const std::string& key, const AdvertPacket& packet) {
  if (key == "state" && packet.multicast()) return Named({"new", "untracked"});
  return Unknown();
}

Field RouteField(const Struct& fib, const AdvertPacket& packet) {
  const Value& flags = Member(fib, "flags");
  const bool destination =
      flags.list_value().values_size() > 0 && flags.list_value().values(0).string_value() == "daddr";
  if (Text(fib, "result") == "type" && destination && packet.incoming) {
    return Named({packet.multicast() ? "multicast" : "local"});
  }
  return Unknown();
}

Field FieldOf(const Value& left, const AdvertPacket& packet) {
  const Struct& object = left.struct_value();
  if (object.fields().size() != 1) return Unknown();
  const auto& [kind, value] = *object.fields().begin();
  const Struct& inner = value.struct_value();
  if (kind == "meta") return MetaField(Text(inner, "key"), packet);
  if (kind == "payload") return PayloadField(inner, packet);
  if (kind == "ct") return ConnectionField(Text(inner, "key"), packet);
  if (kind == "fib") return RouteField(inner, packet);
  return Unknown();
}

Truth Of(bool truth) { return truth ? Truth::kYes : Truth::kNo; }

// Whether what is somewhere in the field's ranges is in [first, last].
Truth Within(const Field& field, const IpAddress& first, const IpAddress& last) {
  const auto inside = [&](const auto& range) { return first <= range.first && range.second <= last; };
  const auto outside = [&](const auto& range) { return range.second < first || last < range.first; };
  if (std::all_of(field.ranges.begin(), field.ranges.end(), inside)) return Truth::kYes;
  return std::all_of(field.ranges.begin(), field.ranges.end(), outside) ? Truth::kNo : Truth::kMaybe;
}

Truth EqualsText(const Field& field, const std::string& text) {
  if (!field.ranges.empty()) {
    const auto address = IpAddress::Parse(text);
    return address.ok() ? Within(field, *address, *address) : Truth::kMaybe;
  }
  if (field.address) {
    const auto address = IpAddress::Parse(text);
    return address.ok() ? Of(*address == *field.address) : Truth::kMaybe;
  }
  double number = 0;
  if (field.number && absl::SimpleAtod(text, &number)) return Of(number == *field.number);
  return Of(std::any_of(field.names.begin(), field.names.end(), [&text](const std::string& name) {
    return name == text || (absl::EndsWith(text, "*") && absl::StartsWith(name, text.substr(0, text.size() - 1)));
  }));
}

Truth InPrefix(const Field& field, const Struct& prefix) {
  const auto address = IpAddress::Parse(Text(prefix, "addr"));
  if (!field.ranges.empty() && address.ok()) {
    const auto [first, last] = EndsOf(*address, static_cast<int>(Member(prefix, "len").number_value()));
    return Within(field, first, last);
  }
  if (!field.address || !address.ok()) return Truth::kMaybe;
  return Of(field.address->SamePrefix(*address, static_cast<int>(Member(prefix, "len").number_value())));
}

Truth InRange(const Field& field, const Value& range) {
  if (range.list_value().values_size() != 2) return Truth::kMaybe;
  const Value& from = range.list_value().values(0);
  const Value& to = range.list_value().values(1);
  if (field.number) return Of(from.number_value() <= *field.number && *field.number <= to.number_value());
  const auto first = IpAddress::Parse(from.string_value());
  const auto last = IpAddress::Parse(to.string_value());
  if (!field.ranges.empty() && first.ok() && last.ok()) return Within(field, *first, *last);
  if (!field.address || !first.ok() || !last.ok()) return Truth::kMaybe;
  return Of(*first <= *field.address && *field.address <= *last);
}

// Of one comparison, with what named sets need.
class Comparison {
 public:
  Comparison(const Field& field, const Chain& at, const Ruleset& ruleset) : field_(field), at_(at), ruleset_(ruleset) {}

  [[nodiscard]] Truth With(const Value& value) const {
    switch (value.kind_case()) {
      case Value::kNumberValue:
        return field_.number ? Of(*field_.number == value.number_value()) : Truth::kMaybe;
      case Value::kStringValue:
        return WithText(value.string_value());
      case Value::kListValue:
        return WithAny(value.list_value());
      case Value::kStructValue:
        return WithObject(value.struct_value());
      case Value::kBoolValue:
      case Value::kNullValue:
      case Value::KIND_NOT_SET:
        return Truth::kMaybe;
    }
    return Truth::kMaybe;
  }

 private:
  [[nodiscard]] Truth WithText(const std::string& text) const {
    if (!absl::StartsWith(text, "@")) return EqualsText(field_, text);
    const auto set = ruleset_.sets.find({at_.family, at_.table, text.substr(1)});
    return set == ruleset_.sets.end() ? Truth::kMaybe : WithAny(set->second);
  }

  [[nodiscard]] Truth WithAny(const google::protobuf::ListValue& list) const {
    Truth any = Truth::kNo;
    for (const Value& value : list.values()) any = std::max(any, With(value));
    return any;
  }

  [[nodiscard]] Truth WithObject(const Struct& object) const {
    if (object.fields().size() != 1) return Truth::kMaybe;
    const auto& [kind, value] = *object.fields().begin();
    if (kind == "set") return WithAny(value.list_value());
    if (kind == "prefix") return InPrefix(field_, value.struct_value());
    if (kind == "range") return InRange(field_, value);
    if (kind == "elem") return With(Member(value.struct_value(), "val"));
    return Truth::kMaybe;
  }

  const Field& field_;
  const Chain& at_;
  const Ruleset& ruleset_;
};

// A packet that goes where it came from has a route: what a reverse path filter asks for.
std::optional<Truth> ReversePath(const Value& left, const Value& right) {
  const auto fib = left.struct_value().fields().find("fib");
  if (fib == left.struct_value().fields().end() || right.kind_case() != Value::kBoolValue) return std::nullopt;
  return Of(right.bool_value());
}

Truth Compare(double left, const std::string& op, double right) {
  if (op == "<") return Of(left < right);
  if (op == "<=") return Of(left <= right);
  if (op == ">") return Of(left > right);
  return op == ">=" ? Of(left >= right) : Truth::kMaybe;
}

}  // namespace

namespace {

// `ip6 saddr . oif`; null for anything else.
const ListValue* Concatenation(const Value& value) {
  const auto found = value.struct_value().fields().find("concat");
  return found == value.struct_value().fields().end() ? nullptr : &found->second.list_value();
}

// One element of a set holds when each of its parts does.
Truth HoldsForAll(const ListValue& parts, const Value& value, const AdvertPacket& packet, const Chain& at,
                  const Ruleset& ruleset) {
  if (const ListValue* element = Concatenation(value)) {
    if (element->values_size() != parts.values_size()) return Truth::kMaybe;
    Truth all = Truth::kYes;
    for (int i = 0; i < parts.values_size(); ++i) {
      all = std::min(all, Holds(parts.values(i), element->values(i), packet, at, ruleset));
    }
    return all;
  }
  const ListValue* elements = value.kind_case() == Value::kListValue ? &value.list_value() : nullptr;
  if (value.kind_case() == Value::kStringValue && absl::StartsWith(value.string_value(), "@")) {
    const auto set = ruleset.sets.find({at.family, at.table, value.string_value().substr(1)});
    if (set != ruleset.sets.end()) elements = &set->second;
  }
  const auto inner = value.struct_value().fields().find("set");
  if (inner != value.struct_value().fields().end()) elements = &inner->second.list_value();
  if (elements == nullptr) return Truth::kMaybe;
  Truth any = Truth::kNo;
  for (const Value& element : elements->values()) {
    any = std::max(any, HoldsForAll(parts, element, packet, at, ruleset));
  }
  return any;
}

}  // namespace

AdvertPacket PacketOn(const AdvertPath& path) {
  AdvertPacket packet;
  packet.interface = path.interface;
  packet.incoming = path.incoming;
  packet.v6 = path.destination.is_v6();
  packet.protocol = path.protocol;
  packet.source = path.source;
  packet.destination = path.destination;
  packet.vrid = path.vrid;
  return packet;
}

std::pair<IpAddress, IpAddress> EndsOf(const IpAddress& address, int prefix_length) {
  const auto from = address.bytes();
  std::vector<std::uint8_t> first(from.begin(), from.end());
  std::vector<std::uint8_t> last = first;
  for (auto bit = static_cast<std::size_t>(std::max(0, prefix_length)); bit < first.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    first[bit / 8] = static_cast<std::uint8_t>(first[bit / 8] & ~mask);
    last[bit / 8] = static_cast<std::uint8_t>(last[bit / 8] | mask);
  }
  return {*IpAddress::FromBytes(first), *IpAddress::FromBytes(last)};
}

Truth Holds(const Value& left, const Value& value, const AdvertPacket& packet, const Chain& at,
            const Ruleset& ruleset) {
  if (const ListValue* parts = Concatenation(left)) return HoldsForAll(*parts, value, packet, at, ruleset);
  const Field field = FieldOf(left, packet);
  if (field.absent) return Truth::kNo;
  if (!field.known) return Truth::kMaybe;
  return Comparison(field, at, ruleset).With(value);
}

Truth Matches(const Struct& match, const AdvertPacket& packet, const Chain& at, const Ruleset& ruleset) {
  const Value& left = Member(match, "left");
  const Value& right = Member(match, "right");
  const std::string op = Text(match, "op");
  if (const std::optional<Truth> reverse = ReversePath(left, right)) return *reverse;
  if (Concatenation(left) != nullptr && (op == "==" || op == "in")) return Holds(left, right, packet, at, ruleset);
  const Field field = FieldOf(left, packet);
  if (field.absent) return Truth::kNo;
  if (!field.known) return Truth::kMaybe;
  if (op == "==" || op == "in") return Comparison(field, at, ruleset).With(right);
  if (op == "!=") {
    const Truth equal = Comparison(field, at, ruleset).With(right);
    return equal == Truth::kMaybe ? equal : Of(equal == Truth::kNo);
  }
  if (field.number && right.kind_case() == Value::kNumberValue) return Compare(*field.number, op, right.number_value());
  return Truth::kMaybe;
}

}  // namespace probe::filter
