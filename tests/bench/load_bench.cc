// What N probes cost the arbiter, each with a connection of its own, two VIPs and one heartbeat a second, beside a bare
// gRPC echo server with the same streams and messages; and how soon it acts on a second holder meanwhile.
// Usage: load_bench [PROBES [mtls|plaintext]]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/bench/bench_server.h"
#include "tests/bench/detection.h"
#include "tests/bench/load_fleet.h"

namespace bench {
namespace {

constexpr int kProbes = 10'000;
constexpr int kContests = 50;
constexpr std::chrono::seconds kConnectWithin{240};
// What connecting has left behind is given back, and every probe has said that it lives.
constexpr std::chrono::seconds kWarmUp{5};
constexpr std::chrono::seconds kWindow{15};

struct Cost {
  double cores = 0;
  double kib = 0;  // a probe
  double connected_after = 0;
};

// Connects the fleet up to `probes` and looks at the server for a while.
Cost Measure(const BenchServer& server, LoadFleet& fleet, int probes) {
  Cost cost;
  const int before = 2 * fleet.clusters();
  const double resident = server.process().MemoryKib("VmRSS");
  const Clock::time_point began = Clock::now();
  Require(fleet.Grow(probes, kConnectWithin));
  cost.connected_after = std::chrono::duration<double>(Clock::now() - began).count();
  std::this_thread::sleep_for(kWarmUp);
  const double used = server.process().CpuSeconds();
  const Clock::time_point from = Clock::now();
  std::this_thread::sleep_for(kWindow);
  const std::chrono::duration<double> window = Clock::now() - from;
  cost.cores = (server.process().CpuSeconds() - used) / window.count();
  cost.kib = (server.process().MemoryKib("VmRSS") - resident) / (probes - before);
  return cost;
}

void Print(const char* who, const char* how, int probes, const Cost& cost, const std::string& losses) {
  std::printf("figure: load: %s, %d probes, %s: %.2f core, %.1f KiB a probe (connected within %.0f s; %s)\n", who,
              probes, how, cost.cores, cost.kib, cost.connected_after, losses.c_str());
  std::fflush(stdout);
}

std::unique_ptr<BenchServer> Start(BenchServer::Kind kind, bool tls, BenchFolder* folder) {
  auto server = BenchServer::Start(kind, tls, folder);
  Require(server.status());
  return *std::move(server);
}

void MeasureArbiter(int probes, bool tls, BenchFolder* folder) {
  const char* how = tls ? "mTLS" : "plaintext";
  const auto server = Start(BenchServer::Kind::kArbiter, tls, folder);
  LoadFleet fleet(*server);
  Require(fleet.Grow(2, kConnectWithin));
  const Detection alone = MeasureDetection(fleet, 1, kContests);
  const Cost cost = Measure(*server, fleet, probes);
  Print("arbiter", how, probes, cost, fleet.Losses());
  const Detection crowded = MeasureDetection(fleet, fleet.clusters(), kContests);
  std::printf("figure: load: budget of the arbiter, %s, 10000 probes: 0.60 core, %d KiB a probe\n", how,
              tls ? 128 : 48);
  std::printf("figure: load: second holder's report to directive at the loser, %s, 2 probes: %s\n", how,
              alone.Text().c_str());
  std::printf("figure: load: second holder's report to directive at the loser, %s, %d probes: %s (%s)\n", how, probes,
              crowded.Text().c_str(), fleet.Losses().c_str());
  std::fflush(stdout);
}

void MeasureEcho(int probes, bool tls, BenchFolder* folder) {
  const auto server = Start(BenchServer::Kind::kEcho, tls, folder);
  LoadFleet fleet(*server);
  Require(fleet.Grow(2, kConnectWithin));
  const Cost cost = Measure(*server, fleet, probes);
  Print("for comparison, a bare gRPC echo server", tls ? "mTLS" : "plaintext", probes, cost, fleet.Losses());
}

// A connection takes a descriptor at each end.
void RaiseDescriptorLimit(int probes) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < static_cast<rlim_t>(probes) + 500) {
    Require(absl::ResourceExhaustedError("more probes than a process may have descriptors (ulimit -Hn)"));
  }
}

int Main(const std::vector<std::string>& words) {
  int probes = kProbes;
  const std::string only = words.size() > 1 ? words[1] : "";
  if ((!words.empty() && !absl::SimpleAtoi(words[0], &probes)) || probes < 4 || probes % 2 != 0 ||
      (!only.empty() && only != "mtls" && only != "plaintext")) {
    std::fprintf(stderr, "usage: load_bench [PROBES [mtls|plaintext]], PROBES an even number from 4\n");
    return 64;
  }
  RaiseDescriptorLimit(probes);
  BenchFolder folder;
  Require(folder.MakeCertificates());
  for (const bool tls : {false, true}) {
    if (only == (tls ? "plaintext" : "mtls")) continue;
    MeasureArbiter(probes, tls, &folder);
    MeasureEcho(probes, tls, &folder);
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main({argv + 1, argv + argc}); }
