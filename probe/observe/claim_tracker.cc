#include "probe/observe/claim_tracker.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace probe::observe {
namespace {

using arbiter::IpAddress;

bool SameClaimant(const Claimant& a, const Claimant& b) {
  return a.mac == b.mac && a.interface == b.interface && a.own == b.own;
}

template <typename Heard>
bool Earlier(const Heard& a, const Heard& b) {
  return a.last < b.last;
}

ClaimKind KindOf(const vrrp::ArpClaim& arp) {
  if (arp.gratuitous()) return ClaimKind::kArpAnnouncement;
  return arp.is_reply ? ClaimKind::kArpReply : ClaimKind::kArpRequest;
}

}  // namespace

absl::string_view NameOf(ClaimKind kind) {
  switch (kind) {
    case ClaimKind::kArpRequest:
      return "ARP request";
    case ClaimKind::kNeighborSolicitation:
      return "neighbour solicitation";
    case ClaimKind::kArpReply:
      return "ARP reply";
    case ClaimKind::kNeighborAdvertisement:
      return "neighbour advertisement";
    case ClaimKind::kArpAnnouncement:
      return "gratuitous ARP";
  }
  __builtin_unreachable();
}

std::optional<Claim> Claim::From(const vrrp::ArpClaim& arp) {
  if (!arp.claims()) return std::nullopt;
  return Claim{arp.sender_ip, arp.sender_mac, KindOf(arp), arp.is_reply && !arp.gratuitous()};
}

std::optional<Claim> Claim::From(const vrrp::NeighborClaim& neighbor) {
  const std::optional<IpAddress> address = neighbor.claimed();
  const auto mac = neighbor.link_address ? neighbor.link_address : neighbor.origin.source_mac;
  if (!address || !mac) return std::nullopt;
  const bool advertisement = neighbor.kind == vrrp::NeighborClaim::Kind::kAdvertisement;
  return Claim{*address, *mac, advertisement ? ClaimKind::kNeighborAdvertisement : ClaimKind::kNeighborSolicitation,
               advertisement && neighbor.solicited};
}

void ClaimTracker::Watch(std::set<IpAddress> addresses) {
  std::erase_if(watched_, [&addresses](const auto& entry) { return !addresses.contains(entry.first); });
  std::erase_if(hosts_, [&addresses](const Host& host) { return addresses.contains(host.address); });
  for (const IpAddress& address : addresses) watched_.try_emplace(address);
}

std::optional<Claimant> ClaimTracker::Hear(const std::string& interface, bool own, const Claim& claim, Instant now) {
  if (!own && claim.answer && IsNobodys(claim.address)) HearProxy(interface, claim.mac, now);
  const auto watched = watched_.find(claim.address);
  if (watched != watched_.end()) {
    if (!own && claim.answer && IsProxy(interface, claim.mac, now)) return std::nullopt;
    return HearWatched(watched->second,
                       {claim.address, claim.mac, interface, own, claim.kind, now, now, now, 1,
                        claim.answer ? std::uint64_t{1} : std::uint64_t{0}, claim.answer ? now : Instant()});
  }
  if (!own) HearHost(interface, claim.address, now);
  return std::nullopt;
}

std::optional<Claimant> ClaimTracker::HearWatched(std::vector<Claimant>& claimants, const Claimant& heard) {
  const auto found = std::find_if(claimants.begin(), claimants.end(),
                                  [&heard](const Claimant& known) { return SameClaimant(known, heard); });
  if (found != claimants.end()) return HearAgain(*found, heard);
  if (claimants.size() >= kMaxClaimantsPerAddress) {
    // Who answers again and again stays, whatever names others come with.
    claimants.erase(std::min_element(claimants.begin(), claimants.end(), [](const Claimant& a, const Claimant& b) {
      return std::pair(a.answering(), a.last) < std::pair(b.answering(), b.last);
    }));
  }
  claimants.push_back(heard);
  deadline_ = std::min(deadline_, heard.last + LastsFor(heard));
  if (!IsDoubt(heard)) return heard;
  if (doubts_.size() < kMaxDoubts) doubts_.push_back({heard.address, heard.interface});
  return std::nullopt;
}

std::optional<Claimant> ClaimTracker::HearAgain(Claimant& known, const Claimant& heard) {
  const bool was_answering = known.answering();
  known.last = heard.last;
  known.kind = heard.kind;
  ++known.count;
  known.answers += heard.answers;
  if (heard.answers > 0) known.last_answer = heard.last;
  deadline_ = std::min(deadline_, known.last + LastsFor(known));
  if (known.answering()) deadline_ = std::min(deadline_, known.last_answer + answers_last_);
  const bool news = known.answering() && !was_answering;
  if (!news && heard.last - known.told < kTellAgainAfter) return std::nullopt;
  known.told = heard.last;
  return known;
}

void ClaimTracker::Ask(std::set<IpAddress> asked, Duration answers_last) {
  answers_last = std::min(answers_last, kClaimLasts);
  if (asked == asked_ && answers_last == answers_last_) return;
  asked_ = std::move(asked);
  answers_last_ = answers_last;
  deadline_ = Instant::max();
  for (const auto& [address, claimants] : watched_) {
    for (const Claimant& claimant : claimants) deadline_ = std::min(deadline_, claimant.last + LastsFor(claimant));
  }
}

