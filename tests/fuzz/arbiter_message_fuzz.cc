// What an arbiter says, read as the probe reads it, to the real keeper of holds on a node that is a value: links and
// addresses, a keepalived configuration, gates and track files. Whatever it is told, it acts on nothing that it cannot
// vouch for.
#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "probe/hold/hold_keeper.h"
#include "probe/netlink/address_table.h"
#include "probe/report/arrivals.h"
#include "probe/report/layout.h"
#include "probe/report/to_proto.h"
#include "probe/report/vip_report.h"
#include "proto/codec/directive.h"
#include "proto/codec/time.h"
#include "script.pb.h"
#include "tests/fakes/fake_hold_store.h"
#include "tests/fuzz/node_ground.h"
#include "tests/fuzz/script.h"

namespace {

namespace hold = probe::hold;
namespace keepalived = probe::keepalived;
namespace netlink = probe::netlink;
namespace report = probe::report;
namespace v1 = arbiter::v1;
using arbiter::IpAddress;
using fuzz::Ip;
using fuzz::kDocker0;
using fuzz::kEth0;
using fuzz::kOwnAddress;
using fuzz::NodeStep;
using fuzz::Require;
using fuzz::Transmit;

constexpr int kMostSteps = 60;
constexpr std::uint32_t kLongestMs = 600'000;
constexpr int kMostTicks = 60;
constexpr int kMostAtOnce = 100;  // ticks for one moment

const keepalived::Config& ConfigHere() {
  static const keepalived::Config config = fuzz::ReadConfiguration();
  return config;
}
const report::OwnerIndex& OwnersHere() {
  static const report::OwnerIndex owners(ConfigHere());
  return owners;
}

// All that a look at the node depends on, besides what is the same in every history.
struct Sight {
  std::set<std::pair<IpAddress, int>> addresses;  // and their links
  hold::DaemonState daemon = hold::DaemonState::kUnknown;
  std::set<IpAddress> known;
  std::set<IpAddress> own;
  std::set<IpAddress> later;
  std::set<IpAddress> named;
  std::map<IpAddress, hold::GateState> gates;

  friend auto operator<=>(const Sight&, const Sight&) = default;
};

struct Seen {
  std::set<IpAddress> vips;
  std::vector<hold::VipState> states;  // of these
};

Seen LookAt(const report::Facts& facts, hold::Instant now) {
  Seen seen{report::VipsOf(facts), {}};
  report::Look look(facts, now);
  for (const IpAddress& vip : seen.vips) seen.states.push_back(look.ViewOf(vip).state);
  return seen;
}

// A look costs most of a history's time, and histories see the same again and again: it is remembered.
const Seen& SeenOf(const Sight& sight, const report::Facts& facts, hold::Instant now) {
  constexpr std::size_t kMost = 10'000;
  static std::map<Sight, Seen> memory;
  if (memory.size() >= kMost) memory.clear();
  const auto [at, is_new] = memory.try_emplace(sight);
  if (is_new) at->second = LookAt(facts, now);
  return at->second;
}

class Node {
 public:
  Node() {
    AddLink(kEth0, "eth0");
    AddLink(kDocker0, "docker0");
    Come(kEth0, kOwnAddress);
    Come(kDocker0, "172.17.0.1");
    for (const auto& [vip, owners] : OwnersHere().all()) {
      Come(kEth0, vip.ToString());
      own_.insert(vip);
    }
    may_gate_ = own_;
    MoveTo(now_);
    Start();
  }

  void Play(const NodeStep& step) {
    Pass(std::chrono::milliseconds(step.after_ms() % kLongestMs));
    Do(step);
    Settle();
  }

 private:
  void Start() {
    keeper_ = std::make_unique<hold::HoldKeeper>(acts_, store_, hold::Policy());
    std::vector<IpAddress> shut;
    for (const IpAddress& vip : may_gate_) {
      if (acts_.Gate(vip) == hold::GateState::kShut) shut.push_back(vip);
    }
    (void)keeper_->Restore(shut, now_, boot_);
    arrivals_ = {};
    seen_.clear();
    known_.clear();
    was_here_.clear();
    newest_sequence_ = 0;
    Settle();
  }

  void AddLink(int index, const std::string& name) {
    netlink::Link link;
    link.index = index;
    link.name = name;
    link.has_mac = true;
    link.up = true;
    link.running = true;
    link.oper_state = netlink::OperState::kUp;
    table_.Apply(netlink::LinkPresent{link}, now_);
  }

  void Come(int link, const std::string& text) {
    const auto ip = IpAddress::Parse(text);
    if (!ip.ok()) return;
    // A second holder's: the cluster knew it as a VIP before it came here.
    if (known_.contains(*ip) && !was_here_.contains(*ip) && *ip != Ip(kOwnAddress)) may_gate_.insert(*ip);
    netlink::Address address;
    address.ip = *ip;
    address.prefix_length = ip->is_v4() ? 24 : 64;
    address.link = link;
    table_.Apply(netlink::AddressPresent{address}, now_);
  }

