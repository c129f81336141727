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
constexpr int kFirstSegmentWitness = 241;  // and those after it

SiteOptions Completed(SiteOptions options) {
  if (options.vips.empty()) options.vips = {{.address = options.flavour.vip()}};
  return options;
}

Json VipIn(const Json& status, const std::string& address, const std::string& cluster) {
  return status["clusters"].With("name", cluster)["vips"].With("address", address);
}

std::string StateOf(const Json& vip) { return std::string(absl::StripPrefix(vip["state"].text(), "VIP_STATE_")); }

Hosts HeldBackFrom(const Json& vip) {
  Hosts held_back;
  for (const Json& node : vip["heldBack"].items()) held_back.insert(node["node"].text());
  return held_back;
}

std::string Tail(const std::string& log) {
  constexpr std::size_t kLines = 25;
  std::vector<std::string> lines = absl::StrSplit(log, '\n');
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - kLines);
  return absl::StrJoin(lines, "\n");
}

}  // namespace

Site::Site(SiteOptions options)
    : options_(Completed(std::move(options))),
      lab_({.management_network = !options_.one_network, .vrrp = options_.vrrp}),
      arbiter_(lab_.AddManagementHost("arbiter", kArbiterHost), ArbiterDirectory(), ArbiterFlags(),
               options_.ctl_flags) {
  segments_[kVrrpInterface] = &lab_.vrrp();
  for (const Segment& segment : options_.segments) segments_[segment.interface] = &lab_.AddSegment(segment.subnet);
  for (int i = 0; i < options_.nodes; ++i) MakeNode(i);
  for (const WatchedVip& watched : options_.vips) Watch(watched);
  std::vector<const Host*> hosts;
  for (const auto& [name, node] : nodes_) hosts.push_back(&node->host());
  addresses_ = std::make_unique<AddressLog>(hosts);
}

void Site::MakeNode(int index) {
  const std::string name(1, static_cast<char>('a' + index));
  const int number = options_.a_has_the_highest_address ? options_.nodes - index : index + 1;
  Node& node = AddNode(name, number, lab_.vrrp(), "default");
  for (const Segment& segment : options_.segments) {
    lab_.host(name).Attach(*segments_.at(segment.interface), segment.interface);
  }
  if (!options_.segments.empty()) node.probe().options().interfaces = {};
  node.config.instances = {InstanceOf(options_.flavour, 100 - 10 * index)};
  if (options_.track_files) node.instance().track_file = node.TrackFile(node.instance().name);
}

void Site::Watch(const WatchedVip& vip) {
  const Host*& asker = askers_[vip.interface];
  if (asker == nullptr && vip.interface == kVrrpInterface) asker = &lab_.AddHost("witness", kWitnessHost);
  if (asker == nullptr) {
    const int number = kFirstSegmentWitness + static_cast<int>(askers_.size());
    asker = &lab_.AddHost("w-" + vip.interface, number, *segments_.at(vip.interface));
  }
  witnesses_[vip.address] = std::make_unique<AnswerWitness>(*asker, vip.address, options_.questions_per_second);
}

std::set<std::string> Site::vips() const {
  std::set<std::string> vips;
  for (const auto& [vip, witness] : witnesses_) vips.insert(vip);
  return vips;
}

Hosts Site::node_names() const {
  Hosts names;
  for (const auto& [name, node] : nodes_) names.insert(name);
  return names;
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
  node = std::make_unique<Node>(lab_.AddHost(name, number, segment), lab_.runtime_directory() / name,
                                arbiter_.endpoint(), cluster);
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
    // The first may go while the client's own leg is still coming up.
    const Instant from = std::max(start, Now() - std::chrono::seconds(2));
    return Seen{pings.Sent(from, Now()) > 0 && pings.Lost(from, Now()) == 0, pings.Describe(start, Now())};
  });
}

Json Site::Vip(const std::string& address, const std::string& cluster) const {
  return VipIn(arbiter_.CtlJson({"status"}), address.empty() ? vip() : address, cluster);
}

