// A stream to the arbiter's shell behind which a node answers by itself, as an honest probe does: each question with
// what it has said last, each directive by doing it.
#ifndef TESTS_FUZZ_ANSWERING_LINK_H_
#define TESTS_FUZZ_ANSWERING_LINK_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/wire/probe_message.h"

namespace fuzz {

// Thread-safe.
class AnsweringLink final : public arbiter::server::ProbeLink, public std::enable_shared_from_this<AnsweringLink> {
 public:
  AnsweringLink(arbiter::server::EngineLoop* loop, arbiter::core::NodeKey node, arbiter::v1::Hello hello)
      : loop_(loop), node_(std::move(node)), hello_(std::move(hello)) {
    (*said_.mutable_reach())[""].set_asked(2);
    (*said_.mutable_reach())[""].set_answered(2);
  }

  [[nodiscard]] const arbiter::core::NodeKey& node() const override { return node_; }
  [[nodiscard]] const std::string& instance() const override { return hello_.instance(); }
  [[nodiscard]] std::string peer() const override { return "192.0.2.1:4711"; }
  [[nodiscard]] std::uint64_t newest_term() const override { return hello_.newest_term(); }
  [[nodiscard]] arbiter::core::Instant last_heard() const override { return Now(); }
  void SendWelcome(const arbiter::v1::Welcome& /*welcome*/) override {}
  void SendKnownVips(const std::vector<arbiter::IpAddress>& /*vips*/) override {}
  void SendAlive() override {}
  void Close(const absl::Status& /*status*/) override {}
  void Taken() override {}
  arbiter::core::Instant TakeHeartbeat() override { return Now(); }

  void SendAsk(const arbiter::core::AskAffirm& ask) override {
    const absl::MutexLock lock(&mutex_);
    asked_ = ask.nonce;
    if (silent_) return;
    arbiter::v1::Affirmation answer = said_;
    answer.set_nonce(ask.nonce);
    Say(arbiter::wire::ReadAffirmation(answer, sender()));
  }

  void SendDirective(const arbiter::core::Directive& directive) override {
    const absl::MutexLock lock(&mutex_);
    ordered_ = directive.fence;
    if (silent_) return;
    Obey(directive);
    arbiter::v1::DirectiveResult result;
    result.set_term(directive.fence.term);
    result.set_sequence(directive.fence.sequence);
    result.set_outcome(arbiter::v1::DIRECTIVE_OUTCOME_DONE);
    *result.mutable_shared() = said_.shared();
    for (const arbiter::v1::VipReport& report : said_.vips()) {
      if (IsFor(directive, report)) *result.add_vips() = report;
    }
    Say(arbiter::wire::ReadResult(result, directive.vips, sender()));
  }

  // A Snapshot, a Change or an Affirmation: what it says of its VIPs from now on.
  template <typename Message>
  void Said(const Message& message) {
    const absl::MutexLock lock(&mutex_);
    *said_.mutable_vips() = message.vips();
    *said_.mutable_shared() = message.shared();
  }

  void set_silent(bool silent) { silent_ = silent; }
  [[nodiscard]] const arbiter::v1::Hello& hello() const { return hello_; }
  [[nodiscard]] arbiter::wire::Sender sender() const { return {node_, Now(), {}}; }
  [[nodiscard]] std::uint64_t asked() const {
    const absl::MutexLock lock(&mutex_);
    return asked_;
  }
  [[nodiscard]] arbiter::core::Fence ordered() const {
    const absl::MutexLock lock(&mutex_);
    return ordered_;
  }

 private:
  static arbiter::core::Instant Now() { return std::chrono::steady_clock::now(); }

  static bool IsFor(const arbiter::core::Directive& directive, const arbiter::v1::VipReport& report) {
    const auto vip = arbiter::IpAddress::Parse(report.address());
    return vip.ok() && std::find(directive.vips.begin(), directive.vips.end(), *vip) != directive.vips.end();
  }

  void Obey(const arbiter::core::Directive& directive) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    namespace core = arbiter::core;
    const bool shuts = std::holds_alternative<core::OrderHold>(directive.action) ||
                       std::holds_alternative<core::ShutForAWhile>(directive.action);
    const bool opens = std::holds_alternative<core::Release>(directive.action);
    for (arbiter::v1::VipReport& report : *said_.mutable_vips()) {
      if (!IsFor(directive, report)) continue;
      if (shuts) report.set_gate(arbiter::v1::GATE_STATE_SHUT);
      if (opens) report.set_gate(arbiter::v1::GATE_STATE_OPEN);
    }
  }

  // A stream that says what cannot be read ends; this one falls silent.
  template <typename Event>
  void Say(Event event) {
    if (event.ok()) loop_->Say(shared_from_this(), *std::move(event));
  }

  arbiter::server::EngineLoop* const loop_;
  const arbiter::core::NodeKey node_;
  const arbiter::v1::Hello hello_;
  std::atomic<bool> silent_ = false;
  mutable absl::Mutex mutex_;
  arbiter::v1::Affirmation said_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t asked_ ABSL_GUARDED_BY(mutex_) = 0;
  arbiter::core::Fence ordered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fuzz

#endif  // TESTS_FUZZ_ANSWERING_LINK_H_