  void Go(const IpAddress& ip) {
    for (const netlink::AddressOnLink& on : table_.Find(ip)) {
      table_.Apply(netlink::AddressGone{ip, on.address.prefix_length, on.link.index}, now_);
    }
  }

  report::Facts FactsNow() {
    report::Facts facts{.addresses = table_, .config = ConfigHere(), .owners = OwnersHere()};
    facts.daemon = daemon_;
    facts.runtime_dir = "/run/arbiter-probe";
    facts.actuators = {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress,
                       hold::RungKind::kStopDaemon, hold::RungKind::kExec};
    facts.promotes_secondaries = [](const std::string&) { return true; };
    facts.known_elsewhere = known_;
    facts.own_names = own_;
    arrivals_.OnAddresses(table_);
    facts.came_later = arrivals_.later();
    facts.guarded[Ip(kOwnAddress)] = "not touched: the session to the arbiter leaves from it";
    for (const auto& [vip, record] : keeper_->holds()) facts.named.insert(vip);
    for (const IpAddress& vip : may_gate_) {
      const hold::GateState gate = acts_.Gate(vip);
      if (gate != hold::GateState::kOpen) facts.gates[vip] = {gate, now_};
    }
    return facts;
  }

  Sight SightOf(const report::Facts& facts) const {
    Sight sight{{}, facts.daemon, facts.known_elsewhere, facts.own_names, facts.came_later, facts.named, {}};
    for (const netlink::Address& address : table_.Addresses()) sight.addresses.emplace(address.ip, address.link);
    for (const auto& [vip, fact] : facts.gates) sight.gates[vip] = fact.state;
    return sight;
  }

  // The node looks at all of its VIPs, and at those of a directive.
  void See(const std::vector<IpAddress>& also = {}) {
    const report::Facts facts = FactsNow();
    const Seen& sight = SeenOf(SightOf(facts), facts, now_);
    std::vector<hold::VipState> states;
    for (const hold::VipState& state : sight.states) {
      if (const auto seen = seen_.find(state.vip); seen != seen_.end() && seen->second == state) continue;
      seen_.insert_or_assign(state.vip, state);
      states.push_back(state);
    }
    for (const IpAddress& vip : also) {
      if (!sight.vips.contains(vip) && seen_.erase(vip) > 0) keeper_->OnForgotten(vip);
    }
    if (!states.empty()) keeper_->OnVips(states, now_);
  }

  // What was done shows, and was right.
  void Settle() {
    for (int i = 0;; ++i) {
      Require(i < kMostAtOnce);
      const std::vector<std::string> acts = acts_.Take();
      for (const std::string& act : acts) Judge(act);
      for (const IpAddress& vip : std::exchange(acts_.removed, {})) Go(vip);
      for (const IpAddress& vip : std::exchange(acts_.put_back, {})) Come(kEth0, vip.ToString());
      const hold::Output output = keeper_->TakeOutput();
      for (const hold::DirectiveResult& result : output.results) {
        Require(!result.vips.empty());
        arbiter::codec::ToProto(result);
      }
      for (const auto& [vip, record] : keeper_->holds()) report::ToProto(record, boot_);
      if (acts.empty() && i > 0) return;
      See();
    }
  }

  void Judge(const std::string& act) {
    const std::vector<std::string> words = absl::StrSplit(act, ' ');
    const std::string& verb = words.front();
    const bool gates = verb == "shut" || verb == "adverts-only";
    const bool takes = verb == "remove" || verb == "exec" || (verb == "track" && words.back() == "1");
    if (verb == "ask") asked_.clear();
    for (const std::string& word : words) {
      const auto vip = IpAddress::Parse(word);
      if (!vip.ok()) continue;
      if (verb == "ask") asked_.push_back(*vip);
      if (gates) Require(may_gate_.contains(*vip));
      if (takes) Require(own_.contains(*vip));
    }
  }

  void Pass(hold::Duration time) {
    const hold::Instant end = now_ + time;
    int at_once = 0;
    for (int i = 0; i < kMostTicks; ++i) {
      const auto due = keeper_->NextDeadline(now_);
      if (!due || *due > end) break;
      const hold::Instant next = std::max(*due, now_);
      at_once = next == now_ ? at_once + 1 : 0;
      Require(at_once < kMostAtOnce);
      MoveTo(next);
      keeper_->OnTick(now_);
      Settle();
    }
    MoveTo(end);
    keeper_->OnTick(now_);
    Settle();
  }

  void MoveTo(hold::Instant at) {
    boot_ += at - now_;
    now_ = at;
    acts_.now = at;
  }

