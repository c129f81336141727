#include "probe/doctor/listener.h"

#include <poll.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "probe/capture/raw_tap.h"
#include "probe/capture/tap.h"
#include "probe/observe/claim_tracker.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What the wire showed last is delivered within this time, or never.
constexpr milliseconds kDeliveredWithin(50);
// A flood costs no memory: further senders are strangers like the first thousand.
constexpr std::size_t kMostSources = 1024;

class Listener {
 public:
  explicit Listener(const std::set<IpAddress>& own) : own_(own) {}

  // What the kernel delivers to a virtual router's macvlan above the interface is delivered.
  void OpenAbove(const std::string& interface, const Macvlan& macvlan) {
    auto raw = capture::RawTap::OpenOnMacvlan(macvlan.name, macvlan.vrid);
    if (raw.ok()) ears_.push_back({interface, nullptr, *std::move(raw)});
  }

  void Open(const std::string& interface) {
    Ear ear{interface, nullptr, nullptr};
    // The raw socket first: what the wire shows it then had its chance to get.
    auto raw = capture::RawTap::Open(interface);
    if (raw.ok()) ear.raw = *std::move(raw);
    auto tap = capture::Tap::Open(interface, {.claims = true, .promiscuous = false});
    heard_.interfaces[interface] = tap.status();
    if (!tap.ok()) return;
    if (ear.raw == nullptr) heard_.without_raw_socket.insert(interface);
    ear.tap = *std::move(tap);
    ears_.push_back(std::move(ear));
  }

  Heard Run(std::chrono::nanoseconds duration) {
    const auto start = steady_clock::now();
    const auto end = start + duration;
    while (steady_clock::now() < end && !ears_.empty()) Wait(end, true);
    const auto last = steady_clock::now() + kDeliveredWithin;
    while (steady_clock::now() < last && !ears_.empty()) Wait(last, false);
    heard_.listened = duration;
    for (auto& [key, source] : sources_) heard_.sources.push_back(std::move(source));
    return std::move(heard_);
  }

 private:
  struct Ear {
    std::string interface;
    std::unique_ptr<capture::Tap> tap;
    std::unique_ptr<capture::RawTap> raw;
  };
  using Key = std::tuple<std::string, IpAddress, int>;  // interface, sender, VRID

  void Wait(steady_clock::time_point until, bool wire) {
    std::vector<pollfd> watched;
    for (const Ear& ear : ears_) {
      watched.push_back({wire && ear.tap ? ear.tap->fd() : -1, POLLIN, 0});
      watched.push_back({ear.raw ? ear.raw->fd() : -1, POLLIN, 0});
    }
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (poll(watched.data(), watched.size(), static_cast<int>(std::max<milliseconds::rep>(0, left.count()))) <= 0) {
      return;
    }
    for (std::size_t i = 0; i < ears_.size(); ++i) {
      if (watched[2 * i].revents != 0) DrainWire(ears_[i]);
      if (ears_[i].raw != nullptr && watched[2 * i + 1].revents != 0) DrainRaw(ears_[i]);
    }
  }

  void DrainWire(Ear& ear) {
    const absl::Status drained = ear.tap->Drain([this, &ear](const capture::Packet& packet) { HearWire(ear, packet); });
    if (drained.ok()) return;
    heard_.interfaces[ear.interface] = drained;
    ear.tap.reset();
    ear.raw.reset();
  }

  void DrainRaw(Ear& ear) {
    const absl::Status drained = ear.raw->Drain([this, &ear](const capture::Packet& packet) {
      const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content);
      if (advert == nullptr) return;
      const auto found = sources_.find(KeyOf(ear.interface, *advert));
      if (found != sources_.end()) ++found->second.delivered;
      if (found == sources_.end() && early_.size() < kMostSources) ++early_[KeyOf(ear.interface, *advert)];
    });
    if (drained.ok()) return;
    if (ear.tap != nullptr) heard_.without_raw_socket.insert(ear.interface);
    ear.raw.reset();
  }

  void HearWire(const Ear& ear, const capture::Packet& packet) {
    if (const auto* carp = std::get_if<vrrp::CarpAdvertisement>(&packet.content)) {
      const bool known = std::any_of(heard_.carp.begin(), heard_.carp.end(), [&](const HeardCarp& other) {
        return other.interface == ear.interface && other.last.vhid == carp->vhid;
      });
      if (!known) heard_.carp.push_back({ear.interface, *carp});
    }
    if (const auto* hsrp = std::get_if<vrrp::HsrpHello>(&packet.content)) HearHsrp(ear, *hsrp);
    if (packet.direction != vrrp::Direction::kSent) HearHost(ear, packet);
    const auto* advert = std::get_if<vrrp::Advertisement>(&packet.content);
    if (advert == nullptr) return;
    const bool sent = packet.direction == vrrp::Direction::kSent;
    const IpAddress& destination = advert->origin.destination;
    if (!sent && !destination.IsMulticast() && !own_.contains(destination)) return;
    const Key key = KeyOf(ear.interface, *advert);
    if (sources_.size() >= kMostSources && !sources_.contains(key)) return;
    HeardSource& source = sources_[key];
    source.interface = ear.interface;
    source.last = *advert;
    ++(sent ? source.sent : source.on_wire);
    if (const auto early = early_.find(key); early != early_.end()) {
      source.delivered += early->second;
      early_.erase(early);
    }
  }

  void HearHsrp(const Ear& ear, const vrrp::HsrpHello& hello) {
    const bool known = std::any_of(heard_.hsrp.begin(), heard_.hsrp.end(), [&](const HeardHsrp& other) {
      return other.interface == ear.interface && other.last.group == hello.group &&
             other.last.origin.source == hello.origin.source;
    });
    if (!known && heard_.hsrp.size() < kMostSources) heard_.hsrp.push_back({ear.interface, hello});
  }

  void HearHost(const Ear& ear, const capture::Packet& packet) {
    std::optional<observe::Claim> claim;
    if (const auto* arp = std::get_if<vrrp::ArpClaim>(&packet.content)) claim = observe::Claim::From(*arp);
    if (const auto* nd = std::get_if<vrrp::NeighborClaim>(&packet.content)) claim = observe::Claim::From(*nd);
    if (!claim || own_.contains(claim->address)) return;
    std::set<IpAddress>& hosts = heard_.hosts[ear.interface];
    if (hosts.size() < kMostSources) hosts.insert(claim->address);
  }

  static Key KeyOf(const std::string& interface, const vrrp::Advertisement& advert) {
    return {interface, advert.origin.source, advert.vrid};
  }

  const std::set<IpAddress>& own_;
  Heard heard_;
  std::vector<Ear> ears_;
  std::map<Key, HeardSource> sources_;
  std::map<Key, std::size_t> early_;  // delivered before the wire's copy was read
};

}  // namespace

Heard Listen(const std::set<std::string>& interfaces, const std::multimap<std::string, Macvlan>& above,
             const std::set<IpAddress>& own, std::chrono::nanoseconds duration) {
  Listener listener(own);
  for (const auto& [interface, macvlan] : above) listener.OpenAbove(interface, macvlan);
  for (const std::string& interface : interfaces) listener.Open(interface);
  return listener.Run(duration);
}

}  // namespace probe::doctor
