// A probe's end of a stream, driven by hand.
#ifndef TESTS_ARBITER_SERVER_TEST_PROBE_H_
#define TESTS_ARBITER_SERVER_TEST_PROBE_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "arbiter/v1/probe_service.grpc.pb.h"

namespace arbiter::server {

v1::Hello HelloOf(const std::string& node, const std::string& instance = "i1", const std::string& cluster = "prod");

// The VIP 10.0.0.100 with a working gate: held and advertised, or not there.
v1::VipReport HeldVip(std::uint32_t priority);
v1::VipReport AbsentVip();

// Reads on a thread of its own, unless told not to. Every wait has a deadline.
class TestProbe {
 public:
  enum class Reading { kYes, kNo };

  explicit TestProbe(const std::shared_ptr<grpc::Channel>& channel, Reading reading = Reading::kYes);
  ~TestProbe();
  TestProbe(const TestProbe&) = delete;
  TestProbe& operator=(const TestProbe&) = delete;

  bool Send(const v1::ProbeMessage& message);
  bool Say(const v1::Hello& hello);
  bool Report(const v1::VipReport& vip);
  bool Heartbeat();
  // Hello, and when the Welcome has come a snapshot with these VIPs and a heartbeat.
  bool Attach(const v1::Hello& hello, const std::vector<v1::VipReport>& vips);

  // Answers this question as the kernel would now.
  bool Affirm(const v1::AffirmRequest& request, const v1::VipReport& vip);
  // From now on every question is answered with this, and the test does not see it.
  void AffirmAlways(const v1::VipReport& vip);

  // Says that it did what the directive asks for.
  bool Done(const v1::Directive& directive, const v1::VipReport& vip);

  // Takes the next message for which `wanted` is true, and drops those before it; nullopt after `limit` or at the end.
  std::optional<v1::ArbiterMessage> Await(const std::function<bool(const v1::ArbiterMessage&)>& wanted,
                                          absl::Duration limit = absl::Seconds(10));
  std::optional<v1::Directive> AwaitDirective(v1::Directive::ActionCase action);
  std::optional<v1::AffirmRequest> AwaitAffirm();

  // The status with which the arbiter ended the stream; waits for it. A test that asks for it while the stream is open
  // gets DEADLINE_EXCEEDED after 10 s.
  grpc::Status AwaitEnd();

  // Breaks the connection.
  void Cancel() { context_.TryCancel(); }

 private:
  void Read();
  std::uint64_t Tick() { return clock_.fetch_add(1) + 1; }

  std::unique_ptr<v1::ProbeService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ProbeMessage, v1::ArbiterMessage>> stream_;
  absl::Mutex mutex_;
  std::optional<v1::VipReport> always_ ABSL_GUARDED_BY(mutex_);
  std::deque<v1::ArbiterMessage> inbox_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> status_;
  absl::Mutex write_mutex_;
  std::atomic<std::uint64_t> clock_{1'000'000'000};
  std::thread reader_;
};

// True as soon as `condition` is; false after 10 s.
bool Eventually(const std::function<bool()>& condition);

}  // namespace arbiter::server

#endif  // TESTS_ARBITER_SERVER_TEST_PROBE_H_
