// What operators ask, answered by the loop, the store and the answers of the arbiter's own shell, with what two probes
// have said meanwhile: all of the server but gRPC, and the metrics. The clock is real, so waits are short; what time
// changes is for probe_message.
#include <google/protobuf/util/json_util.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "arbiter/process/log.h"
#include "arbiter/server/directive_ledger.h"
#include "arbiter/server/engine_loop.h"
#include "arbiter/server/event_log.h"
#include "arbiter/server/metrics.h"
#include "arbiter/server/operator_answers.h"
#include "arbiter/store/memory_store.h"
#include "arbiter/wire/operations.h"
#include "arbiter/wire/probe_message.h"
#include "script.pb.h"
#include "tests/fuzz/answering_link.h"
#include "tests/fuzz/script.h"

namespace {

namespace core = arbiter::core;
namespace process = arbiter::process;
namespace server = arbiter::server;
namespace store = arbiter::store;
namespace v1 = arbiter::v1;
namespace wire = arbiter::wire;
using fuzz::AnsweringLink;
using fuzz::ArbiterStep;
using fuzz::Require;

constexpr int kMostSteps = 40;
constexpr std::uint32_t kLongestMs = 2;

// A contest, a hold and a trial take milliseconds.
core::Policy Impatient() {
  core::Policy policy;
  policy.confirm_after = std::chrono::milliseconds(1);
  policy.affirm_within = std::chrono::milliseconds(20);
  policy.ask_again_after = std::chrono::milliseconds(5);
  policy.resend_after = std::chrono::milliseconds(10);
  policy.settle_min = std::chrono::milliseconds(2);
  policy.settle_max = std::chrono::milliseconds(20);
  policy.silence_limit = std::chrono::milliseconds(5);
  return policy;
}

core::Instant Now() { return std::chrono::steady_clock::now(); }

struct Stream {
  std::shared_ptr<AnsweringLink> link;
  bool attached = false;
};

class Shell {
 public:
  Shell(const process::Log* log, server::Metrics* metrics)
      : loop_(Impatient(), {}, {&store_, log, &events_, metrics, &ledger_}),
        answers_(&loop_, &store_, log, {"w1", "fuzz", Now()}),
        metrics_(metrics) {
    loop_.Start(store_.Open().value());
  }
  ~Shell() { loop_.Stop(); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  void Play(const ArbiterStep& step) {
    Stream& stream = streams_.at(step.stream() % streams_.size());
    if (stream.link != nullptr) stream.link->set_mute(step.mute());
    // The loop runs on the real clock: what it does by itself needs a moment of it.
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(step.after_ms(), kLongestMs)));
    if (step.has_says()) return Hear(stream, step.says());
    if (step.has_gone()) return End(stream);
    if (step.has_disk()) {
      const bool fails = step.disk() == fuzz::DISK_FAILS;
      return store_.FailWrites(fails ? absl::ResourceExhaustedError("full") : absl::OkStatus());
    }
    Ask(step);
  }

 private:
  void Ask(const ArbiterStep& step) {
    const std::string who = "operator";
    if (step.has_demote()) {
      Answer<v1::DemoteResponse>(
          step.demote(), [&](const auto& request, auto* response) { return answers_.Demote(request, who, response); });
    } else if (step.has_release()) {
      Answer<v1::ReleaseResponse>(step.release(), [&](const auto& request, auto* response) {
        return answers_.Release(request, who, response);
      });
    } else if (step.has_forget()) {
      Answer<v1::ForgetResponse>(
          step.forget(), [&](const auto& request, auto* response) { return answers_.Forget(request, who, response); });
    } else if (step.has_mode()) {
      Answer<v1::SetModeResponse>(
          step.mode(), [&](const auto& request, auto* response) { return answers_.SetMode(request, who, response); });
    } else {
      Look(step);
    }
  }

  void Look(const ArbiterStep& step) {
    Answer<v1::GetStatusResponse>(
        step.status(), [this](const auto& request, auto* response) { return answers_.GetStatus(request, response); });
    Answer<v1::ListNodesResponse>(
        step.nodes(), [this](const auto& request, auto* response) { return answers_.ListNodes(request, response); });
    Answer<v1::GetDiffResponse>(
        step.diff(), [this](const auto& request, auto* response) { return answers_.GetDiff(request, response); });
    if (step.has_incident()) {
      Answer<v1::Incident>(step.incident(), [this](const auto& request, auto* response) {
        return answers_.GetIncident(request, response);
      });
    }
    Measure();
    if (step.has_watch()) Watch(step.watch());
    Answer<v1::ListAuditResponse>(
        step.audit(), [this](const auto& request, auto* response) { return answers_.ListAudit(request, response); });
    Answer<v1::ListIncidentsResponse>(step.incidents(), [this](const auto& request, auto* response) {
      return answers_.ListIncidents(request, response);
    });
  }

