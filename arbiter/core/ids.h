// The names by which the core knows things.
#ifndef ARBITER_CORE_IDS_H_
#define ARBITER_CORE_IDS_H_

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "proto/value/ip_address.h"

namespace arbiter::core {

// A node: its name is unique within its cluster.
struct NodeKey {
  std::string cluster;
  std::string node;

  friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
  friend bool operator==(const NodeKey&, const NodeKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const NodeKey& k) {
    return H::combine(std::move(h), k.cluster, k.node);
  }
};

// A VIP within the cluster in which it must be unique.
struct VipKey {
  std::string cluster;
  IpAddress vip;

  friend auto operator<=>(const VipKey&, const VipKey&) = default;
  friend bool operator==(const VipKey&, const VipKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const VipKey& k) {
    return H::combine(std::move(h), k.cluster, k.vip);
  }
};

// An incident's name: "<term>-<number>", unique over restarts because every start has a new term.
using IncidentId = std::string;

}  // namespace arbiter::core

#endif  // ARBITER_CORE_IDS_H_
