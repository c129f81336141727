#include "probe/keepalived/block_grammar.h"

#include <algorithm>
#include <iterator>

namespace probe::keepalived {
namespace {

struct Entry {
  Place place;
  absl::string_view keyword;
  BlockRule rule;
};

constexpr Entry kEntries[] = {
    {Place::kTop, "global_defs", {BlockKind::kKeywords, Place::kGlobals}},
    {Place::kTop, "vrrp_instance", {BlockKind::kKeywords, Place::kInstance}},
    {Place::kTop, "vrrp_sync_group", {BlockKind::kKeywords, Place::kGroup}},
    {Place::kTop, "track_group", {BlockKind::kKeywords, Place::kTrackGroup}},
    {Place::kTop, "garp_group", {BlockKind::kKeywords, Place::kGarpGroup}},
    {Place::kTop, "vrrp_script", {BlockKind::kKeywords, Place::kLeaf}},
    {Place::kTop, "track_file", {BlockKind::kKeywords, Place::kLeaf}},
    {Place::kTop, "vrrp_track_file", {BlockKind::kKeywords, Place::kLeaf}},
    {Place::kTop, "vrrp_track_process", {BlockKind::kKeywords, Place::kLeaf}},
    {Place::kTop, "bfd_instance", {BlockKind::kKeywords, Place::kLeaf}},
    {Place::kTop, "static_ipaddress", {BlockKind::kRows}},
    {Place::kTop, "static_routes", {BlockKind::kRows}},
    {Place::kTop, "static_rules", {BlockKind::kRows}},
    {Place::kTop, "linkbeat_interfaces", {BlockKind::kRows}},
    {Place::kTop, "interface_up_down_delays", {BlockKind::kRows}},
    {Place::kTop, "SSL", {BlockKind::kSkipped}},
    {Place::kTop, "virtual_server", {BlockKind::kSkipped}},
    {Place::kTop, "virtual_server_group", {BlockKind::kSkipped}},
    {Place::kGlobals, "notification_email", {BlockKind::kRows}},
    {Place::kTrackGroup, "group", {BlockKind::kRows}},
    {Place::kGarpGroup, "interfaces", {BlockKind::kRows}},
    {Place::kGroup, "group", {BlockKind::kRows}},
    {Place::kGroup, "track_interface", {BlockKind::kRows}},
    {Place::kGroup, "track_script", {BlockKind::kRows}},
    {Place::kGroup, "track_file", {BlockKind::kRows}},
    {Place::kGroup, "track_process", {BlockKind::kRows}},
    {Place::kGroup, "track_bfd", {BlockKind::kRows}},
    {Place::kInstance, "authentication", {BlockKind::kKeywords, Place::kAuthentication}},
    {Place::kInstance, "virtual_ipaddress", {BlockKind::kRows}},
    {Place::kInstance, "virtual_ipaddress_excluded", {BlockKind::kRows}},
    {Place::kInstance, "virtual_routes", {BlockKind::kRows}},
    {Place::kInstance, "virtual_rules", {BlockKind::kRows}},
    {Place::kInstance, "unicast_peer", {BlockKind::kRows}},
    {Place::kInstance, "track_interface", {BlockKind::kRows}},
    {Place::kInstance, "track_script", {BlockKind::kRows}},
    {Place::kInstance, "track_file", {BlockKind::kRows}},
    {Place::kInstance, "track_process", {BlockKind::kRows}},
    {Place::kInstance, "track_bfd", {BlockKind::kRows}},
};

}  // namespace

BlockRule RuleOf(Place place, absl::string_view keyword) {
  const auto* const found = std::find_if(std::begin(kEntries), std::end(kEntries), [&](const Entry& entry) {
    return entry.place == place && entry.keyword == keyword;
  });
  return found == std::end(kEntries) ? BlockRule() : found->rule;
}

}  // namespace probe::keepalived
