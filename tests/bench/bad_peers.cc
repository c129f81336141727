#include "tests/bench/bad_peers.h"

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/load_probe.h"

namespace bench {
namespace {

namespace v1 = arbiter::v1;
using Stream = grpc::ClientReaderWriter<v1::ProbeMessage, v1::ArbiterMessage>;

constexpr int kHalfOpen = 1'000;
constexpr int kMillion = 1'000'000;
constexpr int kMostThatFit = 500'000;  // addresses, within the 8 MiB of a message
constexpr std::size_t kTooLong = 9U * 1024 * 1024;
constexpr std::chrono::milliseconds kBetweenTries{200};  // a probe's own first wait
constexpr std::chrono::microseconds kBetweenChanges{100};
constexpr int kVipsToTellOf = 3'000;

std::string Text(const grpc::Status& status) {
  return absl::StrCat("status ", status.error_code(), ": ", status.error_message());
}

// One thread and one stream at a time.
class StreamPeer : public BadPeer {
 public:
  StreamPeer(const BenchServer& server, std::string cluster)
      : channel_(OwnConnection(server.port(), server.Credentials("bad"))), cluster_(std::move(cluster)) {}
  ~StreamPeer() override { Join(); }

  void Begin() override {
    thread_ = std::thread([this] { Run(); });
  }
  std::string End() override {
    Join();
    return outcome_;
  }

 protected:
  virtual void Run() = 0;

  // A stream that has said hello.
  std::unique_ptr<Stream> Attach(grpc::ClientContext* context) const {
    const auto stub = v1::ProbeService::NewStub(channel_);
    context->set_wait_for_ready(true);
    auto stream = stub->Attach(context);
    stream->Write(HelloFrom(cluster_, "bad"));
    return stream;
  }

  [[nodiscard]] bool stopping() const { return stopping_; }
  void SetOutcome(std::string outcome) { outcome_ = std::move(outcome); }

 private:
  void Join() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string cluster_;
  std::atomic<bool> stopping_{false};
  std::string outcome_;
  std::thread thread_;
};

// Sends a message that is refused, and comes again.
class RefusedPeer final : public StreamPeer {
 public:
  RefusedPeer(const BenchServer& server, std::string name, v1::ProbeMessage message)
      : StreamPeer(server, "refused"), name_(std::move(name)), message_(std::move(message)) {}
  ~RefusedPeer() override { End(); }

  [[nodiscard]] std::string Name() const override { return name_; }

 private:
  void Run() override {
    int tries = 0;
    grpc::Status status;
    while (!stopping()) {
      grpc::ClientContext context;
      const auto stream = Attach(&context);
      stream->Write(message_);
      v1::ArbiterMessage answer;
      while (stream->Read(&answer)) {
      }
      status = stream->Finish();
      ++tries;
      std::this_thread::sleep_for(kBetweenTries);
    }
    SetOutcome(absl::StrCat("refused ", tries, " times, ", Text(status)));
  }

  const std::string name_;
  const v1::ProbeMessage message_;
};

// Is told of thousands of VIPs, and reads nothing of it.
class DeafPeer final : public StreamPeer {
 public:
  explicit DeafPeer(const BenchServer& server) : StreamPeer(server, "deaf") {}
  ~DeafPeer() override { End(); }

  [[nodiscard]] std::string Name() const override { return "a probe that never reads"; }

 private:
  void Run() override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(25));
    const auto stream = Attach(&context);
    v1::ProbeMessage message;
    v1::Snapshot* snapshot = message.mutable_snapshot();
    snapshot->mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
    for (int i = 0; i < kVipsToTellOf; ++i)
      AddVip(absl::StrCat("10.200.", i / 250, ".", i % 250), snapshot->add_vips());
    bool open = stream->Write(message);
    const Clock::time_point began = Clock::now();
    // Each new VIP makes the arbiter tell the whole cluster of all of them.
    for (int i = 0; open && (!stopping() || Clock::now() - began < std::chrono::seconds(20)); ++i) {
      v1::ProbeMessage fresh;
      AddVip(absl::StrCat("10.201.", i / 250, ".", i % 250), fresh.mutable_change()->add_vips());
      open = stream->Write(fresh);
      std::this_thread::sleep_for(kBetweenTries);
    }
    const std::chrono::duration<double> lasted = Clock::now() - began;
    if (open) {
      context.TryCancel();
      SetOutcome("still there after 20 s");
    }
    v1::ArbiterMessage unread;
    while (stream->Read(&unread)) {  // the status comes behind what was not read
    }
    const grpc::Status status = stream->Finish();
    if (!open) SetOutcome(absl::StrFormat("cut off after %.1f s, %s", lasted.count(), Text(status)));
  }

