// A stream to the arbiter's shell behind which a node answers by itself, as an honest probe does: each question with
// what it has said last, each directive by doing it.
#ifndef TESTS_FUZZ_ANSWERING_LINK_H_
#define TESTS_FUZZ_ANSWERING_LINK_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/v1/probe_service.pb.h"
#include "arbiter/wire/probe_message.h"
#include "tests/fuzz/honest_node.h"

namespace fuzz {

// Thread-safe.
class AnsweringLink final : public arbiter::server::ProbeLink, public std::enable_shared_from_this<AnsweringLink> {
 public:
  AnsweringLink(arbiter::server::EngineLoop* loop, arbiter::core::NodeKey node, arbiter::v1::Hello hello)
      : loop_(loop), node_(std::move(node)), hello_(std::move(hello)) {}

  [[nodiscard]] const arbiter::core::NodeKey& node() const override { return node_; }
  [[nodiscard]] const std::string& instance() const override { return hello_.instance(); }
  [[nodiscard]] std::string peer() const override { return "192.0.2.1:4711"; }
  [[nodiscard]] const std::string& certificate() const override { return certificate_; }
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
    if (!mute_) Say(arbiter::wire::ReadAffirmation(honest_.AnswerTo(ask).affirmation(), sender()));
  }
  void SendDirective(const arbiter::core::Directive& directive) override {
    const absl::MutexLock lock(&mutex_);
    ordered_ = directive.fence;
    if (!mute_) Say(arbiter::wire::ReadResult(honest_.Obey(directive).result(), directive.vips, sender()));
  }

  void Said(const arbiter::v1::ProbeMessage& message) {
    const absl::MutexLock lock(&mutex_);
    honest_.Said(message);
  }
  void set_mute(bool mute) { mute_ = mute; }
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

  // A stream that says what cannot be read ends; this one falls silent.
  template <typename Event>
  void Say(Event event) {
    if (event.ok()) loop_->Say(shared_from_this(), *std::move(event));
  }

  arbiter::server::EngineLoop* const loop_;
  const arbiter::core::NodeKey node_;
  const arbiter::v1::Hello hello_;
  const std::string certificate_;  // as without TLS
  std::atomic<bool> mute_ = false;
  mutable absl::Mutex mutex_;
  HonestNode honest_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t asked_ ABSL_GUARDED_BY(mutex_) = 0;
  arbiter::core::Fence ordered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fuzz

#endif  // TESTS_FUZZ_ANSWERING_LINK_H_
