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

absl::Status Node::ShutGate(const IpAddress& vip, std::optional<Duration> for_time) {
  if (!config_.gate_usable) return absl::UnimplementedError("no egress hook");
  Gate& gate = kernel_.gates[vip];
  gate.adverts_until = Instant{};
  if (for_time.has_value()) {
    gate.shut = false;
    gate.shut_until = schedule_.now() + *for_time;
    WatchKernelTimer(gate.shut_until);
  } else {
    gate.shut = true;
  }
  return absl::OkStatus();
}

absl::Status Node::AdvertsOnly(const IpAddress& vip, Duration for_time) {
  if (!config_.gate_usable) return absl::UnimplementedError("no egress hook");
  Gate& gate = kernel_.gates[vip];
  gate.shut = true;
  gate.adverts_until = schedule_.now() + for_time;
  WatchKernelTimer(gate.adverts_until);
  return absl::OkStatus();
}

absl::Status Node::OpenGate(const IpAddress& vip) {
  kernel_.gates.erase(vip);
  return absl::OkStatus();
}

absl::StatusOr<hold::GateState> Node::ReadGate(const IpAddress& vip) {
  if (!config_.gate_usable) return hold::GateState::kUnavailable;
  return kernel_.GateOf(vip, schedule_.now());
}

absl::Status Node::SetTrackFile(const IpAddress& vip, bool demote) {
  if (!config_.track_file) return absl::FailedPreconditionError("no track file");
  const std::vector<IpAddress> scope = TrackScope(vip);
  schedule_.After(random_.Between(microseconds(500), milliseconds(8)), [this, scope, demote] {
    for (const auto& router : routers_) {
      const std::vector<IpAddress>& vips = router->config().vips;
      const bool in = std::any_of(vips.begin(), vips.end(), [&](const IpAddress& v) {
        return std::find(scope.begin(), scope.end(), v) != scope.end();
      });
      if (in) router->SetTrackFile(demote);
    }
    Changed();
  });
  return absl::OkStatus();
}

absl::Status Node::RemoveAddress(const IpAddress& vip) {
  if (kernel_.addresses.erase(vip) > 0) Changed();
  return absl::OkStatus();
}

absl::Status Node::StopDaemon() { return absl::PermissionDeniedError("not allowed by the configuration"); }
absl::Status Node::StartDaemon() { return absl::OkStatus(); }
absl::Status Node::RunExec(const IpAddress&) { return absl::UnimplementedError("no command"); }
absl::Status Node::AnnounceOnce(const IpAddress&) { return absl::OkStatus(); }
void Node::RunHook(hold::Hook, const IpAddress&) {}

absl::Status Node::AskSegment(const IpAddress& vip) {
  const std::uint64_t life = life_;
  schedule_.After(milliseconds(100), [this, vip, life] {
    if (life != life_ || !probe_runs()) return;
    keeper_->OnSegmentAnswer(vip, around_.somebody_answers(*this, vip), LocalNow());
    Look();
  });
  return absl::OkStatus();
}

absl::Status Node::Save(const hold::HoldMemory& memory) {
  memory_ = memory;
  return absl::OkStatus();
}

}  // namespace sim
