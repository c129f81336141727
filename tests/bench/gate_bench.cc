// What the gate costs: the verbs in process beside the nft program, and packets a second through its hooks beside no
// table at all. Needs root. Prints figures, one a line.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "probe/actuate/nft_gate.h"
#include "tests/lab/netns.h"
#include "tests/lab/unique_fd.h"

namespace probe::actuate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 32;     // packets sent before they are read
constexpr int kBatches = 150;  // a round
constexpr int kTurns = 12;     // of all shapes, one after the other: what else runs on this machine disturbs them alike
constexpr int kRounds = 6;     // of each shape in a turn
constexpr int kVerbs = 300;
constexpr int kNftRuns = 20;
constexpr int kBatchRounds = 40;
constexpr std::uint16_t kPort = 9000;

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "gate_bench: %s\n", status.ToString().c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread is left when this is called
}

// A node with a veth cable to its peer.
class Cable {
 public:
  Cable() : node_(absl::StrCat("gb", getpid(), "n")), peer_(absl::StrCat("gb", getpid(), "p")) {
    Require(node_.IpBatch(absl::StrCat("link add eth0 type veth peer name eth0 netns ", peer_.name(),
                                       "\naddr add 10.1.0.1/16 dev eth0\nlink set eth0 up\n")));
    Require(peer_.IpBatch("addr add 10.1.0.2/16 dev eth0\nlink set eth0 up\n"));
    node_.Enter([this] {
      absl::StatusOr<std::unique_ptr<NftGate>> gate = OpenNftGate();
      Require(gate.status());
      gate_ = *std::move(gate);
      absl::StatusOr<std::unique_ptr<NftKernel>> kernel = OpenNftKernel();
      Require(kernel.status());
      kernel_ = *std::move(kernel);
    });
  }

  [[nodiscard]] const lab::NetNamespace& node() const { return node_; }
  [[nodiscard]] const lab::NetNamespace& peer() const { return peer_; }
  [[nodiscard]] NftGate& gate() const { return *gate_; }
  [[nodiscard]] NftKernel& kernel() const { return *kernel_; }

 private:
  lab::NetNamespace node_;
  lab::NetNamespace peer_;
  std::unique_ptr<NftGate> gate_;
  std::unique_ptr<NftKernel> kernel_;
};

GateKey Key(int number) {
  const std::string vip = absl::StrCat("10.1.", 1 + number / 250, ".", 1 + number % 250);
  return {arbiter::IpAddress::Parse(vip).value(), "eth0", static_cast<std::uint8_t>(1 + number % 255), false};
}