void ClaimTracker::HearProxy(const std::string& interface, const arbiter::MacAddress& mac, Instant now) {
  std::erase_if(proxies_, [&](const Proxy& proxy) {
    return (proxy.interface == interface && proxy.mac == mac) || now - proxy.last >= kProxyLasts;
  });
  if (proxies_.size() >= kMaxProxies) proxies_.erase(proxies_.begin());
  proxies_.push_back({interface, mac, now});
  // What it answered before says nothing either.
  for (auto& [address, claimants] : watched_) {
    std::erase_if(claimants, [&](const Claimant& claimant) {
      return claimant.interface == interface && claimant.mac == mac && claimant.answers == claimant.count;
    });
  }
}

bool ClaimTracker::IsProxy(const std::string& interface, const arbiter::MacAddress& mac, Instant now) const {
  return std::any_of(proxies_.begin(), proxies_.end(), [&](const Proxy& proxy) {
    return proxy.interface == interface && proxy.mac == mac && now - proxy.last < kProxyLasts;
  });
}

bool ClaimTracker::IsDoubt(const Claimant& claimant) const {
  const bool only_answers = claimant.answers == claimant.count;
  return !claimant.own && only_answers && !claimant.answering() && asked_.contains(claimant.address);
}

Duration ClaimTracker::LastsFor(const Claimant& claimant) const {
  const bool answers = claimant.kind == ClaimKind::kArpReply || claimant.kind == ClaimKind::kNeighborAdvertisement;
  return !claimant.own && answers && asked_.contains(claimant.address) ? answers_last_ : kClaimLasts;
}

void ClaimTracker::HearHost(const std::string& interface, const IpAddress& address, Instant now) {
  const auto found = std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& host) {
    return host.address == address && host.interface == interface;
  });
  if (found != hosts_.end()) {
    found->last = now;
    return;
  }
  if (hosts_.size() >= kMaxHosts) MakeRoomForHost(now);
  hosts_.push_back({address, interface, now, now});
}

// One that is silent goes, else the newcomer among them: it is the one of which least is known.
void ClaimTracker::MakeRoomForHost(Instant now) {
  const auto silent = std::min_element(hosts_.begin(), hosts_.end(), Earlier<Host>);
  if (now - silent->last > kLives) {
    hosts_.erase(silent);
    return;
  }
  hosts_.erase(
      std::max_element(hosts_.begin(), hosts_.end(), [](const Host& a, const Host& b) { return a.first < b.first; }));
}

std::set<IpAddress> ClaimTracker::Expire(Instant now) {
  std::set<IpAddress> changed;
  if (now < deadline_) return changed;
  deadline_ = Instant::max();
  for (auto& entry : watched_) {
    for (Claimant& claimant : entry.second) {
      if (claimant.own || !claimant.answering()) continue;
      if (now - claimant.last_answer < answers_last_) {
        deadline_ = std::min(deadline_, claimant.last_answer + answers_last_);
        continue;
      }
      claimant.answers = 0;  // what it announced may count for longer
      changed.insert(entry.first);
    }
    std::erase_if(entry.second, [&](const Claimant& claimant) {
      const bool old = now - claimant.last >= LastsFor(claimant);
      if (old && !claimant.own) changed.insert(entry.first);
      if (!old) deadline_ = std::min(deadline_, claimant.last + LastsFor(claimant));
      return old;
    });
  }
  return changed;
}

std::vector<Claimant> ClaimTracker::ClaimantsOf(const IpAddress& address, Instant now, Duration max_age) const {
  const auto watched = watched_.find(address);
  if (watched == watched_.end()) return {};
  std::vector<Claimant> result;
  for (const Claimant& claimant : watched->second) {
    if (now - claimant.last <= max_age && !IsDoubt(claimant)) result.push_back(claimant);
  }
  std::stable_sort(result.begin(), result.end(), [](const Claimant& a, const Claimant& b) { return b.last < a.last; });
  return result;
}

std::vector<IpAddress> ClaimTracker::Claimed() const {
  std::vector<IpAddress> claimed;
  for (const auto& [address, claimants] : watched_) {
    if (!claimants.empty()) claimed.push_back(address);
  }
  return claimed;
}

std::vector<IpAddress> ClaimTracker::HostsHeard(const std::string& interface, Instant now, Duration max_age,
                                                std::size_t limit) const {
  std::vector<Host> heard;
  for (const Host& host : hosts_) {
    if (host.interface == interface && now - host.last <= max_age) heard.push_back(host);
  }
  std::stable_sort(heard.begin(), heard.end(), [now](const Host& a, const Host& b) {
    return std::tuple(now - a.last > kLives, a.first) < std::tuple(now - b.last > kLives, b.first);
  });
  if (heard.size() > limit) heard.resize(limit);
  std::vector<IpAddress> result;
  result.reserve(heard.size());
  for (const Host& host : heard) result.push_back(host.address);
  return result;
}

void ClaimTracker::ForgetInterface(const std::string& interface) {
  for (auto& [address, claimants] : watched_) {
    std::erase_if(claimants, [&interface](const Claimant& claimant) { return claimant.interface == interface; });
  }
  std::erase_if(hosts_, [&interface](const Host& host) { return host.interface == interface; });
}

}  // namespace probe::observe
