#include "probe/doctor/advert_packet.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "probe/doctor/word_list.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kTtl = 255;  // RFC 9568, section 5.1.1.3

// What is known of one field of the packet.
struct Field {
  bool known = true;
  bool absent = false;  // the packet has no such field: no comparison with it holds
  std::optional<double> number = {};
  std::optional<IpAddress> address = {};
  std::vector<std::string> names = {};
};

Field Unknown() { return {.known = false}; }
Field Absent() { return {.absent = true}; }
Field Named(std::vector<std::string> names) { return {.names = std::move(names)}; }
Field Numbered(int number, std::vector<std::string> names = {}) {
  return {.number = number, .names = std::move(names)};
}
Field Addressed(const std::optional<IpAddress>& address) {
  if (!address) return Unknown();
  return {.address = *address};
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
  if (name == "saddr") return Addressed(packet.source);
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

Truth EqualsText(const Field& field, const std::string& text) {
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

Truth Holds(const Value& left, const Value& value, const AdvertPacket& packet, const Chain& at,
            const Ruleset& ruleset) {
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

}  // namespace probe::doctor
