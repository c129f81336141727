#include "probe/doctor/references.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "probe/actuate/reach.h"
#include "probe/actuate/reach_prober.h"
#include "probe/netlink/kernel_reader.h"

namespace probe::doctor {
namespace {

using arbiter::IpAddress;
using From = ReferenceFacts::From;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kRound(125);  // a host on the segment answers within a few
constexpr int kRounds = 2;           // against a lost frame

actuate::ReferenceSources SourcesOf(const ReferencePlan& plan, const netlink::Link& link,
                                    const netlink::AddressTable& table) {
  actuate::ReferenceSources sources;
  for (const IpAddress& host : plan.configured) {
    if (host.family() == plan.family) sources.configured.push_back(host);
  }
  sources.own_addresses = table.AddressesOn(link.index);
  sources.cluster = plan.cluster;
  sources.cluster.insert(plan.vips.begin(), plan.vips.end());
  auto kernel = netlink::KernelReader::Open();
  if (!kernel.ok()) return sources;
  if (const auto gateway = kernel->DefaultGateway(link.index, plan.family); gateway.ok()) sources.gateway = *gateway;
  if (const auto neighbours = kernel->Neighbours(link.index, plan.family); neighbours.ok()) {
    for (const netlink::Neighbour& neighbour : *neighbours) sources.heard.push_back(neighbour.ip);
  }
  for (const IpAddress& host : plan.heard) {
    const bool known = std::find(sources.heard.begin(), sources.heard.end(), host) != sources.heard.end();
    if (host.family() == plan.family && !known) sources.heard.push_back(host);
  }
  return sources;
}

From OriginOf(const std::vector<IpAddress>& chosen, const actuate::ReferenceSources& sources) {
  if (chosen.empty()) return From::kNowhere;
  const auto& configured = sources.configured;
  if (std::find(configured.begin(), configured.end(), chosen.front()) != configured.end()) return From::kConfiguration;
  return sources.gateway && chosen.front() == *sources.gateway ? From::kGateway : From::kNeighbours;
}

// Until all have answered or the time is over.
absl::Status Await(actuate::ReachProber& prober) {
  for (int round = 0; round < kRounds; ++round) {
    if (round > 0) {
      if (absl::Status asked = prober.AskAgain(); !asked.ok()) return asked;
    }
    const auto end = steady_clock::now() + kRound;
    while (!prober.tally().complete() && steady_clock::now() < end) {
      pollfd watched{prober.fd(), POLLIN, 0};
      const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
      poll(&watched, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
      if (const auto answers = prober.Drain(steady_clock::now()); !answers.ok()) return answers.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IpAddress>> SilentOf(const actuate::ReachQuestion& question) {
  auto prober = actuate::ReachProber::Open();
  if (!prober.ok()) return prober.status();
  absl::Status status = prober->Start(question, steady_clock::now());
  if (status.ok()) status = Await(*prober);
  if (!status.ok()) return status;
  return prober->tally().silent();
}

}  // namespace

std::set<Segment> SegmentsOf(const keepalived::Config& config) {
  std::set<Segment> segments;
  for (const keepalived::Instance& instance : config.instances) {
    std::vector<keepalived::VirtualAddress> vips = instance.addresses;
    vips.insert(vips.end(), instance.excluded.begin(), instance.excluded.end());
    for (const keepalived::VirtualAddress& vip : vips) segments.insert({vip.device, vip.address.family()});
    if (vips.empty()) segments.insert({instance.interface.value, instance.family.value_or(IpAddress::Family::kV4)});
  }
  return segments;
}

ReferenceFacts AskReferences(const ReferencePlan& plan, const netlink::AddressTable& table) {
  ReferenceFacts facts;
  facts.interface = plan.interface;
  const netlink::Link* link = table.FindLink(plan.interface);
  if (link == nullptr) {
    facts.hosts = plan.configured;
    facts.asked = absl::NotFoundError(absl::StrCat("there is no interface ", plan.interface));
    return facts;
  }
  const actuate::ReferenceSources sources = SourcesOf(plan, *link, table);
  facts.hosts = actuate::ChooseReferences(sources);
  facts.from = OriginOf(facts.hosts, sources);
  if (facts.hosts.empty()) return facts;
  if (facts.hosts.size() > actuate::ReachProber::kMaxTargets) facts.hosts.resize(actuate::ReachProber::kMaxTargets);
  actuate::ReachQuestion question;
  question.link = link->index;
  question.mac = link->mac;
  question.own_addresses = sources.own_addresses;
  question.vips = plan.vips;
  question.targets = facts.hosts;
  const auto silent = SilentOf(question);
  facts.asked = silent.status();
  if (silent.ok()) facts.silent = *silent;
  return facts;
}

}  // namespace probe::doctor
