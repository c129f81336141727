// What the probe knows of its node, all in one place: kernel, VRRP daemon, adverts, gates. Facts come in; reports and
// the answers to "where is this VIP" come out.
#ifndef PROBE_DAEMON_NODE_STATE_H_
#define PROBE_DAEMON_NODE_STATE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/actuate/gate.h"
#include "probe/actuate/reach_prober.h"
#include "probe/capture/packet_source.h"
#include "probe/daemon/concern.h"
#include "probe/daemon/event_loop.h"
#include "probe/daemon/settings.h"
#include "probe/daemon/vip_gates.h"
#include "probe/keepalived/config.h"
#include "probe/keepalived/daemon_watch.h"
#include "probe/netlink/address_watch.h"
#include "probe/netlink/kernel_reader.h"
#include "probe/observe/advert_tracker.h"
#include "probe/observe/claim_tracker.h"
#include "probe/observe/gateway_tracker.h"
#include "probe/report/arrivals.h"
#include "probe/report/compact.h"
#include "probe/report/facts.h"
#include "probe/report/layout.h"
#include "probe/report/node_report.h"
#include "probe/report/vip_report.h"

namespace probe::daemon {

// Not thread-safe.
class NodeState {
 public:
  using ReversePath = decltype(report::Facts::reverse_path);
  using Filters = decltype(report::Facts::filters);

  // References must outlive it.
  NodeState(const Settings& settings, netlink::AddressWatch& addresses, keepalived::DaemonWatch& daemon,
            actuate::Gate& gate);
  NodeState(const NodeState&) = delete;
  NodeState& operator=(const NodeState&) = delete;
  ~NodeState();

  // --- facts
  // Reads the daemon's configuration anew. An unreadable one leaves what was known, and is a problem to report.
  void ReadConfig();
  // Merges one packet. The VIPs of which something changed, at the pace of ConcernPace where others said it.
  Concern Hear(const std::string& interface, observe::Vantage vantage, const capture::Packet& packet, Instant now);
  Concern Expire(Instant now);
  // What was heard of these VIPs and has not had consequences yet, because it waits for its turn.
  Concern TakeHeard(const std::vector<arbiter::IpAddress>& vips, Instant now);
  void ForgetInterface(const std::string& interface);
  // The addresses must be followed up to this moment: what is here now was here before.
  void SetKnownElsewhere(std::set<arbiter::IpAddress> vips);
  // The peer of the session that stands, as gRPC writes it: whatever this node reaches it from is never touched.
  void SetSessionPeer(const std::string& peer);
  // Looks again from where: routes may have changed.
  void FindSessionEnd();
  void SetHeld(std::set<arbiter::IpAddress> vips);
  void SetFingerprintKey(const std::string& key) { node_facts_.fingerprint_key = key; }
  // Reads anew what has no notifications: the settings that say where the kernel answers. Whether any is another.
  bool RereadSettings();
  // Whether the list of foreign routers is another one than when it was last asked.
  bool RefreshForeign(Instant now);
  // Who is asked why the kernel does not deliver what is on the wire.
  void SetReversePath(ReversePath reverse_path);
  // The same of the packet filter.
  void SetFilters(Filters filters);
  void SetProblems(const std::string& about, std::vector<std::string> problems);
  report::NodeFacts& node_facts() { return node_facts_; }
  VipGates& gates() { return gates_; }

  // --- questions
  [[nodiscard]] bool IsVip(const arbiter::IpAddress& address) const { return claims_.Watches(address); }
  [[nodiscard]] Instant NextDeadline() const {
    return std::min({adverts_.NextDeadline(), claims_.NextDeadline(), pace_.Due()});
  }
  // Lives until the next fact comes in, or the next call.
  [[nodiscard]] const report::Facts& FactsNow(Instant now) const;
  [[nodiscard]] arbiter::v1::NodeReport NodeReport(const report::Facts& facts);
  // As report::Layout::PlacesOf.
  [[nodiscard]] std::vector<report::VipPlace> Places(const arbiter::IpAddress& vip) const;
  // Every interface on which the host could answer for the VIP, and every one where its instance speaks, each with its
  // VRIDs. An instance that speaks on another interface than the VIP's has a key with a VRID there, and one without
  // where the VIP is.
  [[nodiscard]] std::vector<actuate::GateKey> GateKeys(const arbiter::IpAddress& vip) const;
  // The track file of the VIP's instance; FailedPrecondition says why there is none.
  [[nodiscard]] absl::StatusOr<std::string> TrackFileOf(const arbiter::IpAddress& vip) const;
  // The VIPs of a VRRP instance; empty for a name that is none.
  [[nodiscard]] std::vector<arbiter::IpAddress> VipsOfInstance(const std::string& name) const;
  [[nodiscard]] const keepalived::Config& config() const { return *config_; }
  [[nodiscard]] hold::DaemonState daemon() const;
  // Whether a host has sent it that is not this one, in this one's name: whoever has an address does not hear it.
  [[nodiscard]] bool ForgesOurName(observe::Vantage vantage, const vrrp::Advertisement& advert) const;

