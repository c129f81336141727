#include "arbiter/core/standby.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_wording.h"

namespace arbiter::core {
namespace {

// Beyond it a view would cost the square of the cluster's size.
constexpr std::size_t kNamedNodes = 64;

// More nodes than that are not listed one by one.
constexpr std::size_t kNamedTogether = 3;

// An advert is counted as heard for a master-down interval, which is less than that many of the sender's own.
constexpr int kIntervalsHeard = 4;

// What an election may take beyond a master-down interval.
constexpr Duration kElectionMore = std::chrono::seconds(1);

Obstacle Make(const Node& node, std::string evidence, std::string repair) {
  return {node.key.node, std::move(evidence), std::move(repair)};
}

bool CallsItItsOwn(const VipReport& report) { return report.vouches() || report.in_daemon_config; }

Obstacle Away(const Node& node) {
  return Make(node, "its probe is away, so whether it could cannot be told",
              "look at the host and at arbiter-probe on it (`systemctl status arbiter-probe`)");
}

std::optional<Obstacle> OfDaemon(const Node& node, const VipReport& report) {
  const std::string daemon = DaemonName(node.report);
  if (!report.in_daemon_config) return std::nullopt;
  if (report.daemon == DaemonState::kGone) {
    return Make(node, absl::StrCat(daemon, " does not run"),
                absl::StrCat("start ", daemon, " there, and look why it ended (`journalctl -u ", daemon, "`)"));
  }
  if (report.daemon == DaemonState::kFrozen) {
    return Make(node, absl::StrCat(daemon, " is there and does not run (stopped, starved, or frozen with its machine)"),
                absl::StrCat("continue it (`kill -CONT`), or restart ", daemon));
  }
  return std::nullopt;
}

Obstacle Taken(const Node& node, const VipReport& report) {
  const std::string daemon = DaemonName(node.report);
  const std::vector<std::string>& managers = node.report.address_managers;
  const std::string by = managers.empty() ? "" : absl::StrCat(" (", Listed(managers), " runs there)");
  const std::string keep =
      managers.empty() ? std::string("find out what removes it (`ip monitor address`)")
                       : absl::StrCat("have ", Listed(managers), " leave ", report.interface, "'s addresses alone");
  return Make(node, absl::StrCat(daemon, " advertises it and the address is gone: taken away behind its back", by),
              absl::StrCat(keep, ", then restart ", daemon));
}

// Its daemon runs, nothing is known against it, nobody else has the VIP, and it does not take it.
Obstacle Unmoved(const Node& node, const VipReport& report) {
  const std::string daemon = DaemonName(node.report);
  const std::string what = report.instance.empty() ? std::string("its instance") : report.instance;
  const std::string log = absl::StrCat("`journalctl -u ", daemon, "` there says why");
  if (report.fault_suspects.empty()) {
    return Make(node, absl::StrCat(daemon, " runs and ", what, " does not take it: likely in FAULT"), log);
  }
  return Make(node,
              absl::StrCat(daemon, " runs and ", what, " does not take it: likely in FAULT because of ",
                           absl::StrJoin(report.fault_suspects, ", ")),
              absl::StrCat(log, "; `arbiter-probe doctor` runs the scripts as ", daemon, " does"));
}

Obstacle Why(const Node& node, const VipReport& report, bool lately) {
  if (!node.fresh) return Away(node);
  if (std::optional<Obstacle> known = ObstacleOf(node, report); known.has_value()) return *std::move(known);
  if (report.gated()) return Make(node, "its gate is shut", "`arbiter-probe holds` there says why, and opens it");
  if (report.configured) return Make(node, "the address is there and not answered for yet", "wait a moment");
  if (!report.in_daemon_config) {
    return Make(node, "no instance of a VRRP daemon has it: another program is to give it out",
                "look at that program (its leases, its quorum), or configure an instance for it");
  }
  // An election takes a master-down interval, and who gave the VIP up is heard for as long.
  if (lately && report.daemon == DaemonState::kRunning) {
    return Make(node, absl::StrCat(DaemonName(node.report), " runs and has not taken it yet"), "wait a moment");
  }
  if (report.advertises) return Taken(node, report);
  if (report.daemon == DaemonState::kUnknown) {
    return Make(node, "whether its VRRP daemon runs is not known",
                "start it, or name its pid file (`keepalived_pidfile` in probe.yaml)");
  }
  return Unmoved(node, report);
}

const Cluster* ClusterOf(const World& world, const Case& c) {
  const auto found = world.clusters().find(c.key.cluster);
  return found == world.clusters().end() ? nullptr : &found->second;
}

bool Serves(const Word& word) { return word.node->fresh && word.report.answers(); }

// Nobody else calls it its own: the nodes that could have it.
Standby Unknown(const World& world, const Case& c) {
  const Cluster* cluster = ClusterOf(world, c);
  if (cluster == nullptr) return {};
  const Standby nobody{true, {{"", "no other node's configuration has it", "give another node an instance with it"}}};
  if (cluster->nodes.size() > kNamedNodes) return nobody;
  std::vector<std::string> others;
  for (const auto& [name, node] : cluster->nodes) {
    const auto serves = [&name = name](const Word& word) {
      return word.node->key.node == name && word.report.answers();
    };
    if (node.retired || std::any_of(c.words.begin(), c.words.end(), serves)) continue;
    others.push_back(name);
  }
  if (others.empty()) return {};
  std::sort(others.begin(), others.end());
  constexpr char kConfigure[] =
      "give an instance there this VIP, or take the node out of the cluster (`arbctl forget`)";
  if (others.size() > kNamedTogether) return nobody;
  Standby standby{true, {}};
  for (const std::string& name : others)
    standby.obstacles.push_back({name, "its configuration does not have it", kConfigure});
  return standby;
}

std::string Speaks(const HeardRouter& heard) {
  if (heard.version == 0) {
    return absl::StrCat("claims it (", heard.defects.empty() ? "ARP" : absl::StrJoin(heard.defects, ", "), ")");
  }
  return absl::StrCat("advertises it under VRID ", static_cast<int>(heard.vrid), " with priority ",
                      static_cast<int>(heard.priority));
}

// Where the words come from: a node that is away, by its addresses and MACs; nullptr: nobody known.
const Node* SpeakerOf(const Cluster& cluster, const Case& c, const HeardRouter& heard) {
  for (const Word& word : c.words) {
    if (word.report.primary_address == heard.source && heard.version != 0) return word.node;
  }
  const auto is_of = [&](const Node& node) {
    const std::vector<std::string>& macs = node.report.macs;
    return heard.version == 0 ? std::find(macs.begin(), macs.end(), heard.mac) != macs.end()
                              : node.own_addresses.contains(heard.source);
  };
  if (cluster.nodes.size() > kNamedNodes) {
    const auto* word = std::find_if(c.words.begin(), c.words.end(), [&](const Word& w) { return is_of(*w.node); });
    return word == c.words.end() ? nullptr : word->node;
  }
  const Node* found = nullptr;  // the first by name: of a hash map nothing may depend on the order
  for (const auto& [name, node] : cluster.nodes) {
    if (is_of(node) && (found == nullptr || name < found->key.node)) found = &node;
  }
  return found;
}

bool IsOfItsRouter(const VipReport& listener, const HeardRouter& heard) {
  return heard.version != 0 && listener.in_daemon_config && listener.vrid.has_value() && *listener.vrid == heard.vrid;
}

// Adverts without a defect; claims by ARP of known nodes only. A claim is remembered for a minute: where nobody else
// serves the VIP, and the node's daemon would advertise it, it tells nothing of now.
bool CountsAsVoice(const Case& c, const Node* speaker, const HeardRouter& heard, bool served) {
  if (speaker == nullptr) return heard.version != 0 && heard.names_vip && heard.defects.empty();
  if (speaker->fresh) return false;
  if (heard.version != 0) return heard.defects.empty();
  const auto* word = std::find_if(c.words.begin(), c.words.end(), [&](const Word& w) { return w.node == speaker; });
  return served || word == c.words.end() || !word->report.in_daemon_config;
}

}  // namespace

std::optional<Obstacle> ObstacleOf(const Node& node, const VipReport& report) {
  if (!node.fresh) return Away(node);
  if (std::optional<Obstacle> daemon = OfDaemon(node, report); daemon.has_value()) return daemon;
  if (!report.hindrances.empty()) {
    const Hindrance& first = report.hindrances.front();
    return Make(node, first.evidence, first.repair);
  }
  if (report.link_down) {
    return Make(node, absl::StrCat(report.interface, " carries nothing (no carrier, or set down)"),
                absl::StrCat("look at cable and switch port of ", report.interface));
  }
  return std::nullopt;
}

Standby StandbyOf(const World& world, const Case& c) {
  Standby standby;
  bool anybody = false;
  for (const Word& word : c.words) {
    if (Serves(word) || word.node->retired || !CallsItItsOwn(word.report)) continue;
    anybody = true;
    std::optional<Obstacle> obstacle = ObstacleOf(*word.node, word.report);
    if (!obstacle.has_value()) return {};
    standby.obstacles.push_back(*std::move(obstacle));
  }
  if (!anybody) return Unknown(world, c);
  standby.missing = true;
  return standby;
}

std::vector<Obstacle> WhyUnheld(const Case& c, Instant now) {
  Duration election{};
  for (const Word& word : c.words) election = std::max(election, word.report.master_down_interval);
  const bool lately = c.state == VipState::kUnheld && now - c.state_since < election + kElectionMore;
  std::vector<Obstacle> obstacles;
  for (const Word& word : c.words) {
    if (CallsItItsOwn(word.report) && !word.node->retired) obstacles.push_back(Why(*word.node, word.report, lately));
  }
  return obstacles;
}

std::string InWords(const std::vector<Obstacle>& obstacles) {
  std::vector<std::pair<const Obstacle*, std::vector<std::string>>> groups;
  for (const Obstacle& obstacle : obstacles) {
    const auto alike = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.first->evidence == obstacle.evidence && group.first->repair == obstacle.repair;
    });
    if (alike == groups.end()) {
      groups.push_back({&obstacle, {obstacle.node}});
    } else {
      alike->second.push_back(obstacle.node);
    }
  }
  std::vector<std::string> texts;
  for (const auto& [obstacle, nodes] : groups) {
    const std::string who = nodes.front().empty() ? "" : absl::StrCat(Listed(nodes), ": ");
    texts.push_back(absl::StrCat(who, obstacle->evidence, obstacle->repair.empty() ? "" : ": ", obstacle->repair));
  }
  return absl::StrJoin(texts, "; ");
}

