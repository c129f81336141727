// Many load probes at once: connects them at a bounded rate and lets each say once a second that it lives.
#ifndef TESTS_BENCH_LOAD_FLEET_H_
#define TESTS_BENCH_LOAD_FLEET_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tests/bench/bench_server.h"
#include "tests/bench/load_probe.h"

namespace bench {

// Owned by one thread. Ends all streams when it goes.
class LoadFleet {
 public:
  explicit LoadFleet(const BenchServer& server);
  ~LoadFleet();
  LoadFleet(const LoadFleet&) = delete;
  LoadFleet& operator=(const LoadFleet&) = delete;

  // Connects probes until there are `count`, an even number: at most 64 at a time are on their way, at most 1,000 a
  // second begin. DeadlineExceeded, or why the first one was refused.
  absl::Status Grow(int count, std::chrono::seconds within);

  [[nodiscard]] int clusters() const { return static_cast<int>(probes_.size()) / 2; }
  // Holds both of its cluster's VIPs.
  [[nodiscard]] LoadProbe& Holder(int cluster) { return *probes_[static_cast<std::size_t>(2 * cluster)]; }
  [[nodiscard]] LoadProbe& Backup(int cluster) { return *probes_[static_cast<std::size_t>(2 * cluster + 1)]; }

  // Streams that ended unasked, and the status of the first.
  [[nodiscard]] std::string Losses() const;

 private:
  void Connect(int number) ABSL_LOCKS_EXCLUDED(mutex_);
  void Beat();

  const BenchServer& server_;
  std::vector<std::shared_ptr<grpc::ChannelCredentials>> credentials_;  // of node a and of node b

  mutable absl::Mutex mutex_;
  int attached_ ABSL_GUARDED_BY(mutex_) = 0;
  int lost_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::string first_loss_ ABSL_GUARDED_BY(mutex_);

  std::mutex beat_mutex_;
  std::condition_variable beat_wake_;
  bool stop_ = false;                               // guarded by beat_mutex_
  std::vector<std::unique_ptr<LoadProbe>> probes_;  // grows under beat_mutex_
  std::thread beater_;
};

}  // namespace bench

#endif  // TESTS_BENCH_LOAD_FLEET_H_