  // Where to ask whether anybody else answers for the VIP: every interface behind which hosts look for it. An IPv6 one
  // where the node has no link-local address there is left out.
  struct AskingPlace {
    std::string interface;
    int link = 0;
    arbiter::MacAddress mac;
    arbiter::IpAddress source;    // 0.0.0.0 for IPv4 (RFC 5227), else link-local
    arbiter::IpAddress nobodys;   // an address of this segment that nobody else has
    bool beyond_subnets = false;  // no address of the node there has the VIP's subnet
  };
  [[nodiscard]] std::vector<AskingPlace> AskingPlaces(const arbiter::IpAddress& vip) const;
  [[nodiscard]] std::vector<std::string> SegmentsOf(const arbiter::IpAddress& vip) const;
  observe::ClaimTracker& claims() { return claims_; }

  // A question on the VIP's segment; without targets. FailedPrecondition where there is no segment to ask on.
  [[nodiscard]] absl::StatusOr<actuate::ReachQuestion> QuestionFor(const arbiter::IpAddress& vip) const;
  // Whom to ask whether that segment is reached: configured, gateway, or heard lately; never nodes of the cluster.
  [[nodiscard]] std::vector<arbiter::IpAddress> ReferencesFor(const arbiter::IpAddress& vip,
                                                              const actuate::ReachQuestion& question,
                                                              const std::set<arbiter::IpAddress>& cluster,
                                                              netlink::KernelReader& kernel, Instant now) const;

 private:
  Concern HearAdvert(const std::string& interface, observe::Vantage vantage, const vrrp::Advertisement& advert,
                     Instant now);
  void HearGateway(const std::string& interface, const capture::Packet& packet, Instant now);
  // The facts have changed by what others said.
  Concern Paced(std::optional<Concern> due);
  [[nodiscard]] std::set<arbiter::IpAddress> Vips() const;
  [[nodiscard]] std::map<arbiter::IpAddress, std::vector<report::StrangeClaim>> StrangeClaims(Instant now) const;
  // The facts that change seldom, and the layout that follows from them; made anew when one of them has changed.
  struct Picture;
  [[nodiscard]] Picture& PictureNow(Instant now) const;
  [[nodiscard]] const report::Layout& LayoutNow() const;
  void FollowOwners(const report::OwnerIndex& before);
  void PutRights(report::Facts& facts) const;
  [[nodiscard]] Concern ConcernOf(const std::vector<observe::Change>& changes) const;
  void CountDefects(const vrrp::Advertisement& advert);
  void CountMalformed(const vrrp::Malformed& malformed);

  const Settings& settings_;
  netlink::AddressWatch& addresses_;
  keepalived::DaemonWatch& daemon_;
  std::unique_ptr<const keepalived::Config> config_;  // never null
  report::OwnerIndex owners_;
  observe::AdvertTracker adverts_;
  observe::ClaimTracker claims_;
  observe::GatewayTracker gateways_;
  std::vector<std::string> foreign_;  // as last asked
  ReversePath reverse_path_;
  Filters filters_;
  ConcernPace pace_;
  VipGates gates_;
  std::string why_no_removal_;
  std::set<arbiter::IpAddress> known_elsewhere_;
  mutable report::Arrivals arrivals_;
  mutable std::set<arbiter::IpAddress> own_names_;  // by this node's daemon and adverts, in this life
  std::string session_peer_;
  std::set<arbiter::IpAddress> session_ends_;  // when it attached, and now
  std::set<arbiter::IpAddress> held_;
  std::set<arbiter::IpAddress> formerly_owned_;    // as of the daemon that runs now
  keepalived::DaemonStatus config_reader_;         // the daemon at the time of the newest reading
  mutable std::map<std::string, int> arp_ignore_;  // by link, as last read
  mutable report::SharedReports shared_reports_;
  mutable std::unique_ptr<Picture> picture_;
  std::uint64_t version_ = 0;          // of everything that a picture is made of, but for addresses and links
  std::uint64_t adverts_version_ = 0;  // of the adverts among it
  report::NodeFacts node_facts_;
  std::map<std::string, std::vector<std::string>> problems_;  // by what they are about
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_NODE_STATE_H_
