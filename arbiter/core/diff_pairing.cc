#include "arbiter/core/diff_pairing.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "arbiter/core/cause_settings.h"

namespace arbiter::core {
namespace {

// How much speaks for two instances being one virtual router; the greater, the more.
struct Likeness {
  std::size_t common_addresses = 0;
  bool same_vrid = false;
  bool same_name = false;

  friend auto operator<=>(const Likeness&, const Likeness&) = default;
};

struct Pair {
  Likeness likeness;
  std::size_t first = 0;
  std::size_t second = 0;
};

struct Item {
  std::size_t node = 0;
  const InstanceConfig* instance = nullptr;
  std::vector<IpAddress> vips;  // a set, excluded ones too
  std::size_t group = 0;
};

bool SameFamily(const Item& a, const Item& b) {
  return a.vips.empty() || b.vips.empty() || a.vips.front().family() == b.vips.front().family();
}

std::optional<Likeness> Compare(const Item& a, const Item& b) {
  Likeness likeness;
  likeness.same_vrid = a.instance->vrid == b.instance->vrid && a.instance->vrid != 0;
  likeness.same_name = a.instance->name == b.instance->name;
  likeness.common_addresses = a.vips.size() - Without(a.vips, b.vips).size();
  if (likeness.common_addresses > 0) return likeness;
  if (!SameFamily(a, b) || NetworksDisjoint(*a.instance, *b.instance)) return std::nullopt;
  if (!likeness.same_vrid && !likeness.same_name) return std::nullopt;
  return likeness;
}

std::vector<Item> AllInstances(const std::vector<NodeConfig>& nodes) {
  std::vector<Item> items;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    for (const InstanceConfig& instance : nodes[node].report->instances) {
      std::vector<IpAddress> vips = instance.addresses;
      vips.insert(vips.end(), instance.excluded_addresses.begin(), instance.excluded_addresses.end());
      items.push_back({node, &instance, AsSet(std::move(vips)), items.size()});
    }
  }
  return items;
}

std::vector<Pair> LikelyPairs(const std::vector<Item>& items) {
  std::vector<Pair> pairs;
  for (std::size_t first = 0; first < items.size(); ++first) {
    for (std::size_t second = first + 1; second < items.size(); ++second) {
      if (items[first].node == items[second].node) continue;
      const std::optional<Likeness> likeness = Compare(items[first], items[second]);
      if (likeness.has_value()) pairs.push_back({*likeness, first, second});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.likeness > b.likeness; });
  return pairs;
}

// Puts both groups together unless a node would be in the result twice.
void Join(std::vector<Item>& items, std::size_t into, std::size_t from) {
  if (into == from) return;
  std::set<std::size_t> nodes;
  for (const Item& item : items) {
    const bool concerned = item.group == into || item.group == from;
    if (concerned && !nodes.insert(item.node).second) return;
  }
  for (Item& item : items) {
    if (item.group == from) item.group = into;
  }
}

template <typename Text>
std::string Distinct(const VirtualRouter& router, Text text) {
  std::vector<std::string> texts;
  for (const RouterOnNode& part : router) {
    std::string one = text(*part.instance);
    if (std::find(texts.begin(), texts.end(), one) == texts.end()) texts.push_back(std::move(one));
  }
  return absl::StrJoin(texts, ", ");
}

}  // namespace

std::vector<VirtualRouter> PairInstances(const std::vector<NodeConfig>& nodes) {
  std::vector<Item> items = AllInstances(nodes);
  for (const Pair& pair : LikelyPairs(items)) {
    const std::size_t a = items[pair.first].group;
    const std::size_t b = items[pair.second].group;
    Join(items, std::min(a, b), std::max(a, b));
  }
  std::vector<VirtualRouter> routers;
  for (std::size_t group = 0; group < items.size(); ++group) {
    VirtualRouter router;
    for (const Item& item : items) {
      if (item.group == group) router.push_back({&nodes[item.node], item.instance});
    }
    if (!router.empty()) routers.push_back(std::move(router));
  }
  return routers;
}

std::string NameOf(const VirtualRouter& router) {
  const std::string names = Distinct(router, [](const InstanceConfig& instance) { return instance.name; });
  const std::string vrids =
      Distinct(router, [](const InstanceConfig& instance) { return absl::StrCat(static_cast<int>(instance.vrid)); });
  return absl::StrCat(names, " (VRID ", vrids, ")");
}

}  // namespace arbiter::core
