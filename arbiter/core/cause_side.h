// One claimant with all that is known of its virtual router: what it sends outranks what is written in its
// configuration.
#ifndef ARBITER_CORE_CAUSE_SIDE_H_
#define ARBITER_CORE_CAUSE_SIDE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "arbiter/core/cause.h"
#include "arbiter/core/vocabulary.h"
#include "proto/value/ip_address.h"

namespace arbiter::core {

// Points into the CauseInput that it was made from.
struct Side {
  const CauseParty* party = nullptr;
  const InstanceConfig* config =
      nullptr;  // null: the node's configuration has no instance for the VIP, or was not read
  std::optional<std::uint8_t> vrid;
  int version = 0;      // 0: not known
  int priority = 0;     // 0: not known
  Duration interval{};  // zero: not known
  // What its adverts list, as a set; empty: not known.
  std::vector<IpAddress> listed;
  std::string interface;
  std::string segment;
  std::vector<IpAddress> own;  // addresses of the node, as a set

  [[nodiscard]] const std::string& name() const { return party->node; }
  [[nodiscard]] const NodeReport& report() const { return *party->report; }
  [[nodiscard]] const VipReport& vip() const { return *party->vip; }
  // Has a virtual router for the VIP, as far as is known.
  [[nodiscard]] bool routes() const { return vip().advertises || config != nullptr; }
  [[nodiscard]] DaemonState daemon() const;
  // Its daemon cannot send: it is gone, or does not run.
  [[nodiscard]] bool dead() const { return daemon() == DaemonState::kGone || daemon() == DaemonState::kFrozen; }
  // The node's configuration was read: that it does not name something means something.
  [[nodiscard]] bool config_read() const;
  // The node's probe listens where the VIP is: that no adverts were seen there means something.
  [[nodiscard]] bool listens() const;
  [[nodiscard]] bool in_config() const { return vip().in_daemon_config || config != nullptr; }
  // The address that its adverts come from is among `own`: else it is taken for nobody, or for a stranger.
  [[nodiscard]] bool source_known() const;
};

// From an advert on a sender's wire to the report of another node that has it.
inline constexpr Duration kReportTakes = std::chrono::milliseconds(200);

// Of its adverts; the usual one where it is not known.
Duration IntervalOf(const Side& side);

// By node name.
std::vector<Side> MakeSides(const CauseInput& input);

// Adverts of `speaker` for its virtual router that `listener` has on its wire or delivered; null when there are none.
const HeardRouter* Hears(const Side& listener, const Side& speaker);

// They run on different networks: the segments differ, and neither has the other on its wire. Unicast peers may well be
// on different networks.
bool OnDifferentSegments(const Side& a, const Side& b);

// The side whose setting the others should take over: the highest priority, then the first. `sides` is not empty.
const Side& Model(const std::vector<const Side*>& sides);

// Where on the node to write keepalived's keyword: "file:line" of it or of its instance, else the file.
std::string Place(const Side& side, absl::string_view keyword);

// "10.0.0.1, eth0" as far as known.
std::string Whereabouts(const Side& side);

}  // namespace arbiter::core

#endif  // ARBITER_CORE_CAUSE_SIDE_H_
