// Asks the kernel directly, now, instead of trusting what was followed: for affirmations, references and removals. Not
// thread-safe; each call is a short blocking exchange with the kernel (tens of microseconds).
#ifndef PROBE_NETLINK_KERNEL_READER_H_
#define PROBE_NETLINK_KERNEL_READER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "probe/netlink/link.h"
#include "probe/netlink/netlink_socket.h"

namespace probe::netlink {

// What the kernel thinks of a neighbour: NUD_* of rtnetlink(7). Only those that mean "heard".
enum class NeighbourState : std::uint8_t { kReachable, kStale, kDelay };

struct Neighbour {
  arbiter::IpAddress ip;
  arbiter::MacAddress mac;
  NeighbourState state = NeighbourState::kStale;
  bool router = false;  // NTF_ROUTER, IPv6 only
};

// An address with all that it takes to put it back where it was.
struct WholeAddress {
  arbiter::IpAddress ip;
  std::string interface;
  int prefix_length = 0;
  std::uint8_t scope = 0;   // RT_SCOPE_*
  std::uint32_t flags = 0;  // IFA_F_*, those that are set from outside
  std::string label;        // IPv4 only; empty: none
  int link = 0;             // the interface's index when it was read; adding goes by the name

  friend bool operator==(const WholeAddress&, const WholeAddress&) = default;
};

class KernelReader {
 public:
  static absl::StatusOr<KernelReader> Open();

  // Every place where `ip` is configured now, with its link's present state. Empty: nowhere.
  absl::StatusOr<std::vector<AddressOnLink>> Find(const arbiter::IpAddress& ip);

  // Whether `ip` is configured anywhere now, in whatever state.
  absl::StatusOr<bool> IsConfigured(const arbiter::IpAddress& ip);

  // Those of `ips` that are configured anywhere now, in whatever state: one look, however many they are.
  absl::StatusOr<std::set<arbiter::IpAddress>> ConfiguredOf(absl::Span<const arbiter::IpAddress> ips);

  // Every place where `ip` is configured now, but for loopback.
  absl::StatusOr<std::vector<WholeAddress>> FindWhole(const arbiter::IpAddress& ip);

  // The gateway of the default route of the main table through `link` with the lowest metric; nothing if there is none.
  absl::StatusOr<std::optional<arbiter::IpAddress>> DefaultGateway(int link, arbiter::IpAddress::Family family);

  // The link by which this host sends to `ip`; nothing where it has no route there.
  absl::StatusOr<std::optional<int>> LinkTo(const arbiter::IpAddress& ip);

  // The filters of tc that what comes in on `link` passes ("flower, pref 10"); empty: none.
  absl::StatusOr<std::vector<std::string>> IngressFilters(int link);
  // The same of what goes out.
  absl::StatusOr<std::vector<std::string>> EgressFilters(int link);

  // Hosts lately heard on `link`, those last confirmed first.
  absl::StatusOr<std::vector<Neighbour>> Neighbours(int link, arbiter::IpAddress::Family family);

  // Removes one address. NotFound when it was not there. Removing the primary of an IPv4 subnet takes its secondaries
  // with it unless net.ipv4.conf.*.promote_secondaries is set.
  absl::Status RemoveAddress(int link, const arbiter::IpAddress& ip, int prefix_length);

  // Puts an address on its interface; OK where it is already. An IPv6 one is used at once, with no duplicate address
  // detection: whoever puts one back has asked. NotFound where the interface is not there.
  absl::Status AddAddress(const WholeAddress& address);

 private:
  explicit KernelReader(NetlinkSocket socket) : socket_(std::move(socket)) {}
  absl::StatusOr<std::vector<Address>> AddressesEqual(const arbiter::IpAddress& ip);
  absl::StatusOr<std::vector<Link>> Links();
  std::vector<std::string> Filters(int link, std::initializer_list<std::uint32_t> parents);

  NetlinkSocket socket_;
};

}  // namespace probe::netlink

#endif  // PROBE_NETLINK_KERNEL_READER_H_