std::vector<Voice> VoicesOf(const World& world, const Case& c) {
  const Cluster* cluster = ClusterOf(world, c);
  if (cluster == nullptr) return {};
  const bool served = std::any_of(c.words.begin(), c.words.end(), Serves);
  std::map<std::pair<bool, std::string>, Voice> voices;  // who is not known comes last
  const auto add = [&](const Word& word, const HeardRouter& heard) {
    const Node* speaker = SpeakerOf(*cluster, c, heard);
    if (!CountsAsVoice(c, speaker, heard, served)) return;
    const std::string from = heard.version == 0 ? heard.mac : heard.source.ToString();
    const std::string name = speaker == nullptr ? "" : speaker->key.node;
    const std::string who = speaker == nullptr ? from : absl::StrCat(name, " (", from, ")");
    voices.try_emplace({speaker == nullptr, speaker == nullptr ? from : name},
                       Voice{name,
                             absl::StrCat(who, " ", Speaks(heard), ", as ", word.node->key.node, " hears",
                                          word.report.interface.empty() ? "" : " on ", word.report.interface),
                             kIntervalsHeard * heard.advert_interval});
  };
  for (const bool adverts : {true, false}) {  // of one speaker an advert tells more than a claim
    for (const Word& word : c.words) {
      if (!word.node->fresh) continue;
      // A claim that another node remembers may be older than the holder's own.
      if (!adverts && served && !Serves(word)) continue;
      for (const HeardRouter& heard : word.report.heard) {
        const bool meant = heard.names_vip || IsOfItsRouter(word.report, heard);
        if ((heard.version != 0) == adverts && heard.on_wire && meant) add(word, heard);
      }
    }
  }
  std::vector<Voice> result;
  for (auto& [key, voice] : voices) result.push_back(std::move(voice));
  return result;
}

bool IsForeign(const Case& c) {
  return !c.words.empty() && std::none_of(c.words.begin(), c.words.end(), [](const Word& word) {
    return CallsItItsOwn(word.report) || word.report.answers();
  });
}

}  // namespace arbiter::core
