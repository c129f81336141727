#include "arbiter/core/world.h"

#include <algorithm>
#include <utility>

namespace arbiter::core {
namespace {

constexpr Duration kSilenceWindow = std::chrono::seconds(5);

// The node has its own reasons to call the address a VIP, and not only the arbiter's word.
bool Vouches(const VipReport& report) {
  return report.in_daemon_config || report.advertises || report.vrid.has_value();
}

template <typename Wanted>
Parties Select(const Case& c, Wanted wanted) {
  Parties result;
  for (const Word& word : c.words) {
    if (wanted(word.report) && word.node->fresh) result.push_back({word.node, &word.report});
  }
  return result;
}

// Where the node's word is, or would be.
template <typename Words>
auto PlaceOf(Words& words, const std::string& node) {
  return std::lower_bound(words.begin(), words.end(), node,
                          [](const Word& word, const std::string& name) { return word.node->key.node < name; });
}

// Looks at no node, for each would have to be fetched.
Word* WordOf(Case& c, const Node& node) {
  const auto found = std::find_if(c.words.begin(), c.words.end(), [&](const Word& word) { return word.node == &node; });
  return found == c.words.end() ? nullptr : &*found;
}

bool IsAdvertOf(const Node& node, const VipReport* report, const HeardRouter& heard) {
  if (!heard.on_wire || heard.version == 0 || !heard.defects.empty()) return false;
  if (report != nullptr && report->vrid.has_value() && report->vrid != heard.vrid) return false;
  if (report != nullptr && report->primary_address == heard.source) return true;
  return node.own_addresses.contains(heard.source);
}

// The advert is one of the survivor for whose sake the node is held back, by the node's own memory.
bool IsAdvertOfSurvivor(const LocalHold& hold, const HeardRouter& heard) {
  if (!heard.on_wire || heard.version == 0 || !heard.defects.empty()) return false;
  if (hold.survivor_vrid != 0 && hold.survivor_vrid != heard.vrid) return false;
  const std::vector<IpAddress>& known = hold.survivor_addresses;
  return std::find(known.begin(), known.end(), heard.source) != known.end();
}

bool IsHeardByHeldNode(const Case& c, const std::string& survivor) {
  return std::any_of(c.words.begin(), c.words.end(), [&](const Word& word) {
    const LocalHold* hold = word.node->fresh ? word.node->HoldOn(c.key.vip) : nullptr;
    return hold != nullptr && hold->survivor == survivor &&
           std::any_of(word.report.heard.begin(), word.report.heard.end(),
                       [&](const HeardRouter& heard) { return IsAdvertOfSurvivor(*hold, heard); });
  });
}

}  // namespace

const LocalHold* Node::HoldOn(const IpAddress& vip) const {
  const auto place = std::lower_bound(holds.begin(), holds.end(), vip,
                                      [](const LocalHold& hold, const IpAddress& sought) { return hold.vip < sought; });
  return place != holds.end() && place->vip == vip ? &*place : nullptr;
}

Cluster& World::EnsureCluster(const std::string& name) {
  const auto [found, is_new] = clusters_.try_emplace(name);
  if (is_new) found->second.name = name;
  return found->second;
}

Cluster* World::FindCluster(const std::string& name) {
  const auto found = clusters_.find(name);
  return found == clusters_.end() ? nullptr : &found->second;
}

Node& World::EnsureNode(const NodeKey& key) {
  const auto [found, is_new] = EnsureCluster(key.cluster).nodes.try_emplace(key.node);
  if (is_new) found->second.key = key;
  return found->second;
}

Node* World::FindNode(const NodeKey& key) {
  Cluster* cluster = FindCluster(key.cluster);
  if (cluster == nullptr) return nullptr;
  const auto found = cluster->nodes.find(key.node);
  return found == cluster->nodes.end() ? nullptr : &found->second;
}

const Node* World::FindNode(const std::string& cluster, const std::string& node) const {
  const auto in = clusters_.find(cluster);
  if (in == clusters_.end()) return nullptr;
  const auto found = in->second.nodes.find(node);
  return found == in->second.nodes.end() ? nullptr : &found->second;
}

Case& World::EnsureCase(const VipKey& key) {
  return EnsureCluster(key.cluster).cases.try_emplace(key.vip, key).first->second;
}

Case* World::FindCase(const VipKey& key) {
  Cluster* cluster = FindCluster(key.cluster);
  if (cluster == nullptr) return nullptr;
  const auto found = cluster->cases.find(key.vip);
  return found == cluster->cases.end() ? nullptr : &found->second;
}

bool World::Vouch(Cluster& cluster, const IpAddress& vip, int by) {
  if (by == 0) return false;
  int& count = cluster.known_vips[vip];
  const bool was = count > 0;
  count += by;
  const bool is = count > 0;
  if (!is) cluster.known_vips.erase(vip);
  return was != is;
}

void World::Prefetch(const VipKey& key) {
  constexpr std::size_t kLine = 64;
  const Case* c = FindCase(key);
  if (c == nullptr) return;
  const auto* bytes = reinterpret_cast<const char*>(c);
  for (std::size_t at = 0; at < sizeof(Case); at += kLine) __builtin_prefetch(bytes + at);
  for (const Word& word : c->words) __builtin_prefetch(word.node);
}

void World::MergeNode(Node& node, NodeReport&& report) {
  node.report = std::move(report);
  node.own_addresses = {node.report.addresses.begin(), node.report.addresses.end()};
  for (const IpAddress& vip : node.vips) {
    Word* word = WordOf(*FindCase({node.key.cluster, vip}), node);
    word->report.own_address = node.own_addresses.contains(vip);
  }
}

void World::TakeHolds(Node& node, std::vector<LocalHold> holds) {
  std::stable_sort(holds.begin(), holds.end(), [](const LocalHold& a, const LocalHold& b) { return a.vip < b.vip; });
  const auto twice = [](const LocalHold& a, const LocalHold& b) { return a.vip == b.vip; };
  holds.erase(std::unique(holds.begin(), holds.end(), twice), holds.end());
  node.holds = std::move(holds);
}

WordChange World::MergeVip(Node& node, VipReport&& report, Instant now) {
  report.own_address = node.own_addresses.contains(report.vip);
  Case& c = EnsureCase({node.key.cluster, report.vip});
  Word* word = WordOf(c, node);
  const bool added = word == nullptr;
  if (added) {
    word = &*c.words.insert(PlaceOf(c.words, node.key.node), Word{&node, {}});
    node.vips.insert(report.vip);
  }
  const VipReport& last = word->report;
  report.link_back_since = last.link_down && !report.link_down ? std::optional(now) : last.link_back_since;
  WordChange change;
  const int before = !added && Vouches(word->report) ? 1 : 0;
  const int after = Vouches(report) ? 1 : 0;
  change.let_go = word->report.holds() && !report.holds();
  word->report = std::move(report);
  change.known_vips = before != after && Vouch(EnsureCluster(c.key.cluster), c.key.vip, after - before);
  return change;
}

WordChange World::ForgetVip(Node& node, const IpAddress& vip) {
  WordChange change;
  if (node.vips.erase(vip) == 0) return change;
  Case& c = *FindCase({node.key.cluster, vip});
  Word* word = WordOf(c, node);
  change.let_go = word->report.holds();
  change.known_vips = Vouch(EnsureCluster(node.key.cluster), vip, Vouches(word->report) ? -1 : 0);
  c.words.erase(word);
  return change;
}

const ModeRecord* World::ModeSetFor(const std::string& cluster) const {
  const auto found = clusters_.find(cluster);
  if (found != clusters_.end() && found->second.mode.has_value()) return &*found->second.mode;
  return mode_of_others_.has_value() ? &*mode_of_others_ : nullptr;
}

Mode World::ModeOf(const std::string& cluster) const {
  const ModeRecord* set = ModeSetFor(cluster);
  return set == nullptr ? policy_.default_mode : set->mode;
}

std::optional<Party> World::LastWord(const Case& c, const std::string& node) const {
  const auto word = PlaceOf(c.words, node);
  const bool found = word != c.words.end() && word->node->key.node == node;
  return found ? std::optional(Party{word->node, &word->report}) : std::nullopt;
}

std::optional<Party> World::FreshParty(const Case& c, const std::string& node) const {
  const std::optional<Party> party = LastWord(c, node);
  return party.has_value() && party->node->fresh ? party : std::nullopt;
}

Parties World::FreshParties(const Case& c) const {
  return Select(c, [](const VipReport&) { return true; });
}

Parties World::Claimants(const Case& c) const {
  return Select(c, [](const VipReport& report) { return report.claims(); });
}

Parties World::Holders(const Case& c) const {
  return Select(c, [](const VipReport& report) { return report.holds(); });
}

Parties World::Answering(const Case& c) const {
  return Select(c, [](const VipReport& report) { return report.answers(); });
}

std::vector<std::string> World::SilentClaimants(const Case& c) const {
  std::vector<std::string> result;
  for (const Word& word : c.words) {
    if (!word.node->fresh && word.report.holds()) result.push_back(word.node->key.node);
  }
  return result;
}

const std::string& Standing::name() const { return node->key.node; }

Standings World::StandingsIn(const Cases& cases) const {
  Standings result;
  for (const Case* c : cases) {
    for (const Word& word : c->words) {
      if (!word.node->fresh) continue;
      auto at = std::find_if(result.begin(), result.end(), [&](const Standing& s) { return s.node == word.node; });
      if (at == result.end()) at = result.insert(result.end(), Standing{word.node, &word.report});
      if (at->claims == 0 && word.report.claims()) at->report = &word.report;
      ++at->knows;
      at->configured += word.report.configured ? 1 : 0;
      at->claims += word.report.claims() ? 1 : 0;
      at->holds += word.report.holds() ? 1 : 0;
    }
  }
  std::sort(result.begin(), result.end(), [](const Standing& a, const Standing& b) { return a.name() < b.name(); });
  return result;
}

std::optional<Standing> World::StandingOf(const Cases& cases, const std::string& node) const {
  for (const Standing& standing : StandingsIn(cases)) {
    if (standing.name() == node) return standing;
  }
  return std::nullopt;
}

bool World::HeardOnWire(const Cases& cases, const std::string& node) const {
  if (cases.empty()) return false;
  const Node* sender = FindNode(cases.front()->key.cluster, node);
  if (sender == nullptr || sender->retired || !sender->attached_at.has_value()) {
    return std::any_of(cases.begin(), cases.end(), [&](const Case* c) { return IsHeardByHeldNode(*c, node); });
  }
  return std::any_of(cases.begin(), cases.end(), [&](const Case* c) {
    const std::optional<Party> own = LastWord(*c, node);
    const VipReport* report = own.has_value() ? own->report : nullptr;
    return std::any_of(c->words.begin(), c->words.end(), [&](const Word& word) {
      return word.node != sender && word.node->fresh &&
             std::any_of(word.report.heard.begin(), word.report.heard.end(),
                         [&](const HeardRouter& heard) { return IsAdvertOf(*sender, report, heard); });
    });
  });
}

bool World::EraseIfEmpty(const Case& c) {
  if (!c.words.empty() || c.matter != nullptr || !c.releases.empty()) return false;
  const VipKey key = c.key;
  Cluster& cluster = EnsureCluster(key.cluster);
  cluster.attention.erase(key.vip);
  cluster.cases.erase(key.vip);
  return true;
}

Matter& World::NewMatter(const std::string& cluster) {
  auto matter = std::make_unique<Matter>();
  matter->id = ++last_matter_;
  matter->cluster = cluster;
  return *EnsureCluster(cluster).matters.emplace(matter->id, std::move(matter)).first->second;
}

void World::Leave(const Matter& matter, const Cases& cases) {
  for (Case* c : cases) {
    if (c->matter == &matter && c->contest() == nullptr && c->incident() == nullptr) c->matter = nullptr;
  }
}

std::vector<const Node*> World::Neighbourhood(const Case& c) const {
  constexpr std::size_t kAllUpTo = 64;
  std::vector<const Node*> result;
  const auto found = clusters_.find(c.key.cluster);
  if (found == clusters_.end()) return result;
  if (found->second.nodes.size() <= kAllUpTo) {
    for (const auto& [name, node] : found->second.nodes) {
      if (!node.retired) result.push_back(&node);
    }
  } else {
    for (const Word& word : c.words) result.push_back(word.node);
  }
  return result;
}

std::vector<IpAddress> World::NodeAddresses(const Case& c) const {
  std::set<IpAddress> addresses;
  for (const Node* node : Neighbourhood(c)) {
    addresses.insert(node->report.addresses.begin(), node->report.addresses.end());
    addresses.insert(node->report.loopback_addresses.begin(), node->report.loopback_addresses.end());
  }
  return {addresses.begin(), addresses.end()};
}

std::vector<std::string> World::NodeMacs(const Case& c) const {
  std::set<std::string> macs;
  for (const Node* node : Neighbourhood(c)) {
    if (node->report.macs.empty()) return {};
    macs.insert(node->report.macs.begin(), node->report.macs.end());
  }
  return {macs.begin(), macs.end()};
}

std::vector<NodeMac> World::IdleMacs(const Case& c) const {
  std::vector<NodeMac> macs;
  for (const Node* node : Neighbourhood(c)) {
    if (!node->fresh) continue;
    const std::optional<Party> word = LastWord(c, node->key.node);
    if (word.has_value() && word->report->configured) continue;
    for (const std::string& mac : node->report.macs) macs.push_back({mac, node->key.node});
  }
  return macs;
}

bool World::DoubtsItself(const std::string& cluster, Instant now) const {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return false;
  const Cluster& in = found->second;
  const auto lately = static_cast<std::size_t>(std::count_if(in.fell_silent.begin(), in.fell_silent.end(),
                                                             [&](Instant at) { return now - at < kSilenceWindow; }));
  if (lately < 2) return false;
  const auto fresh = static_cast<std::size_t>(
      std::count_if(in.nodes.begin(), in.nodes.end(), [](const auto& entry) { return entry.second.fresh; }));
  return lately > fresh;
}

void World::FallSilent(Node& node, Instant now) {
  if (!node.fresh) return;
  node.fresh = false;
  std::deque<Instant>& lately = EnsureCluster(node.key.cluster).fell_silent;
  lately.push_back(now);
  while (now - lately.front() >= kSilenceWindow) lately.pop_front();
}

}  // namespace arbiter::core