std::string Site::VipState(const std::string& address, const std::string& cluster) const {
  return StateOf(Vip(address, cluster));
}

Hosts Site::HeldBack(const std::string& address) const { return HeldBackFrom(Vip(address)); }

std::vector<Json> Site::Incidents() const { return arbiter_.CtlJson({"incidents"})["incidents"].items(); }

testing::AssertionResult Site::AwaitAnswers(const Hosts& hosts, Duration limit) const {
  return WaitUntil(absl::StrCat(hosts.empty() ? "nobody" : absl::StrJoin(hosts, "+"), " answers"), limit, [&] {
    const bool met = std::all_of(witnesses_.begin(), witnesses_.end(),
                                 [&](const auto& witness) { return witness.second->Latest() == hosts; });
    return Seen{met, Timelines()};
  });
}

testing::AssertionResult Site::AwaitEach(absl::string_view awaited, const std::string& state, const Hosts& held_back,
                                         const Hosts& answering, Duration limit) const {
  return WaitUntil(awaited, limit, [&] {
    const Json status = arbiter_.CtlJson({"status"});
    bool met = true;
    std::string seen;
    for (const auto& [address, witness] : witnesses_) {
      const Json vip = VipIn(status, address, "default");
      met = met && StateOf(vip) == state && HeldBackFrom(vip) == held_back && witness->Latest() == answering;
      absl::StrAppend(&seen, vip.ToString(), "; ");
    }
    return Seen{met, absl::StrCat(seen, "answers: ", Timelines())};
  });
}

testing::AssertionResult Site::AwaitGuarded(const std::string& survivor, const Hosts& losers, Duration limit) const {
  return AwaitEach(absl::StrCat("the VIP is guarded and ", survivor, " alone answers"), "GUARDED", losers, {survivor},
                   limit);
}

testing::AssertionResult Site::AwaitHealthy(const std::string& holder, Duration limit) const {
  return AwaitEach(absl::StrCat("the VIP is held by ", holder, " and nobody is held back"), "HELD", {}, {holder},
                   limit);
}

Duration Site::LongestSilence(Instant from) const {
  Duration longest{};
  for (const auto& [vip, witness] : witnesses_) longest = std::max(longest, witness->Record().LongestSilence(from));
  return longest;
}

Duration Site::BothAnswered(Instant from) const {
  Duration longest{};
  for (const auto& [vip, witness] : witnesses_) longest = std::max(longest, witness->Record().BothAnswered(from));
  return longest;
}

testing::AssertionResult Site::AnsweredAlone(const std::string& host, Instant from, Duration allowed) const {
  for (const auto& [vip, witness] : witnesses_) {
    const AnswerRecord record = witness->Record();
    if (record.BothAnswered(from) == Duration::zero() && record.LongestSilenceOf(host, from) <= allowed) continue;
    return testing::AssertionFailure() << vip << " was not answered by " << host
                                       << " alone all along: " << record.Timeline(from);
  }
  return testing::AssertionSuccess();
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

std::string Site::Timelines() const {
  if (witnesses_.size() == 1) return witness().Record().Timeline();
  std::vector<std::string> timelines;
  for (const auto& [vip, witness] : witnesses_) {
    timelines.push_back(absl::StrCat(vip, ": ", witness->Record().Timeline()));
  }
  return absl::StrJoin(timelines, " | ");
}

std::string Site::Story() const {
  std::string story = absl::StrCat("answers: ", Timelines(), "\n");
  absl::StrAppend(&story, arbiter_.Ctl({"status"}).out, arbiter_.Ctl({"incidents"}).out);
  absl::StrAppend(&story, "--- arbiter\n", Tail(arbiter_.Log()), "\n");
  for (const auto& [name, node] : nodes_) {
    absl::StrAppend(&story, "--- probe ", name, "\n", Tail(node->probe().Log()), "\n");
    absl::StrAppend(&story, "--- keepalived ", name, "\n", Tail(node->keepalived().Log()), "\n");
  }
  return story;
}

}  // namespace lab
