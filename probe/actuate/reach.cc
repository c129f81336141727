#include "probe/actuate/reach.h"

#include <algorithm>

namespace probe::actuate {
namespace {

using arbiter::IpAddress;

bool IsOurs(const ReferenceSources& sources, const IpAddress& ip) {
  return sources.cluster.contains(ip) || std::any_of(sources.own_addresses.begin(), sources.own_addresses.end(),
                                                     [&](const netlink::Address& own) { return own.ip == ip; });
}

// Link-local addresses are on the segment by definition; others if one of our addresses shares its subnet with them.
bool OnSegment(const ReferenceSources& sources, const IpAddress& ip) {
  return ip.IsLinkLocal() ||
         std::any_of(sources.own_addresses.begin(), sources.own_addresses.end(),
                     [&](const netlink::Address& own) { return ip.SamePrefix(own.ip, own.prefix_length); });
}

}  // namespace

std::vector<IpAddress> ChooseReferences(const ReferenceSources& sources) {
  std::vector<IpAddress> chosen;
  const auto take = [&](const IpAddress& ip) {
    if (!IsOurs(sources, ip) && std::find(chosen.begin(), chosen.end(), ip) == chosen.end()) chosen.push_back(ip);
  };
  for (const IpAddress& ip : sources.configured) take(ip);
  if (!chosen.empty()) return chosen;
  if (sources.gateway && OnSegment(sources, *sources.gateway)) take(*sources.gateway);
  if (!chosen.empty()) return chosen;
  for (const IpAddress& ip : sources.heard) {
    if (chosen.size() == kMaxReferences) break;
    if (!ip.IsUnspecified() && !ip.IsMulticast()) take(ip);
  }
  return chosen;
}

std::optional<IpAddress> ChooseSource(absl::Span<const netlink::Address> own_addresses, const std::set<IpAddress>& vips,
                                      const IpAddress& target) {
  std::optional<IpAddress> any;
  for (const netlink::Address& own : own_addresses) {
    if (own.ip.family() != target.family() || !own.Usable() || vips.contains(own.ip)) continue;
    const bool best = target.is_v6() ? own.ip.IsLinkLocal() : target.SamePrefix(own.ip, own.prefix_length);
    if (best) return own.ip;
    if (!any) any = own.ip;
  }
  return any;
}

ReachTally::ReachTally(absl::Span<const IpAddress> targets, netlink::Instant asked_at)
    : targets_(targets.begin(), targets.end()), asked_at_(asked_at) {}

bool ReachTally::Hear(const IpAddress& ip, const arbiter::MacAddress& mac, netlink::Instant now) {
  if (!targets_.contains(ip)) return false;
  return answers_.try_emplace(ip, Answer{ip, mac, now - asked_at_}).second;
}

std::vector<ReachTally::Answer> ReachTally::answers() const {
  std::vector<Answer> all;
  all.reserve(answers_.size());
  for (const auto& [ip, answer] : answers_) all.push_back(answer);
  return all;
}

std::vector<IpAddress> ReachTally::silent() const {
  std::vector<IpAddress> all;
  for (const IpAddress& ip : targets_) {
    if (!answers_.contains(ip)) all.push_back(ip);
  }
  return all;
}

}  // namespace probe::actuate
