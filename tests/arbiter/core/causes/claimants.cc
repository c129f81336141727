#include "tests/arbiter/core/causes/claimants.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace arbiter::core {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);

Claimant Agreeing(const std::string& name, int host, int priority) {
  const auto effective = static_cast<std::uint8_t>(priority);
  const IpAddress own = Ip(absl::StrCat("192.168.1.", host));
  const std::string file = absl::StrCat("/etc/", name, ".conf");
  InstanceConfig config;
  config.name = "VI_1";
  config.interface = "eth0";
  config.vrid = 66;
  config.priority = effective;
  config.version = 2;
  config.advert_interval = kSecond;
  config.auth_type = "PASS";
  config.auth_fingerprint = "f1";
  config.addresses = {Ip("192.168.1.212")};
  config.segment = "192.168.1.0/24";
  for (const auto& [key, line] : std::vector<std::pair<std::string, int>>{{"advert_int", 6},
                                                                          {"auth_pass", 9},
                                                                          {"auth_type", 8},
                                                                          {"interface", 3},
                                                                          {"virtual_ipaddress", 12},
                                                                          {"virtual_router_id", 4},
                                                                          {"vrrp_instance", 1}}) {
    config.origin.emplace_back(key, absl::StrCat(file, ":", line));
  }
  Claimant node;
  node.name = name;
  node.report.daemon = DaemonState::kRunning;
  node.report.daemon_name = "keepalived";
  node.report.config_path = file;
  node.report.instances = {config};
  node.report.addresses = {own};
  VipReport& vip = node.vip;
  vip.vip = Ip("192.168.1.212");
  vip.configured = vip.effective = vip.advertises = vip.in_daemon_config = true;
  vip.vouched = true;
  vip.configured_since = kStart;
  vip.interface = "eth0";
  vip.vrid = 66;
  vip.priority = effective;
  vip.version = 2;
  vip.advert_interval = kSecond;
  vip.primary_address = own;
  vip.advertised_addresses = config.addresses;
  vip.instance = "VI_1";
  vip.daemon = DaemonState::kRunning;
  vip.segment = "192.168.1.0/24";
  return node;
}

HeardRouter AdvertOf(const Claimant& speaker) {
  HeardRouter router;
  router.source = *speaker.vip.primary_address;
  router.vrid = *speaker.vip.vrid;
  router.priority = *speaker.vip.priority;
  router.version = *speaker.vip.version;
  router.on_wire = router.delivered = true;
  router.addresses = speaker.vip.advertised_addresses;
  router.names_vip =
      std::find(router.addresses.begin(), router.addresses.end(), speaker.vip.vip) != router.addresses.end();
  const std::string& auth = speaker.report.instances.empty() ? "" : speaker.report.instances.front().auth_type;
  router.auth_type = router.version == 2 && auth == "PASS" ? 1 : 0;
  router.advert_interval = speaker.vip.advert_interval;
  router.destination = Ip(router.source.is_v4() ? "224.0.0.18" : "ff02::12");
  router.checksum_habit = router.version == 2 ? "message-only" : "pseudo-header";
  return router;
}

}  // namespace

IpAddress Ip(const std::string& text) { return IpAddress::Parse(text).value(); }

void Claimant::SetVrid(std::uint8_t vrid) {
  vip.vrid = vrid;
  config().vrid = vrid;
}

void Claimant::SetVersion(std::uint8_t version) {
  vip.version = version;
  config().version = version;
}

void Claimant::SetInterval(Duration interval) {
  vip.advert_interval = interval;
  config().advert_interval = interval;
}

void Claimant::SetList(const std::vector<std::string>& addresses) {
  config().addresses.clear();
  for (const std::string& address : addresses) config().addresses.push_back(Ip(address));
  vip.advertised_addresses = config().addresses;
}

void Claimant::FallSilent(DaemonState daemon) {
  vip.advertises = false;
  vip.daemon = daemon;
  report.daemon = daemon;
}

Claimants::Claimants() {
  nodes.push_back(Agreeing("a", 1, 100));
  nodes.push_back(Agreeing("b", 2, 90));
  b().vip.configured_since = kSplit;
}

Claimant& Claimants::AddC() {
  nodes.push_back(Agreeing("c", 3, 80));
  nodes.back().vip.configured_since = kSplit;
  return nodes.back();
}

void Claimants::LetAllHear() {
  for (Claimant& listener : nodes) {
    for (const Claimant& speaker : nodes) {
      if (&listener != &speaker && speaker.vip.advertises) listener.vip.heard.push_back(AdvertOf(speaker));
    }
  }
}

HeardRouter& Claimants::Heard(Claimant& listener, const Claimant& speaker) {
  const auto found = std::find_if(listener.vip.heard.begin(), listener.vip.heard.end(), [&](const HeardRouter& router) {
    return router.source == *speaker.vip.primary_address;
  });
  if (found != listener.vip.heard.end()) return *found;
  ADD_FAILURE() << listener.name << " has no advert of " << speaker.name;
  return listener.vip.heard.emplace_back();
}

void Claimants::Forget(Claimant& listener, const Claimant& speaker) {
  for (HeardRouter& router : listener.vip.heard) {
    if (router.source == *speaker.vip.primary_address) router.on_wire = router.delivered = false;
  }
}

void Claimants::ShutGateOf(Claimant& node) {
  node.vip.gate = GateState::kShut;
  node.vip.gate_since = kSplit + std::chrono::milliseconds(10);
  for (Claimant& listener : nodes) Forget(listener, node);
}

std::vector<CauseEvidence> Claimants::Find() const {
  CauseInput input;
  input.vip = nodes.front().vip.vip;
  input.cluster_addresses = more_cluster_addresses;
  input.cluster_macs = cluster_macs;
  for (const Claimant& node : nodes) {
    CauseParty party{node.name, &node.report, &node.vip, node.reach};
    party.fresh = node.fresh;
    party.listening_since = node.listening_since;
    input.claimants.push_back(std::move(party));
    input.cluster_addresses.insert(input.cluster_addresses.end(), node.report.addresses.begin(),
                                   node.report.addresses.end());
  }
  input.previous = previous;
  input.now = now;
  return FindCauses(input);
}

void PrintTo(Cause cause, std::ostream* out) { *out << CauseName(cause); }

std::vector<Cause> CausesOf(const std::vector<CauseEvidence>& found) {
  std::vector<Cause> causes;
  for (const CauseEvidence& cause : found) causes.push_back(cause.cause);
  return causes;
}

}  // namespace arbiter::core