  static void AddVip(const std::string& address, v1::VipReport* vip) {
    vip->set_address(address);
    vip->set_gate(v1::GATE_STATE_OPEN);
    vip->set_daemon(v1::DAEMON_STATE_UNKNOWN);
    vip->set_in_daemon_config(true);
  }
};

// Changes its mind ten thousand times a second.
class FloodingPeer final : public StreamPeer {
 public:
  explicit FloodingPeer(const BenchServer& server) : StreamPeer(server, "flood") {}
  ~FloodingPeer() override { End(); }

  [[nodiscard]] std::string Name() const override { return "10,000 changes a second"; }

 private:
  void Run() override {
    grpc::ClientContext context;
    const auto stream = Attach(&context);
    v1::ProbeMessage message;
    message.mutable_snapshot()->mutable_node()->set_daemon(v1::DAEMON_STATE_RUNNING);
    bool open = stream->Write(message);
    const Clock::time_point began = Clock::now();
    Clock::time_point next = began;
    int sent = 0;
    for (; open && !stopping(); ++sent) {
      v1::ProbeMessage change;
      v1::VipReport* vip = change.mutable_change()->add_vips();
      vip->set_address("10.202.0.1");
      vip->set_gate(v1::GATE_STATE_OPEN);
      vip->set_daemon(v1::DAEMON_STATE_RUNNING);
      vip->set_configured(sent % 2 == 0);
      vip->set_effective(sent % 2 == 0);
      open = stream->Write(change);
      next += kBetweenChanges;
      std::this_thread::sleep_until(next);
    }
    const std::chrono::duration<double> lasted = Clock::now() - began;
    context.TryCancel();
    const grpc::Status status = stream->Finish();
    SetOutcome(absl::StrFormat("%.0f a second were taken, %s", sent / lasted.count(),
                               open ? "and it was let be" : Text(status)));
  }
};

v1::ProbeMessage SnapshotWithAddresses(int count) {
  v1::ProbeMessage message;
  v1::NodeReport* node = message.mutable_snapshot()->mutable_node();
  node->set_daemon(v1::DAEMON_STATE_RUNNING);
  for (int i = 0; i < count; ++i) {
    node->add_addresses(absl::StrCat("10.", i / 65536, ".", i / 256 % 256, ".", i % 256));
  }
  return message;
}

v1::ProbeMessage LongHello() {
  v1::ProbeMessage message;
  message.mutable_hello()->set_probe_version(std::string(kTooLong, 'x'));
  return message;
}

}  // namespace

std::vector<std::unique_ptr<BadPeer>> AllBadPeers(const BenchServer& server) {
  std::vector<std::unique_ptr<BadPeer>> peers;
  peers.push_back(std::make_unique<RefusedPeer>(server, "snapshots of a million addresses, five a second",
                                                SnapshotWithAddresses(kMillion)));
  peers.push_back(std::make_unique<RefusedPeer>(server, "snapshots of 500,000 addresses, which fit into a message",
                                                SnapshotWithAddresses(kMostThatFit)));
  peers.push_back(std::make_unique<RefusedPeer>(server, "messages of 9 MiB, five a second", LongHello()));
  peers.push_back(HalfOpenConnections(server.port(), kHalfOpen, false));
  if (server.tls()) peers.push_back(HalfOpenConnections(server.port(), kHalfOpen, true));
  peers.push_back(std::make_unique<DeafPeer>(server));
  peers.push_back(std::make_unique<FloodingPeer>(server));
  return peers;
}

}  // namespace bench
