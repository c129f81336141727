#include "tests/lab/site.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/lab/check.h"

namespace lab {
namespace {

// Numbers of the hosts that are no nodes.
constexpr int kArbiterHost = 240;
constexpr int kWitnessHost = 250;
constexpr int kClientHost = 251;

std::string Tail(const std::string& log) {
  constexpr std::size_t kLines = 25;
  std::vector<std::string> lines = absl::StrSplit(log, '\n');
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - kLines);
  return absl::StrJoin(lines, "\n");
}

}  // namespace

Site::Site(SiteOptions options)
    : options_(std::move(options)),
      lab_({.management_network = !options_.one_network}),
      arbiter_(lab_.AddManagementHost("arbiter", kArbiterHost), ArbiterDirectory(), ArbiterFlags(),
               options_.ctl_flags) {
  std::vector<const Host*> hosts;
  for (int i = 0; i < options_.nodes; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    Node& node = AddNode(name, i + 1, lab_.vrrp(), "default");
    node.config.instances = {InstanceOf(options_.flavour, 100 - 10 * i)};
    if (options_.track_files) node.instance().track_file = node.TrackFile(node.instance().name);
    hosts.push_back(&node.host());
  }
  witness_ =
      std::make_unique<AnswerWitness>(lab_.AddHost("witness", kWitnessHost), vip(), options_.questions_per_second);
  addresses_ = std::make_unique<AddressLog>(hosts);
}

Site::~Site() {
  if (testing::Test::HasFailure()) std::printf("%s\n", Story().c_str());
}

std::filesystem::path Site::ArbiterDirectory() const {
  const std::filesystem::path directory = lab_.directory() / "arbiter";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  return directory;
}

std::vector<std::string> Site::ArbiterFlags() const {
  std::vector<std::string> flags = options_.arbiter_flags;
  if (options_.arbiter_config.empty()) return flags;
  const std::filesystem::path file = ArbiterDirectory() / "arbiter.yaml";
  std::ofstream(file) << options_.arbiter_config;
  flags.insert(flags.end(), {"--config", file.string()});
  return flags;
}

Node& Site::AddNode(const std::string& name, int number, Network& segment, const std::string& cluster) {
  auto& node = nodes_[name];
  node = std::make_unique<Node>(lab_.AddHost(name, number, segment), lab_.directory() / name, arbiter_.endpoint(),
                                cluster);
  node->probe().options().extra_flags = options_.probe_flags;
  return *node;
}

testing::AssertionResult Site::Start() {
  if (const testing::AssertionResult daemons = StartDaemons(); !daemons) return daemons;
  return StartKeepalived();
}

testing::AssertionResult Site::StartDaemons() {
  arbiter_.Start();
  for (const auto& [name, node] : nodes_) {
    node->keepalived().Configure(node->config);  // a probe reads it when it starts
    node->probe().Start();
  }
  return AwaitConnected();
}

testing::AssertionResult Site::StartKeepalived(const Hosts& answering) {
  for (const auto& [name, node] : nodes_) node->StartKeepalived();
  if (const testing::AssertionResult answers = AwaitAnswers(answering); !answers) return answers;
  client_ = std::make_unique<Client>(lab_.AddHost("client", kClientHost), vip());
  const Instant start = Now();
  return WaitUntil("the client is answered", std::chrono::seconds(5), [&] {
    const PingRecord pings = client_->Record();
    return Seen{pings.Sent(start, Now()) > 0 && pings.Lost(start, Now()) == 0, pings.Describe(start, Now())};
  });
}

Json Site::Vip(const std::string& address, const std::string& cluster) const {
  return arbiter_.CtlJson({"status"})["clusters"].With("name", cluster)["vips"].With("address",
                                                                                     address.empty() ? vip() : address);
}

std::string Site::VipState(const std::string& address, const std::string& cluster) const {
  const std::string state = Vip(address, cluster)["state"].text();
  return std::string(absl::StripPrefix(state, "VIP_STATE_"));
}

Hosts Site::HeldBack(const std::string& address) const {
  Hosts held_back;
  for (const Json& node : Vip(address)["heldBack"].items()) held_back.insert(node["node"].text());
  return held_back;
}

std::vector<Json> Site::Incidents() const { return arbiter_.CtlJson({"incidents"})["incidents"].items(); }

testing::AssertionResult Site::AwaitAnswers(const Hosts& hosts, Duration limit) const {
  return WaitUntil(absl::StrCat(hosts.empty() ? "nobody" : absl::StrJoin(hosts, "+"), " answers"), limit, [&] {
    return Seen{witness_->Latest() == hosts, witness_->Record().Timeline()};
  });
}

testing::AssertionResult Site::AwaitGuarded(const std::string& survivor, const Hosts& losers, Duration limit) const {
  return WaitUntil(absl::StrCat("the VIP is guarded and ", survivor, " alone answers"), limit, [&] {
    const bool met = VipState() == "GUARDED" && HeldBack() == losers && witness_->Latest() == Hosts{survivor};
    return Seen{met, absl::StrCat(Vip().ToString(), "; answers: ", witness_->Record().Timeline())};
  });
}

testing::AssertionResult Site::AwaitHealthy(const std::string& holder, Duration limit) const {
  return WaitUntil(absl::StrCat("the VIP is held by ", holder, " and nobody is held back"), limit, [&] {
    const Json status = Vip();
    const bool met = status["state"].text() == "VIP_STATE_HELD" && status["heldBack"].items().empty() &&
                     witness_->Latest() == Hosts{holder};
    return Seen{met, absl::StrCat(status.ToString(), "; answers: ", witness_->Record().Timeline())};
  });
}

testing::AssertionResult Site::AwaitConnected(Duration limit) const {
  return WaitUntil("all probes are connected", limit, [&] {
    std::size_t connected = 0;
    const Json status = arbiter_.CtlJson({"status"});
    for (const Json& cluster : status["clusters"].items()) {
      const std::vector<Json> nodes = cluster["nodes"].items();
      connected += static_cast<std::size_t>(std::count_if(
          nodes.begin(), nodes.end(), [](const Json& node) { return node["state"].text() == "NODE_STATE_CONNECTED"; }));
    }
    return Seen{connected == nodes_.size(), absl::StrCat(status.ToString(), "\n", Tail(arbiter_.Log()))};
  });
}

std::string Site::Story() const {
  std::string story = absl::StrCat("answers: ", witness_->Record().Timeline(), "\n");
  absl::StrAppend(&story, arbiter_.Ctl({"status"}).out, arbiter_.Ctl({"incidents"}).out);
  absl::StrAppend(&story, "--- arbiter\n", Tail(arbiter_.Log()), "\n");
  for (const auto& [name, node] : nodes_) {
    absl::StrAppend(&story, "--- probe ", name, "\n", Tail(node->probe().Log()), "\n");
    absl::StrAppend(&story, "--- keepalived ", name, "\n", Tail(node->keepalived().Log()), "\n");
  }
  return story;
}

}  // namespace lab
