// All that this node knows of one VIP, put together.
#ifndef PROBE_REPORT_VIP_REPORT_H_
#define PROBE_REPORT_VIP_REPORT_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "arbiter/v1/report.pb.h"
#include "probe/hold/vip_state.h"
#include "probe/report/compact.h"
#include "probe/report/facts.h"
#include "probe/report/instance_view.h"
#include "probe/report/layout.h"
#include "probe/report/vip_place.h"
#include "proto/value/ip_address.h"

namespace probe::report {

// The same facts in two forms: for the arbiter, and for this node's holds.
struct VipView {
  ReportParts report;
  hold::VipState state;
  bool asks_filters = false;  // an answer of the packet filter is in it, or is waited for
};

inline constexpr std::size_t kMostHeard = 32;  // routers in the report of one VIP

// Every address that counts as a VIP here: named by this node's own adverts, by the VRRP daemon's configuration, by the
// operator or by a hold; or known to another node of the cluster, and configured here or advertised on this wire. What
// only strangers advertise is theirs: foreign_routers.h.
std::set<arbiter::IpAddress> VipsOf(const Facts& facts);

// One look at the node: what its VIPs have in common is found once, so that a view costs as much for one of 5,000 as
// for one of ten. Lives as long as the facts. Not thread-safe.
class Look {
 public:
  Look(const Facts& facts, Instant now);
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;

  VipView ViewOf(const arbiter::IpAddress& vip);

 private:
  struct Subject;  // one VIP, while it is looked at

  InstanceView& InstanceOf(const Subject& subject);
  [[nodiscard]] int ArpIgnore(const std::string& link);
  void FindPlace(Subject* subject);
  [[nodiscard]] hold::DaemonState DaemonOf(const Subject& subject) const;
  [[nodiscard]] bool IsNamed(const Subject& subject) const;
  [[nodiscard]] bool IsOfDaemon(const Subject& subject) const;
  void FillState(const Subject& subject, hold::VipState* state) const;
  void PutOwn(const Subject& subject, const hold::VipState& state, arbiter::v1::VipReport* own) const;
  [[nodiscard]] std::vector<std::size_t> HeardOf(const Subject& subject) const;
  void PutClaims(const Subject& subject, std::size_t heard, arbiter::v1::VipReport* own) const;
  [[nodiscard]] std::string NetworkOf(const Subject& subject) const;
  void PutPlace(const Subject& subject, arbiter::v1::VipReport* place) const;
  void PutDrop(const RouterAdverts& adverts, arbiter::v1::HeardRouter* router) const;
  void PutFilters(const Subject& subject, const std::vector<filter::AdvertPath>& ways_out,
                  const std::vector<std::size_t>& heard, arbiter::v1::VipReport* common) const;
  [[nodiscard]] std::optional<filter::AdvertPath> WayInOf(const Subject& subject, std::size_t heard) const;
  std::shared_ptr<const arbiter::v1::VipReport> CommonOf(const Subject& subject, const hold::VipState& state,
                                                         const std::vector<std::size_t>& heard,
                                                         const std::vector<filter::AdvertPath>& ways_out);

  const Facts& facts_;
  const Instant now_;
  std::unique_ptr<const Layout> made_;  // where the facts have none
  const Layout& layout_;
  // By the speech; by as whom a VIP would speak where it has none.
  std::map<std::tuple<const Speech*, RouterKey>, InstanceView> instances_;
  std::map<std::string, int> arp_ignore_;  // by link: it is read once
};

// One VIP alone.
VipView ViewOf(const arbiter::IpAddress& vip, const Facts& facts, Instant now);

}  // namespace probe::report

#endif  // PROBE_REPORT_VIP_REPORT_H_
