// One simulated node: its kernel, its VRRP routers, and the real probe-side logic on top of both.
#ifndef TESTS_SIM_NODE_H_
#define TESTS_SIM_NODE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arbiter/core/effect.h"
#include "arbiter/core/event.h"
#include "probe/hold/hold_keeper.h"
#include "tests/sim/kernel.h"
#include "tests/sim/random.h"
#include "tests/sim/router.h"
#include "tests/sim/schedule.h"

namespace sim {

// How a node is built.
struct NodeConfig {
  std::string name;
  IpAddress address;
  std::vector<IpAddress> other_addresses;  // its own on the segments after the first
  std::map<IpAddress, std::size_t> homes;  // the segment of a VIP; none: the first
  std::vector<RouterConfig> routers;
  bool gate_usable = true;
  bool track_file = false;
  bool sync_group = false;  // all routers of the node stand and fall together
  double clock_rate = 1.0;  // its clock against true time
  // Its daemon is keepalived 2.2 in what concerns instances of several VIPs: it adds and removes the addresses one
  // after the other, `address_step` apart, and gives all up when one is taken from it.
  bool many_vips = false;
  Duration address_step{};
};

class Node;

// What a node asks of the world around it.
struct NodeSurroundings {
  std::function<void(Node&, const Advert&)> send_advert;            // onto the segment, already past the gate
  std::function<bool(Node&, const IpAddress&)> somebody_answers;    // asked over the segment
  std::function<bool(Node&, std::size_t segment)> reaches_gateway;  // of that segment
  std::function<void(Node&, arbiter::core::Event)> to_arbiter;      // over its stream, if there is one
  std::function<void(Node&)> connect;
  // It carried a directive out; `as_of` as with Node::Obey.
  std::function<void(Node&, const arbiter::core::Directive&, probe::hold::BootTime as_of)> obeyed;
  // The keeper wanted to take an address from under a live daemon that names it.
  std::function<void(Node&, const IpAddress&)> took_from_live;
  std::function<void(const std::string&)> log;
};

class Node : public probe::hold::Actuators, public probe::hold::HoldStore {
 public:
  Node(Schedule& schedule, Random& random, NodeConfig config, NodeSurroundings surroundings);

  // --- what happens to it
  void PowerOn();
  void PowerOff();  // the host goes dark: kernel and daemons with it; the probe's memory is lost as /run is
  void StartProbe();
  void KillProbe();
  void FreezeProbe() { probe_frozen_ = true; }
  void ThawProbe();
  void FlushGate();  // `nft flush ruleset` by somebody else
  void Hear(const Advert& advert);
  void OnConnected(bool connected, std::uint64_t term);
  void Ask(const arbiter::core::AskAffirm& ask);
  // `as_of` is in the node's own boot time, as the arbiter last heard it.
  void Obey(const arbiter::core::Directive& directive, probe::hold::BootTime as_of);
  void SetAnswerDelay(Duration delay) { answer_delay_ = delay; }
  void AddAddressByHand(const IpAddress& vip);
  void RemoveAddressByHand(const IpAddress& vip);
  void AddAddressElsewhere(const IpAddress& vip);  // on an interface of another segment
  void Changed();                                  // something of the kernel or of a daemon did

  // --- what can be seen of it
  [[nodiscard]] const std::string& name() const { return config_.name; }
  [[nodiscard]] const NodeConfig& config() const { return config_; }
  [[nodiscard]] bool powered() const { return powered_; }
  [[nodiscard]] bool probe_runs() const { return keeper_ != nullptr && !probe_frozen_; }
  [[nodiscard]] bool has_probe() const { return keeper_ != nullptr; }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] Kernel& kernel() { return kernel_; }
  [[nodiscard]] const Kernel& kernel() const { return kernel_; }
  [[nodiscard]] std::vector<std::unique_ptr<Router>>& routers() { return routers_; }
  [[nodiscard]] bool Answers(const IpAddress& vip) const { return powered_ && kernel_.Answers(vip, schedule_.now()); }
  [[nodiscard]] std::vector<IpAddress> Vips() const;
  [[nodiscard]] std::size_t HomeOf(const IpAddress& vip) const;
  [[nodiscard]] bool IsHeld(const IpAddress& vip) const { return keeper_ != nullptr && keeper_->IsHeld(vip); }
  // A daemon that runs is configured to serve it.
  [[nodiscard]] bool DaemonWorks(const IpAddress& vip) const {
    const Router* router = RouterOf(vip);
    return router != nullptr && router->alive() && !router->frozen();
  }
  [[nodiscard]] const probe::hold::HoldMemory& memory() const { return memory_; }
  [[nodiscard]] arbiter::core::NodeAttached Hello() const;
  // Its own time since it was switched on.
  [[nodiscard]] probe::hold::BootTime Boot() const { return LocalNow() - Local(booted_); }
  [[nodiscard]] std::uint64_t boots() const { return boots_; }
  // The newest term that an arbiter welcomed it with since then.
  [[nodiscard]] std::uint64_t newest_term_told() const { return newest_term_told_; }
  [[nodiscard]] bool answers_quickly() const { return answer_delay_ == Duration{}; }

