// What a node's probe sees of it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/sim/node.h"

namespace sim {
namespace {

namespace core = arbiter::core;
namespace hold = probe::hold;
using std::chrono::milliseconds;

std::string InterfaceOn(std::size_t segment) { return absl::StrCat("eth", segment); }

// What its VIPs have in common.
void DescribeInstance(const Router& router, core::VipReport& report) {
  report.primary_address = router.source();
  if (InterfaceOn(router.config().segment) != report.interface) {
    report.advert_interface = InterfaceOn(router.config().segment);
  }
}

}  // namespace

std::vector<IpAddress> Node::Vips() const {
  std::set<IpAddress> vips = kernel_.addresses;
  vips.insert(kernel_.elsewhere.begin(), kernel_.elsewhere.end());
  for (const auto& router : routers_) {
    vips.insert(router->config().vips.begin(), router->config().vips.end());
    vips.insert(router->config().excluded.begin(), router->config().excluded.end());
  }
  for (const auto& [vip, held] : memory_.holds) vips.insert(vip);
  return {vips.begin(), vips.end()};
}

std::size_t Node::HomeOf(const IpAddress& vip) const {
  const auto home = config_.homes.find(vip);
  return home == config_.homes.end() ? 0 : home->second;
}

Router* Node::FindRouter(const IpAddress& vip) const {
  const auto found = std::find_if(routers_.begin(), routers_.end(), [&](const auto& r) { return r->Names(vip); });
  return found == routers_.end() ? nullptr : found->get();
}

const Node::Kin& Node::KinOf(const IpAddress& vip) const {
  std::uint64_t generation = 0;
  for (const auto& router : routers_) generation += router->generation();
  if (generation != kin_generation_) kin_.clear();
  kin_generation_ = generation;
  if (const auto known = kin_.find(vip); known != kin_.end()) return *known->second;
  Kin kin;
  kin.router = FindRouter(vip);
  kin.list = TrackScope(vip);
  kin.shared = kin.list;
  const Router* router = kin.router;
  if (router != nullptr) kin.advertised = router->config().vips;
  const auto shared = std::make_shared<const Kin>(std::move(kin));
  if (router != nullptr) {
    for (const IpAddress& other : router->config().All()) kin_.try_emplace(other, shared);
  }
  return *kin_.insert_or_assign(vip, shared).first->second;
}

const arbiter::Addresses& Node::Alone(const IpAddress& vip) const {
  const auto [found, is_new] = alone_.try_emplace(vip);
  if (is_new) found->second = arbiter::Addresses{vip};
  return found->second;
}

hold::DaemonState Node::DaemonOf(const Router& router) const {
  if (!router.alive()) return hold::DaemonState::kGone;
  return router.frozen() ? hold::DaemonState::kFrozen : hold::DaemonState::kRunning;
}

std::vector<IpAddress> Node::TrackScope(const IpAddress& vip) const {
  std::set<IpAddress> scope = {vip};
  for (const auto& router : routers_) {
    const std::vector<IpAddress> vips = router->config().All();
    if (router->Names(vip) || config_.sync_group) scope.insert(vips.begin(), vips.end());
  }
  return {scope.begin(), scope.end()};
}

hold::VipState Node::StateOf(const IpAddress& vip) const {
  hold::VipState state;
  state.vip = vip;
  state.configured = kernel_.Has(vip);
  state.effective = powered_ && (!state.configured || kernel_.IsEffective(vip));
  state.gate = config_.gate_usable ? kernel_.GateOf(vip, schedule_.now()) : hold::GateState::kUnavailable;
  state.daemon = hold::DaemonState::kGone;
  if (const Router* router = RouterOf(vip); router != nullptr) {
    state.daemon = DaemonOf(*router);
    state.in_daemon_config = true;
    state.master_down_interval = router->MasterDown();
  }
  const Kin& kin = KinOf(vip);
  state.rungs.reserve(3);
  state.rungs.push_back({hold::RungKind::kGate, config_.gate_usable, "no egress hook", Alone(vip)});
  state.rungs.push_back({hold::RungKind::kTrackFile, config_.track_file, "no track file", kin.shared});
  state.rungs.push_back({hold::RungKind::kRemoveAddress, true, "", Alone(vip)});
  if (config_.sync_group || (kin.router != nullptr && kin.list.size() > 1)) state.bound_together = kin.shared;
  return state;
}

core::VipReport Node::ReportOf(const IpAddress& vip) const {
  const hold::VipState state = StateOf(vip);
  const Instant now = schedule_.now();
  core::VipReport report;
  report.vip = vip;
  report.configured = state.configured;
  report.interface = InterfaceOn(HomeOf(vip));
  report.effective = state.effective;
  report.gate = state.gate;
  report.daemon = state.daemon;
  report.in_daemon_config = state.in_daemon_config;
  report.not_ours = state.not_ours;
  report.vouched = state.not_ours.empty();
  report.primary_address = config_.address;
  report.sync_group = config_.sync_group ? "G" : "";
  if (!state.bound_together.empty()) report.bound_together = KinOf(vip).shared;
  for (const hold::Rung& rung : state.rungs) {
    const bool alone = rung.kind != hold::RungKind::kTrackFile;
    report.rungs.push_back({rung.kind, rung.usable, rung.reason, alone ? Alone(vip) : KinOf(vip).shared});
  }
  if (const Router* router = RouterOf(vip); router != nullptr) {
    if (config_.many_vips) {
      DescribeInstance(*router, report);
      report.advertised_addresses = KinOf(vip).advertised;
    }
    report.vrid = router->config().vrid;
    report.priority = router->config().priority;
    report.version = router->config().version;
    report.advert_interval = router->config().interval;
    report.master_down_interval = router->MasterDown();
    report.advertises = router->alive() && router->last_advert() != Instant{} &&
                        now - router->last_advert() <= 3 * router->config().interval && state.configured;
  }
  for (const auto& [key, heard] : heard_) {
    const bool names = std::find(heard.advert.vips.begin(), heard.advert.vips.end(), vip) != heard.advert.vips.end();
    const Router* router = RouterOf(vip);
    if (!names && (router == nullptr || router->config().vrid != heard.advert.vrid)) continue;
    const Duration master_down = 4 * heard.advert.interval;
    core::HeardRouter entry;
    entry.source = heard.advert.source;
    entry.vrid = heard.advert.vrid;
    entry.priority = heard.advert.priority;
    entry.version = heard.advert.version;
    entry.on_wire = heard.advert.priority != 0 && now - heard.on_wire <= master_down;
    entry.delivered = heard.advert.priority != 0 && now - heard.delivered <= master_down;
    entry.names_vip = names;
    entry.addresses = heard.addresses;
    entry.advert_interval = heard.advert.interval;
    report.heard.push_back(std::move(entry));
  }
  return report;
}

core::NodeReport Node::NodeReportNow() const {
  core::NodeReport report;
  report.addresses = {config_.address};
  report.addresses.insert(report.addresses.end(), config_.other_addresses.begin(), config_.other_addresses.end());
  report.gate_usable = config_.gate_usable;
  for (const auto& router : routers_) {
    core::InstanceConfig instance;
    instance.name = absl::StrCat("VI_", &router - routers_.data());
    instance.interface = InterfaceOn(router->config().segment);
    instance.vrid = router->config().vrid;
    instance.priority = router->config().priority;
    instance.version = router->config().version;
    instance.advert_interval = router->config().interval;
    instance.auth_fingerprint = router->config().auth;
    instance.addresses = router->config().vips;
    instance.excluded_addresses = router->config().excluded;
    if (config_.many_vips && config_.sync_group) instance.sync_group = "G";
    report.instances.push_back(std::move(instance));
  }
  return report;
}

std::vector<core::LocalHold> Node::LocalHolds() const {
  std::vector<core::LocalHold> holds;
  for (const auto& [vip, record] : keeper_->holds()) {
    holds.push_back({vip, record.incident, record.survivor, record.reason, schedule_.now(), record.fence.term,
                     record.survivor_addresses, record.survivor_vrid});
  }
  return holds;
}

core::NodeAttached Node::Hello() const {
  core::NodeAttached hello;
  hello.node = {"prod", name()};
  hello.probe_version = "sim";
  hello.report = NodeReportNow();
  for (const IpAddress& vip : Vips()) hello.vips.push_back(ReportOf(vip));
  hello.holds = LocalHolds();
  return hello;
}

}  // namespace sim
