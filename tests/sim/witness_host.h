// The simulated witness: the real engine, a disk that loses what was not synced, and streams to the probes.
#ifndef TESTS_SIM_WITNESS_HOST_H_
#define TESTS_SIM_WITNESS_HOST_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arbiter/core/engine.h"
#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/schedule.h"

namespace sim {

// What a checker wants to see of the engine's doings, as they happen.
struct EngineObserver {
  std::function<void(const arbiter::core::Event&)> on_event;
  std::function<void(const arbiter::core::AskAffirm&)> on_ask;
  std::function<void(const arbiter::core::Directive&)> on_directive;
};

class WitnessHost {
 public:
  WitnessHost(Schedule& schedule, Random& random, arbiter::core::Policy policy,
              std::function<void(const std::string&)> log);

  void AddNode(Node& node);
  void SetObserver(EngineObserver observer) { observer_ = std::move(observer); }

  void Start();
  void Crash();
  [[nodiscard]] bool runs() const { return engine_ != nullptr; }
  // It runs, its disk takes what is written, and every node is connected by a network that works.
  [[nodiscard]] bool Undisturbed() const;
  void SetDiskError(const std::string& error) { disk_error_ = error; }
  // The management network of a node: messages wait, and the stream breaks after a while.
  void CutManagement(const std::string& node, bool cut);

  // Directives come a second time, late: by a connection that stood still, from an arbiter that was thought dead.
  void SetEchoes(double chance) { echoes_ = chance; }

  // Called by a node's probe.
  void Connect(Node& node);
  void Receive(Node& node, arbiter::core::Event event);
  // Called by an operator.
  void Command(const arbiter::core::Event& event);

  [[nodiscard]] const arbiter::core::Engine* engine() const { return engine_.get(); }
  // That were put and sent, in all of its lives.
  [[nodiscard]] std::uint64_t questions() const { return questions_; }
  [[nodiscard]] std::uint64_t directives() const { return directives_; }
  // What would be there after a crash now.
  [[nodiscard]] const std::map<std::string, arbiter::core::IncidentRecord>& disk() const { return disk_; }

 private:
  struct Stream {
    Node* node = nullptr;
    bool up = false;
    bool cut = false;
    std::uint64_t life = 0;               // of the connection
    Instant last_up{};                    // in-order delivery towards the arbiter
    Instant last_down{};                  // and towards the probe
    probe::hold::BootTime newest_sign{};  // the probe's own time in the newest message that came from it
    int attempts = 0;
    std::vector<std::function<void()>> waiting;  // messages of both directions, for the network to be there again
  };

  void Step(const arbiter::core::Event& event);
  void Carry(const arbiter::core::Effect& effect);
  void LogAnswer(const arbiter::core::Affirmed& affirmed);
  void ArmDeadline();
  void Break(Stream& stream);
  void RetryLater(Stream& stream);
  void SendOut(const arbiter::core::Directive& directive);
  // Hands it over in order, later while the network is cut, never when the connection has ended.
  void Deliver(Stream& stream, Instant& last, std::function<void()> what);

  Schedule& schedule_;
  Random& random_;
  arbiter::core::Policy policy_;
  std::function<void(const std::string&)> log_;
  std::map<std::string, Stream> streams_;
  std::unique_ptr<arbiter::core::Engine> engine_;
  std::uint64_t life_ = 0;
  std::uint64_t term_ = 0;
  std::uint64_t deadline_ = 0;
  double echoes_ = 0.0;
  std::string disk_error_;
  Instant last_write_{};
  std::map<std::string, arbiter::core::IncidentRecord> disk_;
  std::map<std::string, arbiter::core::ModeRecord> modes_;
  EngineObserver observer_;
  std::uint64_t questions_ = 0;
  std::uint64_t directives_ = 0;
};

}  // namespace sim

#endif  // TESTS_SIM_WITNESS_HOST_H_
