// What bad peers cost the good ones: how soon the arbiter acts on a second holder without them and beside each of them
// in turn, what memory each makes it take, and what it tells them.
// Usage: peers_bench [WORD]: only the bad peers whose name has the word.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bad_peers.h"
#include "tests/bench/bench_server.h"
#include "tests/bench/detection.h"
#include "tests/bench/load_fleet.h"

namespace bench {
namespace {

constexpr int kGoodProbes = 8;
constexpr int kContests = 200;
constexpr std::chrono::seconds kConnectWithin{10};

void MeasureBeside(BadPeer& peer, const BenchServer& server, LoadFleet& fleet) {
  const Detection without = MeasureDetection(fleet, fleet.clusters(), kContests);
  server.process().ForgetPeak();
  const double before = server.process().MemoryKib("VmHWM");
  peer.Begin();
  const Detection with = MeasureDetection(fleet, fleet.clusters(), kContests);
  const std::string outcome = peer.End();
  const double grown = server.process().MemoryKib("VmHWM") - before;
  std::printf(
      "figure: peers: %s: directive %s; without it %s; ratio of p50 %.2f, of p99 %.2f; peak memory %+.1f MiB; %s\n",
      peer.Name().c_str(), with.Text().c_str(), without.Text().c_str(), with.Quantile(0.5) / without.Quantile(0.5),
      with.Quantile(0.99) / without.Quantile(0.99), grown / 1024, outcome.c_str());
  std::printf("figure: peers: the good probes meanwhile: %s\n", fleet.Losses().c_str());
  std::fflush(stdout);
}

int Main(const std::string& word) {
  BenchFolder folder;
  Require(folder.MakeCertificates());
  const auto server = BenchServer::Start(BenchServer::Kind::kArbiter, true, &folder);
  Require(server.status());
  LoadFleet fleet(**server);
  Require(fleet.Grow(kGoodProbes, kConnectWithin));
  for (const std::unique_ptr<BadPeer>& peer : AllBadPeers(**server)) {
    if (peer->Name().find(word) != std::string::npos) MeasureBeside(*peer, **server, fleet);
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc > 1 ? argv[1] : ""); }
