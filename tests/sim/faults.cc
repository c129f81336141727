#include "tests/sim/faults.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"

namespace sim {
namespace {

namespace core = arbiter::core;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

Node& Other(World& world, const Node& node, Random& random) {
  std::vector<Node*> others;
  for (const auto& other : world.nodes()) {
    if (other.get() != &node) others.push_back(other.get());
  }
  return *others[random.Below(others.size())];
}

Router& AnyRouter(Node& node, Random& random) { return *node.routers()[random.Below(node.routers().size())]; }

IpAddress AnyVip(World& world, Random& random) {
  auto vip = world.vips().begin();
  std::advance(vip, static_cast<std::ptrdiff_t>(random.Below(world.vips().size())));
  return *vip;
}

Segment& AnySegment(World& world, Random& random) {
  std::vector<Segment>& segments = world.segments();
  return segments.size() == 1 ? segments.front() : segments[random.Below(segments.size())];
}

void KillDaemons(Node& node) {
  for (const auto& router : node.routers()) router->Kill();
  node.Changed();
}

void StartDaemons(Node& node) {
  if (!node.powered()) return;
  for (const auto& router : node.routers()) {
    router->Thaw();
    router->Start();
  }
  node.Changed();
}

void FilterVrrp(World&, Node& node, Random&) { node.kernel().drops_vrrp = true; }
void UnfilterVrrp(World&, Node& node, Random&) { node.kernel().drops_vrrp = false; }
void FilterVrrpEverywhere(World& world, Node&, Random&) {
  for (const auto& node : world.nodes()) node->kernel().drops_vrrp = true;
}
void CutPortOf(Segment& segment, const Node& node) {
  segment.mute.insert(node.name());
  segment.deaf.insert(node.name());
}
void CutPort(World& world, Node& node, Random& random) { CutPortOf(AnySegment(world, random), node); }
void MuteNode(World& world, Node& node, Random& random) { AnySegment(world, random).mute.insert(node.name()); }
void DeafenNode(World& world, Node& node, Random& random) { AnySegment(world, random).deaf.insert(node.name()); }
void SeverOneWay(World& world, Node& node, Random& random) {
  Segment& segment = AnySegment(world, random);
  segment.severed.insert({node.name(), Other(world, node, random).name()});
}
void HealCables(World& world, Node&, Random&) {
  for (Segment& segment : world.segments()) segment = Segment{};
}
void LoseAndRepeat(World& world, Node&, Random& random) {
  Segment& segment = AnySegment(world, random);
  segment.loss = 0.1 * static_cast<double>(random.Below(8));
  segment.duplicates = 0.2;
  segment.jitter = random.Between(microseconds(300), milliseconds(200));
}
void CutManagement(World& world, Node& node, Random&) { world.witness().CutManagement(node.name(), true); }
void HealManagement(World& world, Node& node, Random&) { world.witness().CutManagement(node.name(), false); }
void CutAllManagement(World& world, Node&, Random&) {
  for (const auto& node : world.nodes()) world.witness().CutManagement(node->name(), true);
}
void KillDaemon(World&, Node& node, Random&) { KillDaemons(node); }
void StartDaemon(World&, Node& node, Random&) { StartDaemons(node); }
void StopDaemon(World&, Node& node, Random&) {
  for (const auto& router : node.routers()) router->Stop();
  node.Changed();
}
void FreezeDaemon(World&, Node& node, Random&) {
  for (const auto& router : node.routers()) router->Freeze();
  node.Changed();
}
void ThawDaemon(World&, Node& node, Random&) {
  for (const auto& router : node.routers()) router->Thaw();
  node.Changed();
}
void FreezeHost(World&, Node& node, Random&) {
  for (const auto& router : node.routers()) router->Freeze();
  node.FreezeProbe();
}
void ThawHost(World&, Node& node, Random&) {
  for (const auto& router : node.routers()) router->Thaw();
  node.ThawProbe();
}
void GoDark(World&, Node& node, Random&) { node.PowerOff(); }
void PowerOn(World&, Node& node, Random&) { node.PowerOn(); }
void KillProbe(World&, Node& node, Random&) { node.KillProbe(); }
void StartProbe(World&, Node& node, Random&) { node.StartProbe(); }
void FreezeProbe(World&, Node& node, Random&) { node.FreezeProbe(); }
void ThawProbe(World&, Node& node, Random&) { node.ThawProbe(); }
void AnswerSlowly(World&, Node& node, Random& random) {
  node.SetAnswerDelay(random.Between(milliseconds(100), milliseconds(1500)));
}
void AnswerQuickly(World&, Node& node, Random&) { node.SetAnswerDelay(Duration{}); }
void EchoDirectives(World& world, Node&, Random&) { world.witness().SetEchoes(0.5); }
void FlushGates(World&, Node& node, Random&) { node.FlushGate(); }
void CrashArbiter(World& world, Node&, Random&) { world.witness().Crash(); }
void StartArbiter(World& world, Node&, Random&) { world.witness().Start(); }
void FillDisk(World& world, Node&, Random&) { world.witness().SetDiskError("disk full"); }
void EmptyDisk(World& world, Node&, Random&) { world.witness().SetDiskError(""); }
void ChangeVrid(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.vrid = static_cast<std::uint8_t>(config.vrid ^ 1U);
  router.Reload(config);
}
void ChangeAuth(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.auth = config.auth.empty() ? "other" : "";
  router.Reload(config);
}
void ChangeVersion(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.version = config.version == 2 ? 3 : 2;
  router.Reload(config);
}
void AddByHand(World& world, Node& node, Random& random) { node.AddAddressByHand(AnyVip(world, random)); }
void RemoveByHand(World& world, Node& node, Random& random) { node.RemoveAddressByHand(AnyVip(world, random)); }
// --- instances of several VIPs

// A reload as the daemon does it, or as if it had been started anew.
void ReloadTo(Node& node, Router& router, const RouterConfig& config, Random& random) {
  if (router.frozen()) return;
  if (random.Chance(0.6)) {
    router.ReloadInPlace(config);
  } else {
    router.Reload(config);
  }
  node.Changed();
}
void ReloadVrid(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.vrid = static_cast<std::uint8_t>(config.vrid ^ 1U);
  ReloadTo(node, router, config, random);
}
void ReloadVersion(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.version = config.version == 2 ? 3 : 2;
  ReloadTo(node, router, config, random);
}
void ReloadSegment(World& world, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  config.segment = (config.segment + 1) % world.segments().size();
  ReloadTo(node, router, config, random);
}
// The last VIP but for the first goes, of the advertised ones or of the excluded.
void ReloadWithout(World&, Node& node, Random& random) {
  Router& router = AnyRouter(node, random);
  RouterConfig config = router.config();
  if (!config.excluded.empty() && random.Chance(0.5)) {
    config.excluded.pop_back();
  } else if (config.vips.size() > 1) {
    config.vips.pop_back();
  }
  ReloadTo(node, router, config, random);
}
// 10.1.<VRID of the instance as it was meant>.200
void ReloadWith(World&, Node& node, Random& random) {
  const std::size_t number = random.Below(node.routers().size());
  Router& router = *node.routers()[number];
  RouterConfig config = router.config();
  const IpAddress spare = *IpAddress::Parse(absl::StrCat("10.1.", number, ".200"));
  if (router.Names(spare)) return;
  (random.Chance(0.7) ? config.vips : config.excluded).push_back(spare);
  ReloadTo(node, router, config, random);
}
void ReloadRight(World&, Node& node, Random& random) {
  for (std::size_t i = 0; i < node.routers().size(); ++i) {
    const RouterConfig& right = node.config().routers[i];
    if (node.routers()[i]->config() != right) ReloadTo(node, *node.routers()[i], right, random);
  }
}
void AddElsewhere(World& world, Node& node, Random& random) { node.AddAddressElsewhere(AnyVip(world, random)); }
void IgnoreArp(World&, Node& node, Random&) {
  node.kernel().arp_ignore = true;
  node.Changed();
}
void AnswerArp(World&, Node& node, Random&) {
  node.kernel().arp_ignore = false;
  node.Changed();
}
void TakeFromInstance(World&, Node& node, Random& random) {
  const std::vector<IpAddress> vips = AnyRouter(node, random).config().All();
  node.RemoveAddressByHand(vips[random.Below(vips.size())]);
}
void CutAdverts(World& world, Node& node, Random& random) {
  CutPortOf(world.segments()[AnyRouter(node, random).config().segment], node);
}
void CutLan(World& world, Node& node, Random& random) {
  CutPortOf(world.segments()[world.HomeOf(AnyVip(world, random))], node);
}
void CutAllPorts(World& world, Node& node, Random&) {
  for (Segment& segment : world.segments()) CutPortOf(segment, node);
}

void Impersonate(World& world, Node& node, Random&) { world.Impersonate(node); }

void OperatorReleases(World& world, Node& node, Random& random) {
  core::OperatorRelease release;
  release.node = node.name();
  release.vip = AnyVip(world, random);
  release.who = "operator";
  world.witness().Command(release);
}
void OperatorDemotes(World& world, Node& node, Random& random) {
  core::OperatorDemote demote;
  demote.node = node.name();
  demote.vip = AnyVip(world, random);
  demote.who = "operator";
  world.witness().Command(demote);
}
void OperatorObserves(World& world, Node&, Random&) {
  core::OperatorSetMode mode;
  mode.mode = core::Mode::kObserve;
  world.witness().Command(mode);
}
void OperatorEnforces(World& world, Node&, Random&) {
  core::OperatorSetMode mode;
  mode.mode = core::Mode::kEnforce;
  world.witness().Command(mode);
}

}  // namespace

const std::vector<Fault>& Faults() {
  static const std::vector<Fault> kFaults = {
      {"its packet filter drops VRRP", FilterVrrp},
      {"its packet filter lets VRRP in", UnfilterVrrp},
      {"all packet filters drop VRRP", FilterVrrpEverywhere},
      {"its switch port passes nothing", CutPort},
      {"its switch port lets nothing out", MuteNode},
      {"its switch port lets nothing in", DeafenNode},
      {"its adverts to another node are lost", SeverOneWay},
      {"all cables are healed", HealCables},
      {"the segment loses, repeats and delays", LoseAndRepeat},
      {"its management network is cut", CutManagement},
      {"its management network is healed", HealManagement},
      {"the arbiter's network is cut", CutAllManagement},
      {"its daemon is killed", KillDaemon},
      {"its daemon is started", StartDaemon},
      {"its daemon is stopped", StopDaemon},
      {"its daemon is frozen", FreezeDaemon},
      {"its daemon is thawed", ThawDaemon},
      {"the host is frozen", FreezeHost},
      {"the host is thawed", ThawHost},
      {"the host goes dark", GoDark},
      {"the host is switched on", PowerOn},
      {"its probe is killed", KillProbe},
      {"its probe is started", StartProbe},
      {"its probe is frozen", FreezeProbe},
      {"its probe is thawed", ThawProbe},
      {"its probe answers slowly", AnswerSlowly},
      {"its probe answers quickly", AnswerQuickly},
      {"directives come a second time", EchoDirectives},
      {"its ruleset is flushed", FlushGates},
      {"the arbiter crashes", CrashArbiter},
      {"the arbiter is started", StartArbiter},
      {"the arbiter's disk is full", FillDisk},
      {"the arbiter's disk has room", EmptyDisk},
      {"a VRID is changed", ChangeVrid},
      {"a password is changed", ChangeAuth},
      {"a VRRP version is changed", ChangeVersion},
      {"an address is added by hand", AddByHand},
      {"an address is removed by hand", RemoveByHand},
      {"an operator releases it", OperatorReleases},
      {"an operator demotes it", OperatorDemotes},
      {"an operator sets observe", OperatorObserves},
      {"an operator sets enforce", OperatorEnforces},
  };
  return kFaults;
}

const std::vector<Fault>& InstanceFaults() {
  static const std::vector<Fault> kFaults = [] {
    std::vector<Fault> faults = Faults();
    const std::vector<Fault> more = {
        {"a reload changes a VRID", ReloadVrid},
        {"a reload changes a VRRP version", ReloadVersion},
        {"a reload changes the interface of adverts", ReloadSegment},
        {"a reload takes a VIP from an instance", ReloadWithout},
        {"a reload adds a VIP to an instance", ReloadWith},
        {"a reload puts its configuration right", ReloadRight},
        {"an address is added on another interface", AddElsewhere},
        {"its host answers for no other interface", IgnoreArp},
        {"its host answers for every interface", AnswerArp},
        {"an address is taken from its instance by hand", TakeFromInstance},
        {"its port for adverts passes nothing", CutAdverts},
        {"its port for clients passes nothing", CutLan},
        {"its ports pass nothing", CutAllPorts},
    };
    faults.insert(faults.end(), more.begin(), more.end());
    return faults;
  }();
  return kFaults;
}

const std::vector<Fault>& Attacks() {
  static const std::vector<Fault> kAttacks = {
      {"somebody advertises in its name", Impersonate},
      {"the host goes dark", GoDark},
      {"its probe is killed", KillProbe},
      {"its daemon is stopped", StopDaemon},
  };
  return kAttacks;
}

const Fault& FaultNamed(const std::string& name) {
  const auto found = std::find_if(InstanceFaults().begin(), InstanceFaults().end(),
                                  [&](const Fault& fault) { return fault.name == name; });
  if (found == InstanceFaults().end()) {
    std::cerr << "no fault is named '" << name << "'\n";
    std::abort();
  }
  return *found;
}

const std::vector<Fault>& HealthyEvents() {
  static const std::vector<Fault> kEvents = {
      {"its daemon is stopped", StopDaemon},
      {"its daemon is started", StartDaemon},
      {"its probe is killed", KillProbe},
      {"its probe is started", StartProbe},
      {"the arbiter crashes", CrashArbiter},
      {"the arbiter is started", StartArbiter},
      {"its management network is cut", CutManagement},
      {"its management network is healed", HealManagement},
  };
  return kEvents;
}

namespace {

// Addresses that no configuration names, or that are where they do not belong.
void RemoveStrays(Node& node) {
  node.kernel().arp_ignore = false;
  node.kernel().elsewhere.clear();
  const std::set<IpAddress> addresses = node.kernel().addresses;
  for (const IpAddress& vip : addresses) {
    const bool named = std::any_of(node.routers().begin(), node.routers().end(),
                                   [&](const auto& router) { return router->Names(vip); });
    if (!named) node.RemoveAddressByHand(vip);
  }
}

}  // namespace

void RepairAll(World& world) {
  for (Segment& segment : world.segments()) segment = Segment{};
  world.SilenceImpostors();
  world.witness().SetDiskError("");
  world.witness().SetEchoes(0.0);
  world.witness().Start();
  for (const auto& node : world.nodes()) {
    world.witness().CutManagement(node->name(), false);
    node->kernel().drops_vrrp = false;
    node->PowerOn();
    node->StartProbe();
    node->ThawProbe();
    node->SetAnswerDelay(Duration{});
    const NodeConfig& config = node->config();
    for (std::size_t i = 0; i < config.routers.size(); ++i) {
      Router& router = *node->routers()[i];
      const RouterConfig& right = config.routers[i];
      const RouterConfig& now = router.config();
      router.Thaw();
      if (now != right) router.Reload(right);
      router.Start();
      // What somebody added by hand under a daemon that does not own it now is somebody's to take away.
      if (router.state() != Router::State::kActive) {
        for (const IpAddress& vip : right.All()) node->RemoveAddressByHand(vip);
      }
    }
    RemoveStrays(*node);
    node->Changed();
  }
  core::OperatorSetMode mode;
  mode.mode = core::Mode::kEnforce;
  world.witness().Command(mode);
}

void ReleaseOperatorsHolds(World& world) {
  for (const core::IncidentRecord& incident : world.witness().engine()->OpenIncidents()) {
    for (const core::HoldRecord& hold : incident.holds) {
      core::OperatorRelease release;
      release.node = hold.node;
      // An incident is on record with what it is no longer about, too.
      release.vip = hold.vips.empty() ? incident.vips.front() : hold.vips.front();
      release.who = "operator";
      if (hold.by_operator) world.witness().Command(release);
    }
  }
}

}  // namespace sim
