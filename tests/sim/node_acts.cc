// What a node's probe does to it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/sim/node.h"

namespace sim {
namespace {

namespace hold = probe::hold;
using std::chrono::microseconds;
using std::chrono::milliseconds;

}  // namespace

void Node::WatchKernelTimer(Instant when) {
  schedule_.At(when + microseconds(1), [this] { Changed(); });
}

hold::Troubles Node::NoGate(hold::Vips vips) {
  hold::Troubles troubles;
  for (const IpAddress& vip : vips) troubles.emplace(vip, absl::UnimplementedError("no egress hook"));
  return troubles;
}

hold::Troubles Node::ShutGates(hold::Vips vips, std::optional<Duration> for_time) {
  if (!config_.gate_usable) return NoGate(vips);
  for (const IpAddress& vip : vips) {
    const bool was_open = !hold::IsShut(kernel_.GateOf(vip, schedule_.now()));
    Gate& gate = kernel_.gates[vip];
    if (was_open) gate.shut_from = schedule_.now();
    gate.adverts_until = Instant{};
    gate.shut = !for_time.has_value();
    if (for_time.has_value()) gate.shut_until = schedule_.now() + *for_time;
  }
  if (for_time.has_value() && !vips.empty()) WatchKernelTimer(schedule_.now() + *for_time);
  return {};
}

hold::Troubles Node::AdvertsOnly(hold::Vips vips, Duration for_time) {
  if (!config_.gate_usable) return NoGate(vips);
  for (const IpAddress& vip : vips) {
    Gate& gate = kernel_.gates[vip];
    gate.shut = true;
    gate.adverts_until = schedule_.now() + for_time;
  }
  if (!vips.empty()) WatchKernelTimer(schedule_.now() + for_time);
  return {};
}

hold::Troubles Node::OpenGates(hold::Vips vips) {
  for (const IpAddress& vip : vips) kernel_.gates.erase(vip);
  return {};
}

absl::StatusOr<std::map<IpAddress, hold::GateState>> Node::ReadGates(hold::Vips vips) {
  std::map<IpAddress, hold::GateState> seen;
  for (const IpAddress& vip : vips) {
    seen[vip] = config_.gate_usable ? kernel_.GateOf(vip, schedule_.now()) : hold::GateState::kUnavailable;
  }
  return seen;
}

absl::Status Node::SetTrackFile(const IpAddress& vip, bool demote) {
  if (!config_.track_file) return absl::FailedPreconditionError("no track file");
  const std::vector<IpAddress> scope = TrackScope(vip);
  schedule_.After(random_.Between(microseconds(500), milliseconds(8)), [this, scope, demote] {
    for (const auto& router : routers_) {
      const std::vector<IpAddress> vips = router->config().All();
      const bool in = std::any_of(vips.begin(), vips.end(), [&](const IpAddress& v) {
        return std::find(scope.begin(), scope.end(), v) != scope.end();
      });
      if (in) router->SetTrackFile(demote);
    }
    Changed();
  });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<hold::RemovedAddress>> Node::RemoveAddress(const IpAddress& vip) {
  // The contract: looked at again in this very moment. One that has run for longer than a look takes was known to.
  constexpr Duration kLookTakes = milliseconds(5);
  if (const Router* router = RouterOf(vip); router != nullptr && router->alive() && !router->frozen()) {
    if (router->LiveFor() > kLookTakes) around_.took_from_live(*this, vip);
    return absl::FailedPreconditionError("a live daemon owns it");
  }
  const bool was_elsewhere = kernel_.elsewhere.erase(vip) > 0;
  if (kernel_.addresses.erase(vip) > 0 || was_elsewhere) Changed();
  return std::vector<hold::RemovedAddress>{{"eth0", 24, 0, 0, ""}};
}

absl::Status Node::PutAddressBack(const IpAddress& vip, const std::vector<hold::RemovedAddress>& /*removed*/) {
  if (kernel_.addresses.insert(vip).second) Changed();
  return absl::OkStatus();
}

absl::Status Node::StopDaemon() { return absl::PermissionDeniedError("not allowed by the configuration"); }
absl::Status Node::StartDaemon() { return absl::OkStatus(); }
absl::Status Node::RunExec(const IpAddress&) { return absl::UnimplementedError("no command"); }
absl::Status Node::AnnounceOnce(const IpAddress&) { return absl::OkStatus(); }
void Node::RunHook(hold::Hook, hold::Vips) {}

hold::Troubles Node::AskSegment(hold::Vips vips) {
  const std::uint64_t life = life_;
  for (const IpAddress& vip : vips) {
    schedule_.After(milliseconds(100), [this, vip, life] {
      if (life != life_ || !probe_runs()) return;
      keeper_->OnSegmentAnswer(vip, around_.somebody_answers(*this, vip), LocalNow());
      Look();
    });
  }
  return {};
}

absl::Status Node::Save(const hold::HoldMemory& memory) {
  memory_ = memory;
  return absl::OkStatus();
}

}  // namespace sim