  void Measure() {
    const auto view = loop_.Look([](const core::Engine& engine, const server::ProbeRegistry& /*registry*/,
                                    core::Instant at) { return engine.View(at); });
    if (view.ok()) Require(!metrics_->Render({*view, 2, loop_.term()}).empty());
  }

  // As EventStream does for who does not follow.
  void Watch(v1::WatchEventsRequest request) {
    if (!fuzz::Transmit(&request)) return;
    const std::uint64_t end = events_.Next();
    for (std::uint64_t next = events_.StartOf(request.backlog(), request.cluster()); next < end; ++next) {
      const auto event = events_.At(next);
      Require(event.has_value());
      Print(wire::ToProto(event->note, event->at));
    }
  }

  template <typename Message>
  static void Print(const Message& message) {
    std::string text;
    Require(google::protobuf::util::MessageToJsonString(message, &text).ok());
  }

  // A refusal says why; an answer can be printed.
  template <typename Response, typename Request, typename Call>
  void Answer(Request request, const Call& call) {
    if (!fuzz::Transmit(&request)) return;
    Response response;
    const absl::Status status = call(request, &response);
    Require(status.ok() || !status.message().empty());
    Require(!absl::IsDeadlineExceeded(status) && !absl::IsInternal(status));
    if (status.ok()) Print(response);
  }

  void End(Stream& stream) {
    if (stream.link != nullptr) loop_.Gone(stream.link);
    stream = {};
  }

  void Hear(Stream& stream, v1::ProbeMessage message) {
    if (!fuzz::Transmit(&message)) return End(stream);
    if (message.has_hello()) return Greet(stream, message.hello());
    if (stream.link == nullptr) return;
    const wire::Sender sender = stream.link->sender();
    if (message.has_snapshot()) {
      auto event = wire::ReadSnapshot(message.snapshot(), stream.link->hello(), stream.link->peer(), sender);
      if (!event.ok() || stream.attached) return End(stream);
      stream.attached = true;
      stream.link->Said(message);
      return loop_.Snapshot(stream.link, *std::move(event));
    }
    if (!stream.attached) return;
    stream.link->Said(message);
    const auto hand_over = [&](auto event) {
      if (!event.ok()) return End(stream);
      loop_.Say(stream.link, *std::move(event));
    };
    if (message.has_heartbeat()) {
      loop_.Heartbeat(stream.link);
    } else if (message.has_change()) {
      hand_over(wire::ReadChange(message.change(), sender));
    } else if (message.has_affirmation()) {
      if (message.affirmation().nonce() == 0) message.mutable_affirmation()->set_nonce(stream.link->asked());
      hand_over(wire::ReadAffirmation(message.affirmation(), sender));
    } else if (message.has_result()) {
      hand_over(ReadResult(stream, message.result(), sender));
    }
  }

  absl::StatusOr<core::DirectiveDone> ReadResult(const Stream& stream, v1::DirectiveResult result,
                                                 const wire::Sender& sender) const {
    if (result.term() == 0) {
      result.set_term(stream.link->ordered().term);
      result.set_sequence(stream.link->ordered().sequence);
    }
    const auto sent = ledger_.Find({result.term(), result.sequence()}, sender.node);
    return wire::ReadResult(result, sent.has_value() ? sent->vips : std::vector<arbiter::IpAddress>(), sender);
  }

  void Greet(Stream& stream, const v1::Hello& hello) {
    const absl::StatusOr<core::NodeKey> node = wire::ReadNodeKey(hello);
    if (stream.link != nullptr || !node.ok()) return End(stream);
    stream.link = std::make_shared<AnsweringLink>(&loop_, *node, hello);
    loop_.Hello(stream.link, {});
  }

  store::MemoryStore store_;
  server::EventLog events_;
  server::DirectiveLedger ledger_;
  server::EngineLoop loop_;
  server::OperatorAnswers answers_;
  server::Metrics* const metrics_;
  std::array<Stream, 2> streams_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  fuzz::ArbiterScript script;
  return fuzz::MutateScript(&script, data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const process::Log log(process::LogLevel::kError, std::make_shared<spdlog::sinks::null_sink_mt>());
  static server::Metrics metrics;
  fuzz::ArbiterScript script;
  fuzz::ReadScript(data, size, &script);
  Shell shell(&log, &metrics);
  for (int i = 0; i < std::min(script.step_size(), kMostSteps); ++i) shell.Play(script.step(i));
  return 0;
}
