#include "arbiter/core/cause_settings.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace arbiter::core {
namespace {

struct Network {
  IpAddress base;
  int prefix_length = 0;
};

std::optional<Network> ReadNetwork(absl::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const auto base = IpAddress::Parse(text.substr(0, slash));
  Network network;
  if (!base.ok() || !absl::SimpleAtoi(text.substr(slash + 1), &network.prefix_length)) return std::nullopt;
  const int longest = base->is_v4() ? 32 : 128;
  if (network.prefix_length < 0 || network.prefix_length > longest) return std::nullopt;
  network.base = *base;
  return network;
}

bool IsPassOrHeader(absl::string_view type) {
  return absl::EqualsIgnoreCase(type, "PASS") || absl::EqualsIgnoreCase(type, "AH");
}

// An instance may say `version` for the global vrrp_version; both lines of authentication stand in one block.
absl::string_view AliasOf(absl::string_view keyword) {
  if (keyword == "vrrp_version") return "version";
  if (keyword == "auth_type" || keyword == "auth_pass") return "authentication";
  return keyword;
}

}  // namespace

std::string OriginOf(const InstanceConfig& instance, absl::string_view keyword) {
  const absl::string_view alias = AliasOf(keyword);
  std::string by_alias;
  for (const auto& [key, origin] : instance.origin) {
    if (key == keyword) return origin;
    if (key == alias) by_alias = origin;
  }
  return by_alias;
}

std::vector<IpAddress> AsSet(std::vector<IpAddress> addresses) {
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

std::vector<IpAddress> Without(const std::vector<IpAddress>& set, const std::vector<IpAddress>& other) {
  std::vector<IpAddress> rest;
  std::set_difference(set.begin(), set.end(), other.begin(), other.end(), std::back_inserter(rest));
  return rest;
}

bool Intersect(const std::vector<IpAddress>& set, const std::vector<IpAddress>& other) {
  return std::any_of(set.begin(), set.end(), [&](const IpAddress& address) { return Contains(other, address); });
}

bool Contains(const std::vector<IpAddress>& addresses, const IpAddress& address) {
  return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

std::string AuthTypeOf(const InstanceConfig& instance) {
  if (instance.auth_type.empty() || absl::EqualsIgnoreCase(instance.auth_type, "none")) return "none";
  return absl::AsciiStrToUpper(instance.auth_type);
}

bool AuthMatters(const InstanceConfig& instance, int version) {
  return version != 3 || (AuthTypeOf(instance) != "none" && !IsPassOrHeader(instance.auth_type));
}

AuthDifference CompareAuth(const InstanceConfig& a, const InstanceConfig& b) {
  if (AuthTypeOf(a) != AuthTypeOf(b)) return AuthDifference::kType;
  if (a.auth_fingerprint.empty() || b.auth_fingerprint.empty()) return AuthDifference::kNone;
  return a.auth_fingerprint == b.auth_fingerprint ? AuthDifference::kNone : AuthDifference::kSecret;
}

std::vector<IpAddress> OwnAddresses(const NodeReport& report) {
  std::vector<IpAddress> own = report.addresses;
  own.insert(own.end(), report.loopback_addresses.begin(), report.loopback_addresses.end());
  for (const InstanceConfig& instance : report.instances) {
    if (instance.unicast_source.has_value()) own.push_back(*instance.unicast_source);
  }
  return AsSet(std::move(own));
}

bool SegmentsDisjoint(absl::string_view a, absl::string_view b) {
  const std::optional<Network> first = ReadNetwork(a);
  const std::optional<Network> second = ReadNetwork(b);
  if (!first.has_value() || !second.has_value()) return false;
  if (first->base.family() != second->base.family()) return false;
  return !first->base.SamePrefix(second->base, std::min(first->prefix_length, second->prefix_length));
}

bool NetworksDisjoint(const InstanceConfig& a, const InstanceConfig& b) {
  const auto all = [](const InstanceConfig& instance) {
    return instance.networks.empty() ? std::vector<std::string>{instance.segment} : instance.networks;
  };
  const std::vector<std::string> of_b = all(b);
  for (const std::string& one : all(a)) {
    const bool apart = std::all_of(of_b.begin(), of_b.end(),
                                   [&one](const std::string& other) { return SegmentsDisjoint(one, other); });
    if (!apart) return false;
  }
  return true;
}

bool SegmentContains(absl::string_view segment, const IpAddress& address) {
  const std::optional<Network> network = ReadNetwork(segment);
  return network.has_value() && network->base.SamePrefix(address, network->prefix_length);
}

}  // namespace arbiter::core