double Quantile(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

double MicrosecondsOf(const std::function<absl::Status()>& act) {
  const Clock::time_point start = Clock::now();
  Require(act());
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void PrintVerb(const char* verb, int vips, const std::vector<double>& times) {
  std::printf("figure: gate: %s, in process, %d VIPs: p50 %.0f us, p99 %.0f us\n", verb, vips, Quantile(times, 0.5),
              Quantile(times, 0.99));
}

// `vips` are shut; one of them is opened and shut again and again.
void MeasureVerbs(Cable& cable, int vips) {
  for (int i = 0; i < vips; ++i) Require(cable.gate().Shut(Key(i), "incident 12: b survives"));
  std::vector<double> open;
  std::vector<double> shut;
  std::vector<double> dump;
  for (int i = 0; i < kVerbs; ++i) {
    const GateKey key = Key(i % vips);
    open.push_back(MicrosecondsOf([&] { return cable.gate().Open(key); }));
    shut.push_back(MicrosecondsOf([&] { return cable.gate().Shut(key, "incident 12: b survives"); }));
    if (i % 10 == 0) dump.push_back(MicrosecondsOf([&] { return cable.gate().Dump().status(); }));
  }
  PrintVerb("shut", vips, shut);
  PrintVerb("open", vips, open);
  PrintVerb("the kernel's own dump, read", vips, dump);
}

// All of them by each verb: as many virtual routers as there are 250 VIPs, half of the VIPs IPv6.
void MeasureBatches(Cable& cable, int vips) {
  std::vector<GateKey> keys;
  for (int i = 0; i < vips; ++i) {
    GateKey key = Key(i);
    key.vrid = static_cast<std::uint8_t>(1 + i / 250);
    if (i % 2 == 1) key.vip = arbiter::IpAddress::Parse(absl::StrCat("fd00::", i)).value();
    keys.push_back(std::move(key));
  }
  const struct {
    const char* name;
    std::function<absl::Status()> act;
  } kBatchVerbs[] = {
      {"shut for a while", [&] { return cable.gate().ShutForAWhile(keys, std::chrono::seconds(60), "a contest"); }},
      {"shut", [&] { return cable.gate().Shut(keys, "held back by the arbiter"); }},
      {"adverts only", [&] { return cable.gate().AdvertsOnly(keys, std::chrono::seconds(60)); }},
      {"the kernel's own dump, read", [&] { return cable.gate().Dump().status(); }},
      {"open", [&] { return cable.gate().Open(keys); }},
  };
  std::vector<std::vector<double>> times(std::size(kBatchVerbs));
  for (int round = 0; round < kBatchRounds; ++round) {
    for (std::size_t i = 0; i < std::size(kBatchVerbs); ++i) times[i].push_back(MicrosecondsOf(kBatchVerbs[i].act));
  }
  for (std::size_t i = 0; i < std::size(kBatchVerbs); ++i) {
    PrintVerb(absl::StrCat(kBatchVerbs[i].name, ", all at once").c_str(), vips, times[i]);
  }
}

// The baseline: one element by the nft program.
void MeasureNft(Cable& cable) {
  std::vector<double> times;
  for (int i = 0; i < kNftRuns; ++i) {
    const char* verb = i % 2 == 0 ? "add" : "delete";
    const std::string command = absl::StrCat("ip netns exec ", cable.node().name(), " nft ", verb, " element netdev ",
                                             kGateTable, " shut_ip4_eth0 '{ 10.1.200.1 }'");
    times.push_back(MicrosecondsOf([&] {
      const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): nobody else does
      return status == 0 ? absl::OkStatus() : absl::InternalError(command);
    }));
  }
  std::printf("figure: gate: one element by ip netns exec and nft: p50 %.0f us\n", Quantile(times, 0.5));
}

sockaddr_in Address(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

lab::UniqueFd Socket(const lab::NetNamespace& where, int type, const char* address) {
  lab::UniqueFd fd;
  where.Enter([&] {
    fd = lab::UniqueFd(socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const sockaddr_in own = Address(address);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
      Require(absl::ErrnoToStatus(errno, absl::StrCat("bind a socket to ", address)));
    }
  });
  return fd;
}

void Connect(int fd, const char* address) {
  const sockaddr_in target = Address(address);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    Require(absl::ErrnoToStatus(errno, absl::StrCat("connect to ", address)));
  }
}

double ProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Sends small datagrams one by one, reads them at the other end, and knows how many a second.
class Stream {
 public:
  Stream(int from, int to, const char* address) : from_(from), to_(to) { Connect(from, address); }

  // Packets a second of one round, by this thread's processor time: over a veth that is the whole way, from the one
  // program to the other, and what else the machine does counts little.
  double Round() {
    const double start = ProcessorSeconds();
    int read = 0;
    for (int i = 0; i < kBatches; ++i) {
      for (int j = 0; j < kBatch; ++j) send(from_, payload_.data(), payload_.size(), MSG_DONTWAIT);
      while (recv(to_, payload_.data(), payload_.size(), MSG_DONTWAIT) > 0) ++read;
    }
    return read / (ProcessorSeconds() - start);
  }

 private:
  int from_;
  int to_;
  std::array<char, 18> payload_{};
};

// A client of the node asks over TCP and gets an answer, again and again, as with a database.
class Dialogue {
 public:
  Dialogue(const Cable& cable, const char* node, const char* peer) : client_(Socket(cable.peer(), SOCK_STREAM, peer)) {
    const lab::UniqueFd listener = Socket(cable.node(), SOCK_STREAM, node);
    if (listen(listener.get(), 1) != 0) Require(absl::ErrnoToStatus(errno, "listen"));
    Connect(client_.get(), node);
    server_ = lab::UniqueFd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    for (const int fd : {client_.get(), server_.get()}) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  // Requests answered a second, by this thread's processor time, which both ends and the way between them take.
  double Round() {
    const double start = ProcessorSeconds();
    for (int i = 0; i < kRequests; ++i) {
      Pass(client_.get(), server_.get(), kRequestBytes);
      Pass(server_.get(), client_.get(), kAnswerBytes);
    }
    return kRequests / (ProcessorSeconds() - start);
  }

 private:
  static constexpr int kRequests = 1500;
  static constexpr std::size_t kRequestBytes = 200;
  static constexpr std::size_t kAnswerBytes = 1000;

  void Pass(int from, int to, std::size_t bytes) {
    const bool passed = send(from, bytes_.data(), bytes, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes) &&
                        recv(to, bytes_.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
    if (!passed) Require(absl::ErrnoToStatus(errno, "pass a message over TCP"));
  }

  lab::UniqueFd client_;
  lab::UniqueFd server_;
  std::array<char, 1024> bytes_{};
};

enum class Table { kNone, kEmptyHooks, kGate };

struct Shape {
  const char* name;
  Table table;
  int vips;
  std::vector<double> out = {};
  std::vector<double> in = {};
  std::vector<double> requests = {};
};

// The least that any nftables hook costs: chains without a rule.
constexpr char kEmptyHooks[] =
    "table netdev empty {\n"
    "  chain in { type filter hook ingress device \"eth0\" priority 0; policy accept; }\n"
    "  chain out { type filter hook egress device \"eth0\" priority 0; policy accept; }\n"
    "}\n";

void Arrange(Cable& cable, const Shape& shape) {
  Require(cable.gate().OpenAll());
  Require(cable.kernel().Run("add table netdev empty\ndelete table netdev empty\n"));
  if (shape.table == Table::kEmptyHooks) Require(cable.kernel().Run(kEmptyHooks));
  if (shape.table != Table::kGate) return;
  Require(cable.gate().Ensure({"eth0"}));
  for (int i = 0; i < shape.vips; ++i) Require(cable.gate().Shut(Key(i), "incident 12: b survives"));
}

using Rates = std::vector<double> Shape::*;

void PrintRates(const char* what, const std::vector<Shape>& shapes, Rates rates) {
  // The best rounds are those that nobody disturbed.
  const double base = Quantile(shapes.front().*rates, 0.9);
  for (const Shape& shape : shapes) {
    const double rate = Quantile(shape.*rates, 0.9);
    std::printf("figure: gate: %s, %s: %.0f a second (%+.1f %%, %+.0f ns each)\n", what, shape.name, rate,
                100 * (rate / base - 1), 1e9 / rate - 1e9 / base);
  }
}

void MeasurePackets(Cable& cable) {
  std::vector<Shape> shapes = {{"no table at all", Table::kNone, 0},
                               {"nothing shut any more, for a minute", Table::kGate, 0},
                               {"1 VIP shut", Table::kGate, 1},
                               {"1000 VIPs shut", Table::kGate, 1000},
                               {"for comparison, hooks without a rule", Table::kEmptyHooks, 0}};
  const char* const node_address = "10.1.0.1";
  const char* const peer_address = "10.1.0.2";
  const lab::UniqueFd node = Socket(cable.node(), SOCK_DGRAM, node_address);
  const lab::UniqueFd peer = Socket(cable.peer(), SOCK_DGRAM, peer_address);
  Stream out(node.get(), peer.get(), peer_address);
  Stream in(peer.get(), node.get(), node_address);
  Dialogue dialogue(cable, node_address, peer_address);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
  for (int turn = 0; turn < kTurns; ++turn) {
    for (Shape& shape : shapes) {
      Arrange(cable, shape);
      out.Round();  // to warm up
      for (int i = 0; i < kRounds; ++i) {
        shape.out.push_back(out.Round());
        shape.in.push_back(in.Round());
        shape.requests.push_back(dialogue.Round());
      }
    }
  }
  PrintRates("smallest packets out of the node", shapes, &Shape::out);
  PrintRates("smallest packets into the node", shapes, &Shape::in);
  PrintRates("requests answered over TCP", shapes, &Shape::requests);
}

void Main() {
  Cable cable;
  Require(cable.gate().Usable());
  std::printf("figure: gate: first shut, chains and all: %.0f us\n",
              MicrosecondsOf([&] { return cable.gate().Shut(Key(0), "incident 12: b survives"); }));
  MeasureVerbs(cable, 1);
  MeasureNft(cable);
  MeasureVerbs(cable, 1000);
  for (const int vips : {1, 100, 250, 1000}) {
    Require(cable.gate().OpenAll());
    MeasureBatches(cable, vips);
  }
  MeasurePackets(cable);
}

}  // namespace
}  // namespace probe::actuate

int main() { probe::actuate::Main(); }
