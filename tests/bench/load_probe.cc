#include "tests/bench/load_probe.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace bench {
namespace {

namespace v1 = arbiter::v1;

constexpr int kVips = 2;
constexpr int kKeepaliveTimeMs = 10'000;
constexpr int kKeepaliveTimeoutMs = 13'000;  // the load generator itself may be late
constexpr std::size_t kMostUnsent = 16;

std::uint64_t ProbeTime() { return static_cast<std::uint64_t>(Clock::now().time_since_epoch().count()); }

std::string Address(int cluster, int host) { return absl::StrCat("10.", cluster / 256, ".", cluster % 256, ".", host); }

void SetHeld(bool held, v1::VipReport* vip) {
  vip->set_configured(held);
  vip->set_effective(held);
  vip->set_advertises(held);
}

// What keepalived's node with a working gate reports of a VIP.
v1::VipReport ReportOf(const Place& place, int number) {
  v1::VipReport vip;
  vip.set_address(Address(place.cluster, 100 + number));
  vip.set_interface("eth0");
  vip.set_gate(v1::GATE_STATE_OPEN);
  vip.set_daemon(v1::DAEMON_STATE_RUNNING);
  vip.set_in_daemon_config(true);
  vip.set_instance(absl::StrCat("VI_", number));
  vip.add_bound_together(vip.address());
  v1::Rung* gate = vip.add_rungs();
  gate->set_kind(v1::RUNG_KIND_GATE);
  gate->set_usable(true);
  gate->add_scope(vip.address());
  vip.set_vrid(66U + static_cast<std::uint32_t>(number));
  vip.set_priority(place.holds ? 100 : 90);
  vip.set_version(2);
  vip.set_segment(absl::StrCat(Address(place.cluster, 0), "/24"));
  vip.set_primary_address(Address(place.cluster, place.holds ? 1 : 2));
  vip.mutable_advert_interval()->set_seconds(1);
  vip.mutable_master_down_interval()->set_seconds(3);
  SetHeld(place.holds, &vip);
  return vip;
}

v1::GateState GateAfter(v1::Directive::ActionCase action) {
  switch (action) {
    case v1::Directive::kShutForAWhile:
      return v1::GATE_STATE_SHUT_FOR_A_WHILE;
    case v1::Directive::kHold:
    case v1::Directive::kEndTrial:
      return v1::GATE_STATE_SHUT;
    case v1::Directive::kTrial:
      return v1::GATE_STATE_ADVERTS_ONLY;
    case v1::Directive::kRelease:
    case v1::Directive::kAnnounce:
    case v1::Directive::ACTION_NOT_SET:
      return v1::GATE_STATE_OPEN;
  }
  return v1::GATE_STATE_OPEN;
}

}  // namespace

std::shared_ptr<grpc::Channel> OwnConnection(int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(absl::StrCat("dns:///127.0.0.1:", port), credentials, arguments);
}

std::string Place::ClusterName() const { return absl::StrCat("c", cluster); }

v1::ProbeMessage HelloFrom(const std::string& cluster, const std::string& node) {
  v1::ProbeMessage message;
  v1::Hello* hello = message.mutable_hello();
  hello->set_node(node);
  hello->set_cluster(cluster);
  hello->set_probe_version("bench");
  hello->set_instance(absl::StrCat(cluster, "/", node, "/", ProbeTime()));
  return message;
}

LoadProbe::LoadProbe(const std::shared_ptr<grpc::Channel>& channel, Place place, Events events)
    : events_(std::move(events)), stub_(v1::ProbeService::NewStub(channel)) {
  for (int i = 0; i < kVips; ++i) vips_.push_back(ReportOf(place, i));
  context_.set_wait_for_ready(true);
  stub_->async()->Attach(&context_, this);
  StartRead(&incoming_);
  Send(HelloFrom(place.ClusterName(), place.NodeName()));
  StartCall();
}

LoadProbe::~LoadProbe() {
  context_.TryCancel();
  done_.WaitForNotification();
}

void LoadProbe::Heartbeat() {
  v1::ProbeMessage message;
  message.mutable_heartbeat()->set_probe_time_ns(ProbeTime());
  Send(std::move(message));
}

