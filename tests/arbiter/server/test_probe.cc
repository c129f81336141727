#include "tests/arbiter/server/test_probe.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace arbiter::server {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr char kTestVip[] = "10.0.0.100";

v1::VipReport Vip() {
  v1::VipReport vip;
  vip.set_address(kTestVip);
  vip.set_gate(v1::GATE_STATE_OPEN);
  vip.set_daemon(v1::DAEMON_STATE_RUNNING);
  vip.set_in_daemon_config(true);
  vip.set_instance("VI_1");
  vip.add_bound_together(kTestVip);
  v1::Rung* gate = vip.add_rungs();
  gate->set_kind(v1::RUNG_KIND_GATE);
  gate->set_usable(true);
  gate->add_scope(kTestVip);
  return vip;
}

}  // namespace

v1::Hello HelloOf(const std::string& node, const std::string& instance, const std::string& cluster) {
  v1::Hello hello;
  hello.set_node(node);
  hello.set_cluster(cluster);
  hello.set_instance(instance);
  hello.set_probe_version("test");
  return hello;
}

v1::VipReport HeldVip(std::uint32_t priority) {
  v1::VipReport vip = Vip();
  vip.set_configured(true);
  vip.set_interface("eth0");
  vip.mutable_configured_for()->set_seconds(1);
  vip.set_effective(true);
  vip.set_advertises(true);
  vip.set_vrid(66);
  vip.set_priority(priority);
  vip.set_version(2);
  vip.set_segment("10.0.0.0/24");
  vip.set_primary_address("10.0.0." + std::to_string(priority % 200));
  vip.mutable_advert_interval()->set_seconds(1);
  vip.mutable_master_down_interval()->set_seconds(3);
  return vip;
}

v1::VipReport AbsentVip() { return Vip(); }

TestProbe::TestProbe(const std::shared_ptr<grpc::Channel>& channel, Reading reading)
    : stub_(v1::ProbeService::NewStub(channel)) {
  context_.set_wait_for_ready(true);
  stream_ = stub_->Attach(&context_);
  if (reading == Reading::kYes) {
    reader_ = std::thread([this] { Read(); });
  }
}

TestProbe::~TestProbe() {
  context_.TryCancel();
  if (reader_.joinable()) {
    reader_.join();
  }
  if (!status_.has_value()) {
    stream_->Finish();
  }
}

void TestProbe::Read() {
  v1::ArbiterMessage message;
  while (stream_->Read(&message)) {
    std::optional<v1::VipReport> answer;
    {
      const absl::MutexLock lock(&mutex_);
      if (message.has_affirm() && always_.has_value()) {
        answer = always_;
      } else {
        inbox_.push_back(message);
      }
    }
    if (answer.has_value()) {
      Affirm(message.affirm(), *answer);
    }
  }
  const absl::MutexLock lock(&mutex_);
  ended_ = true;
}

bool TestProbe::Send(const v1::ProbeMessage& message) {
  const absl::MutexLock lock(&write_mutex_);
  return stream_->Write(message);
}

bool TestProbe::Say(const v1::Hello& hello) {
  v1::ProbeMessage message;
  *message.mutable_hello() = hello;
  return Send(message);
}

bool TestProbe::Report(const v1::VipReport& vip) {
  v1::ProbeMessage message;
  *message.mutable_change()->add_vips() = vip;
  message.mutable_change()->set_probe_time_ns(Tick());
  return Send(message);
}

bool TestProbe::Heartbeat() {
  v1::ProbeMessage message;
  message.mutable_heartbeat()->set_probe_time_ns(Tick());
  return Send(message);
}

bool TestProbe::Attach(const v1::Hello& hello, const std::vector<v1::VipReport>& vips) {
  if (!Say(hello) || !Await([](const auto& message) { return message.has_welcome(); }).has_value()) {
    return false;
  }
  v1::ProbeMessage message;
  message.mutable_snapshot()->mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
  message.mutable_snapshot()->mutable_node()->set_gate_usable(true);
  for (const v1::VipReport& vip : vips) {
    *message.mutable_snapshot()->add_vips() = vip;
  }
  return Send(message) && Heartbeat();
}

bool TestProbe::Affirm(const v1::AffirmRequest& request, const v1::VipReport& vip) {
  v1::ProbeMessage message;
  v1::Affirmation* affirmation = message.mutable_affirmation();
  affirmation->set_nonce(request.nonce());
  affirmation->set_probe_time_ns(Tick());
  *affirmation->add_vips() = vip;
  return Send(message);
}

void TestProbe::AffirmAlways(const v1::VipReport& vip) {
  const absl::MutexLock lock(&mutex_);
  always_ = vip;
}

bool TestProbe::Done(const v1::Directive& directive, const v1::VipReport& vip) {
  v1::ProbeMessage message;
  v1::DirectiveResult* result = message.mutable_result();
  result->set_term(directive.term());
  result->set_sequence(directive.sequence());
  result->set_outcome(v1::DIRECTIVE_OUTCOME_DONE);
  *result->mutable_vip() = vip;
  return Send(message);
}

std::optional<v1::ArbiterMessage> TestProbe::Await(const std::function<bool(const v1::ArbiterMessage&)>& wanted,
                                                   absl::Duration limit) {
  const absl::Time deadline = absl::Now() + limit;
  const absl::MutexLock lock(&mutex_);
  while (true) {
    const auto something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ || !inbox_.empty(); };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&something), deadline) || inbox_.empty()) {
      return std::nullopt;
    }
    v1::ArbiterMessage message = std::move(inbox_.front());
    inbox_.pop_front();
    if (wanted(message)) {
      return message;
    }
  }
}

std::optional<v1::Directive> TestProbe::AwaitDirective(v1::Directive::ActionCase action) {
  const auto message =
      Await([action](const auto& one) { return one.has_directive() && one.directive().action_case() == action; });
  return message.has_value() ? std::optional<v1::Directive>(message->directive()) : std::nullopt;
}

std::optional<v1::AffirmRequest> TestProbe::AwaitAffirm() {
  const auto message = Await([](const auto& one) { return one.has_affirm(); });
  return message.has_value() ? std::optional<v1::AffirmRequest>(message->affirm()) : std::nullopt;
}

grpc::Status TestProbe::AwaitEnd() {
  {
    const absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(&ended_), kPatience)) {
      return {grpc::StatusCode::DEADLINE_EXCEEDED, "the stream is still open"};
    }
  }
  if (!status_.has_value()) {
    status_ = stream_->Finish();
  }
  return *status_;
}

bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    if (condition()) {
      return true;
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  return condition();
}

}  // namespace arbiter::server