  void Do(const NodeStep& step) {
    switch (step.what_case()) {
      case NodeStep::kHears:
        return Hear(step.hears());
      case NodeStep::kConnected:
        return keeper_->OnArbiterConnected(step.connected(), now_);
      case NodeStep::kComes:
        return Come(kEth0, step.comes());
      case NodeStep::kGoes:
        if (const auto ip = IpAddress::Parse(step.goes()); ip.ok()) Go(*ip);
        return;
      case NodeStep::kDaemon:
        daemon_ = static_cast<hold::DaemonState>((static_cast<unsigned>(step.daemon()) + 3) % 4);
        return;
      case NodeStep::kAdvert:
        return HearAdvert(step.advert());
      case NodeStep::kAnswered:
        for (const IpAddress& vip : std::exchange(asked_, {})) keeper_->OnSegmentAnswer(vip, step.answered(), now_);
        return;
      case NodeStep::kRestart:
        return Start();
      case NodeStep::kRelease:
        if (const auto vip = IpAddress::Parse(step.release()); vip.ok()) {
          (void)keeper_->ReleaseLocally(*vip, "released by hand", now_);
        }
        return;
      case NodeStep::kForgetTerm:
        return keeper_->ForgetTerm(now_);
      case NodeStep::kFails:
        acts_.fails.clear();
        if (!step.fails().empty()) acts_.fails[step.fails()] = absl::InternalError("it fails");
        return;
      case NodeStep::kDiskFull:
        store_.save_error = step.disk_full() ? absl::ResourceExhaustedError("full") : absl::OkStatus();
        return;
      case NodeStep::kTampered:
        acts_.FlushGates();
        return keeper_->OnGateTampered(now_);
      case NodeStep::kReloaded:
        return keeper_->OnDaemonConfigChanged(now_);
      case NodeStep::WHAT_NOT_SET:
        return;
    }
  }

  void HearAdvert(const fuzz::Advert& advert) {
    const auto source = IpAddress::Parse(advert.source());
    if (!source.ok()) return;
    hold::HeardAdvert heard{*source, static_cast<std::uint8_t>(advert.vrid()), {}};
    for (const std::string& text : advert.addresses()) {
      if (const auto address = IpAddress::Parse(text); address.ok()) heard.addresses.push_back(*address);
    }
    keeper_->OnAdvert(heard, now_);
  }

  void Hear(v1::ArbiterMessage message) {
    if (!Transmit(&message)) return;
    if (message.has_welcome()) {
      keeper_->OnTerm(message.welcome().term(), now_);
      Know(message.welcome().known_vips());
    } else if (message.has_known_vips()) {
      Know(message.known_vips().vips());
    } else if (message.has_affirm()) {
      arbiter::codec::FromProto(message.affirm().within());
    } else if (message.has_directive()) {
      Obey(message.mutable_directive());
    }
  }

  template <typename Texts>
  void Know(const Texts& texts) {
    std::set<IpAddress> vips;
    for (const std::string& text : texts) {
      if (const auto vip = IpAddress::Parse(text); vip.ok()) vips.insert(*vip);
    }
    std::set<IpAddress> held;
    for (const auto& [vip, record] : keeper_->holds()) held.insert(vip);
    for (const IpAddress& vip : vips) {
      const bool news = !known_.contains(vip);
      if (news && !table_.Find(vip).empty()) was_here_.insert(vip);
    }
    known_ = std::move(vips);
    arrivals_.OnKnown(known_, held, table_);
  }

  void Obey(v1::Directive* message) {
    if (message->term() == 0) message->set_term(std::max<std::uint64_t>(keeper_->newest_term(), 1));
    if (message->sequence() == 0) message->set_sequence(++newest_sequence_);
    if (message->as_of_probe_time_ns() == 0) {
      message->set_as_of_probe_time_ns(static_cast<std::uint64_t>(boot_.count()));
      if (!message->has_valid_for()) message->mutable_valid_for()->set_seconds(3);
    }
    const absl::StatusOr<hold::Directive> directive = arbiter::codec::ReadDirective(*message);
    if (!directive.ok()) return;
    newest_sequence_ = std::max(newest_sequence_, std::min(message->sequence(), std::uint64_t{1} << 60U));
    See(directive->vips);
    keeper_->OnDirective(*directive, now_, boot_);
  }

  hold::Instant now_ = hold::Instant(std::chrono::hours(1000));
  hold::BootTime boot_ = std::chrono::hours(10);
  netlink::AddressTable table_;
  hold::DaemonState daemon_ = hold::DaemonState::kRunning;
  report::Arrivals arrivals_;
  std::set<IpAddress> known_;
  std::vector<IpAddress> asked_;
  std::map<IpAddress, hold::VipState> seen_;
  std::uint64_t newest_sequence_ = 0;
  fuzz::TakingActuators acts_;
  fakes::FakeHoldStore store_;
  std::unique_ptr<hold::HoldKeeper> keeper_;

  // What it may act on.
  std::set<IpAddress> own_;       // and take away
  std::set<IpAddress> may_gate_;  // own, and what came here after the cluster had known it
  std::set<IpAddress> was_here_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  fuzz::NodeScript script;
  return fuzz::MutateScript(&script, data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::NodeScript script;
  fuzz::ReadScript(data, size, &script);
  Node node;
  for (int i = 0; i < std::min(script.step_size(), kMostSteps); ++i) node.Play(script.step(i));
  return 0;
}