void LoadProbe::Report(std::size_t vip, bool held) {
  v1::ProbeMessage message;
  const absl::MutexLock lock(&mutex_);
  arrivals_.clear();
  SetHeld(held, &vips_[vip]);
  *message.mutable_change()->add_vips() = vips_[vip];
  message.mutable_change()->set_probe_time_ns(ProbeTime());
  SendLocked(std::move(message));
}

std::optional<Clock::time_point> LoadProbe::Await(v1::Directive::ActionCase action, std::chrono::milliseconds within) {
  const absl::Time deadline = absl::Now() + absl::FromChrono(within);
  const absl::MutexLock lock(&mutex_);
  const auto something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closed_ || !arrivals_.empty(); };
  while (mutex_.AwaitWithDeadline(absl::Condition(&something), deadline) && !arrivals_.empty()) {
    const Arrival arrival = arrivals_.front();
    arrivals_.pop_front();
    if (arrival.action == action) return arrival.at;
  }
  return std::nullopt;
}

void LoadProbe::OnReadDone(bool ok) {
  const Clock::time_point now = Clock::now();
  if (!ok) {
    const absl::MutexLock lock(&mutex_);
    closed_ = true;
    return;
  }
  if (incoming_.has_welcome()) {
    SendSnapshot();
    events_.attached();
  } else if (incoming_.has_affirm()) {
    Answer(incoming_.affirm());
  } else if (incoming_.has_directive()) {
    {
      const absl::MutexLock lock(&mutex_);
      arrivals_.push_back({incoming_.directive().action_case(), now});
    }
    Obey(incoming_.directive());
  }
  StartRead(&incoming_);
}

void LoadProbe::SendSnapshot() {
  v1::ProbeMessage message;
  v1::NodeReport* node = message.mutable_snapshot()->mutable_node();
  node->set_daemon(v1::DAEMON_STATE_RUNNING);
  node->set_daemon_name("keepalived");
  node->set_gate_usable(true);
  const absl::MutexLock lock(&mutex_);
  for (const v1::VipReport& vip : vips_) *message.mutable_snapshot()->add_vips() = vip;
  SendLocked(std::move(message));
  v1::ProbeMessage first_sign;
  first_sign.mutable_heartbeat()->set_probe_time_ns(ProbeTime());
  SendLocked(std::move(first_sign));
}

void LoadProbe::Answer(const v1::AffirmRequest& request) {
  v1::ProbeMessage message;
  v1::Affirmation* affirmation = message.mutable_affirmation();
  affirmation->set_nonce(request.nonce());
  affirmation->set_probe_time_ns(ProbeTime());
  const absl::MutexLock lock(&mutex_);
  for (const v1::VipReport& vip : vips_) {
    for (const std::string& asked : request.vips()) {
      if (asked == vip.address()) *affirmation->add_vips() = vip;
    }
  }
  SendLocked(std::move(message));
}

void LoadProbe::Obey(const v1::Directive& directive) {
  v1::ProbeMessage message;
  v1::DirectiveResult* result = message.mutable_result();
  result->set_term(directive.term());
  result->set_sequence(directive.sequence());
  result->set_outcome(v1::DIRECTIVE_OUTCOME_DONE);
  const absl::MutexLock lock(&mutex_);
  for (v1::VipReport& vip : vips_) {
    if (vip.address() != directive.vip()) continue;
    vip.set_gate(GateAfter(directive.action_case()));
    *result->mutable_vip() = vip;
  }
  SendLocked(std::move(message));
}

void LoadProbe::Send(v1::ProbeMessage message) {
  const absl::MutexLock lock(&mutex_);
  SendLocked(std::move(message));
}

void LoadProbe::SendLocked(v1::ProbeMessage message) {
  if (closed_ || (message.has_heartbeat() && unsent_.size() > kMostUnsent)) return;
  unsent_.push_back(std::move(message));
  if (!writing_) WriteNext();
}

void LoadProbe::WriteNext() {
  outgoing_ = std::move(unsent_.front());
  unsent_.pop_front();
  writing_ = true;
  StartWrite(&outgoing_);
}

void LoadProbe::OnWriteDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  writing_ = false;
  if (ok && !closed_ && !unsent_.empty()) WriteNext();
}

void LoadProbe::OnDone(const grpc::Status& status) {
  events_.ended(status);
  done_.Notify();
}

}  // namespace bench