  // --- probe::hold::Actuators
  probe::hold::Troubles ShutGates(probe::hold::Vips vips, std::optional<Duration> for_time) override;
  probe::hold::Troubles AdvertsOnly(probe::hold::Vips vips, Duration for_time) override;
  probe::hold::Troubles OpenGates(probe::hold::Vips vips) override;
  absl::StatusOr<std::map<IpAddress, probe::hold::GateState>> ReadGates(probe::hold::Vips vips) override;
  absl::Status SetTrackFile(const IpAddress& vip, bool demote) override;
  absl::StatusOr<std::vector<probe::hold::RemovedAddress>> RemoveAddress(const IpAddress& vip) override;
  absl::Status PutAddressBack(const IpAddress& vip, const std::vector<probe::hold::RemovedAddress>& removed) override;
  absl::Status StopDaemon() override;
  absl::Status StartDaemon() override;
  absl::Status RunExec(const IpAddress& vip) override;
  [[nodiscard]] probe::hold::Instant Now() const override { return LocalNow(); }
  absl::Status AnnounceOnce(const IpAddress& vip) override;
  probe::hold::Troubles AskSegment(probe::hold::Vips vips) override;
  void RunHook(probe::hold::Hook hook, probe::hold::Vips vips) override;

  // --- probe::hold::HoldStore: a file in /run
  absl::StatusOr<probe::hold::HoldMemory> Load() override { return memory_; }
  absl::Status Save(const probe::hold::HoldMemory& memory) override;

 private:
  struct Heard {
    Advert advert;
    arbiter::Addresses addresses;  // that it lists
    Instant on_wire{};
    Instant delivered{};
  };

  // What stands and falls with a VIP, itself included.
  struct Kin {
    const Router* router = nullptr;  // that names it; null: none
    std::vector<IpAddress> list;
    arbiter::Addresses shared;      // the same
    arbiter::Addresses advertised;  // what the router's adverts list
  };

  // The node's own clock at a point of true time, and back.
  [[nodiscard]] Instant Local(Instant when) const;
  [[nodiscard]] Instant True(Instant local) const;
  [[nodiscard]] Instant LocalNow() const { return Local(schedule_.now()); }
  [[nodiscard]] const Kin& KinOf(const IpAddress& vip) const;
  // The VIP alone, as a list: one and the same each time, so that two reports are compared at a glance.
  [[nodiscard]] const arbiter::Addresses& Alone(const IpAddress& vip) const;
  [[nodiscard]] const Router* RouterOf(const IpAddress& vip) const { return KinOf(vip).router; }
  [[nodiscard]] Router* FindRouter(const IpAddress& vip) const;
  [[nodiscard]] probe::hold::DaemonState DaemonOf(const Router& router) const;
  [[nodiscard]] std::vector<IpAddress> TrackScope(const IpAddress& vip) const;
  [[nodiscard]] Duration StepOf(std::size_t position) const;
  void AddAddresses(const std::vector<IpAddress>& vips);
  void RemoveAddresses(const std::vector<IpAddress>& vips);
  [[nodiscard]] probe::hold::VipState StateOf(const IpAddress& vip) const;
  [[nodiscard]] arbiter::core::VipReport ReportOf(const IpAddress& vip) const;
  [[nodiscard]] arbiter::core::NodeReport NodeReportNow() const;
  [[nodiscard]] std::vector<arbiter::core::LocalHold> LocalHolds() const;
  static probe::hold::Troubles NoGate(probe::hold::Vips vips);
  void MakeRouters();
  void SeeVips();                                // the keeper gets them as they are now, those of instances together
  void Look();                                   // the probe looks at its node and says what changed
  void Flush() { Emit(keeper_->TakeOutput()); }  // what the keeper has to say goes out
  void Emit(const probe::hold::Output& output);
  void ArmTick();
  void Heartbeat(std::uint64_t life);
  void WatchKernelTimer(Instant when);
  Duration TimeToAsk(bool reaches, bool segment);

  Schedule& schedule_;
  Random& random_;
  NodeConfig config_;
  NodeSurroundings around_;
  Kernel kernel_;
  std::map<IpAddress, std::uint64_t> removals_;  // the newest that the daemon began, or took back
  std::vector<std::unique_ptr<Router>> routers_;
  mutable std::map<IpAddress, std::shared_ptr<const Kin>> kin_;
  mutable std::map<IpAddress, arbiter::Addresses> alone_;
  mutable std::uint64_t kin_generation_ = 0;  // of the configurations that it comes from
  bool powered_ = false;
  Instant booted_{};
  std::uint64_t boots_ = 0;
  std::uint64_t newest_term_told_ = 0;
  Duration answer_delay_{};
  bool probe_frozen_ = false;
  bool connected_ = false;
  std::uint64_t life_ = 0;  // of the probe
  std::uint64_t tick_ = 0;
  bool look_pending_ = false;
  std::unique_ptr<probe::hold::HoldKeeper> keeper_;
  probe::hold::HoldMemory memory_;
  std::map<std::pair<IpAddress, std::uint8_t>, Heard> heard_;  // by source and VRID
  std::map<IpAddress, arbiter::core::VipReport> reported_;
  std::optional<arbiter::core::NodeReport> reported_node_;
  std::vector<std::function<void()>> missed_;  // what came while the probe was frozen
};

}  // namespace sim

#endif  // TESTS_SIM_NODE_H_
