// Remembers who claims which address on the link (ARP, neighbour discovery), and which hosts were heard lately.
#ifndef PROBE_OBSERVE_CLAIM_TRACKER_H_
#define PROBE_OBSERVE_CLAIM_TRACKER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "probe/vrrp/claim.h"
#include "proto/value/ip_address.h"
#include "proto/value/mac_address.h"

namespace probe::observe {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// How somebody spoke for an address, from the least to the most outspoken.
enum class ClaimKind : std::uint8_t {
  kArpRequest,  // asked for another address in its name
  kNeighborSolicitation,
  kArpReply,  // answered for it
  kNeighborAdvertisement,
  kArpAnnouncement,  // gratuitous ARP
};

// "ARP request", "neighbour solicitation", "ARP reply", "neighbour advertisement", "gratuitous ARP".
absl::string_view NameOf(ClaimKind kind);

struct Claimant {
  arbiter::IpAddress address;
  arbiter::MacAddress mac;
  std::string interface;
  bool own = false;  // this host spoke
  ClaimKind kind = ClaimKind::kArpRequest;
  Instant first{};
  Instant last{};
  Instant told{};  // when Hear last returned it
  std::uint64_t count = 0;
  std::uint64_t answers = 0;  // of these, to those who asked for the address
  Instant last_answer{};

  // It answered more than once: whoever gave the address up a moment ago does not.
  [[nodiscard]] bool answering() const { return answers > 1; }
};

// One claim as it was heard.
struct Claim {
  // Nothing when the packet claims no address (a probe, duplicate address detection) or names no MAC.
  static std::optional<Claim> From(const vrrp::ArpClaim& arp);
  static std::optional<Claim> From(const vrrp::NeighborClaim& neighbor);

  arbiter::IpAddress address;
  arbiter::MacAddress mac;
  ClaimKind kind = ClaimKind::kArpRequest;
  bool answer = false;  // to somebody who asked for the address
};

// An address on the interface that it was heard on.
struct AddressHeard {
  arbiter::IpAddress address;
  std::string interface;

  friend auto operator<=>(const AddressHeard&, const AddressHeard&) = default;
};

// Not thread-safe; the same calls give the same answers. Claims of watched addresses (the VIPs) and mere hosts are kept
// apart, each within bounds, so that no flood of other addresses pushes out what is known of a VIP.
class ClaimTracker {
 public:
  static constexpr std::size_t kMaxClaimantsPerAddress = 8;
  static constexpr std::size_t kMaxHosts = 256;
  static constexpr std::size_t kMaxProxies = 64;
  static constexpr std::size_t kMaxDoubts = 64;

  // From now on these addresses are watched; what was known of others is let go.
  void Watch(std::set<arbiter::IpAddress> addresses);

  // Whether it matters who claims this address: a watched one, or one that nobody should answer for.
  [[nodiscard]] bool Watches(const arbiter::IpAddress& address) const {
    return watched_.contains(address) || IsNobodys(address);
  }

  // A claim that is not repeated counts for this long.
  static constexpr Duration kClaimLasts = std::chrono::minutes(1);
  // A host that speaks at all does so within this time, be it to its gateway.
  static constexpr Duration kLives = std::chrono::minutes(2);
  // Of one that is repeated this often is told.
  static constexpr Duration kTellAgainAfter = std::chrono::milliseconds(500);

  // This host asks for these addresses itself. Then one answer is a doubt and no claim yet: whoever is asked again and
  // answers again claims it. An answer counts for `answers_last`, as long as nothing more outspoken was said.
  void Ask(std::set<arbiter::IpAddress> asked, Duration answers_last);
  // Addresses to ask about again that were answered for once, since the last call.
  std::vector<AddressHeard> TakeDoubts() { return std::exchange(doubts_, {}); }
  // Nobody else has this address: whoever answers for it on an interface answers for everything there (proxy ARP, a
  // cloud's network), and its answers say nothing for `kProxyLasts`.
  void ExpectSilence(const arbiter::IpAddress& address) { nobodys_.insert(address); }
  // What is answered belongs to this round of questions or the one before; then the address may become somebody's.
  void EndRound() { nobodys_before_ = std::exchange(nobodys_, {}); }
  static constexpr Duration kProxyLasts = std::chrono::minutes(10);

  // Merges one claim. Returns the claimant when it is a watched address's and new, or was not told of for
  // `kTellAgainAfter`. `now` never goes back.
  std::optional<Claimant> Hear(const std::string& interface, bool own, const Claim& claim, Instant now);

  // Lets go what was not heard for `kClaimLasts`. Returns the watched addresses that others no longer claim as before.
  std::set<arbiter::IpAddress> Expire(Instant now);
  // When Expire may have something to do next; Instant::max() for never. It can be early, never late.
  [[nodiscard]] Instant NextDeadline() const { return deadline_; }

  // Whether it answers whoever asks, and did so a moment ago.
  [[nodiscard]] bool Answers(const Claimant& claimant, Instant now) const {
    return claimant.answering() && now - claimant.last_answer <= answers_last_;
  }
  // Who claimed a watched address within `max_age`, the latest first; a doubt is no claim.
  [[nodiscard]] std::vector<Claimant> ClaimantsOf(const arbiter::IpAddress& address, Instant now,
                                                  Duration max_age) const;

  // The watched addresses that somebody claimed lately.
  [[nodiscard]] std::vector<arbiter::IpAddress> Claimed() const;

  // Other hosts heard on the interface within `max_age`, at most `limit`: candidates for reference hosts. Those that
  // were heard within `kLives` come first, and of equals the longest known, so that no flood of strangers' names takes
  // the place of a host that lives here. No watched address is among them.
  [[nodiscard]] std::vector<arbiter::IpAddress> HostsHeard(const std::string& interface, Instant now, Duration max_age,
                                                           std::size_t limit) const;

  // The interface is gone, and what was heard there with it.
  void ForgetInterface(const std::string& interface);

 private:
  struct Host {
    arbiter::IpAddress address;
    std::string interface;
    Instant first{};
    Instant last{};
  };

  struct Proxy {
    std::string interface;
    arbiter::MacAddress mac;
    Instant last{};
  };

  std::optional<Claimant> HearWatched(std::vector<Claimant>& claimants, const Claimant& heard);
  std::optional<Claimant> HearAgain(Claimant& known, const Claimant& heard);
  void HearProxy(const std::string& interface, const arbiter::MacAddress& mac, Instant now);
  [[nodiscard]] bool IsProxy(const std::string& interface, const arbiter::MacAddress& mac, Instant now) const;
  [[nodiscard]] bool IsNobodys(const arbiter::IpAddress& address) const {
    return nobodys_.contains(address) || nobodys_before_.contains(address);
  }
  [[nodiscard]] bool IsDoubt(const Claimant& claimant) const;
  [[nodiscard]] Duration LastsFor(const Claimant& claimant) const;
  void HearHost(const std::string& interface, const arbiter::IpAddress& address, Instant now);
  void MakeRoomForHost(Instant now);

  std::map<arbiter::IpAddress, std::vector<Claimant>> watched_;
  std::vector<Host> hosts_;
  std::set<arbiter::IpAddress> asked_;
  Duration answers_last_ = kClaimLasts;
  std::vector<AddressHeard> doubts_;
  std::set<arbiter::IpAddress> nobodys_;
  std::set<arbiter::IpAddress> nobodys_before_;
  std::vector<Proxy> proxies_;
  Instant deadline_ = Instant::max();
};

}  // namespace probe::observe

#endif  // PROBE_OBSERVE_CLAIM_TRACKER_H_
