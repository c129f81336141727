#include "tests/lab/keepalived_config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace lab {
namespace {

// A block needs its own lines: `{ a b }` on one line is not parsed the way it reads.
std::string Block(absl::string_view head, const std::vector<std::string>& lines) {
  std::string text = absl::StrCat(head, " {\n");
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text + "}\n";
}

std::string BlockUnlessEmpty(absl::string_view head, const std::vector<std::string>& lines) {
  return lines.empty() ? "" : Block(head, lines);
}

std::string TrackerName(const std::string& owner) { return "arbiter_" + owner; }

std::string Tracker(const std::string& owner, const std::string& path) {
  if (path.empty()) return "";
  return Block("track_file " + TrackerName(owner), {"file \"" + path + "\"", "weight 0", "init_file 0"});
}

std::string TrackedBy(const std::string& owner, const std::string& path) {
  return path.empty() ? "" : Block("track_file", {TrackerName(owner)});
}

std::string RenderInstance(const InstanceConfig& instance) {
  std::vector<std::string> lines = {
      "state " + instance.state,
      "interface " + instance.interface,
      absl::StrCat("virtual_router_id ", instance.virtual_router_id),
      absl::StrCat("priority ", instance.priority),
      absl::StrCat("version ", instance.version),
      "advert_int " + instance.advert_int,
      Block("virtual_ipaddress", instance.virtual_ipaddress),
      BlockUnlessEmpty("virtual_ipaddress_excluded", instance.virtual_ipaddress_excluded),
      BlockUnlessEmpty("unicast_peer", instance.unicast_peer),
      TrackedBy(instance.name, instance.track_file),
  };
  if (!instance.auth_type.empty()) {
    lines.push_back(Block("authentication", {"auth_type " + instance.auth_type, "auth_pass " + instance.auth_pass}));
  }
  if (!instance.unicast_src_ip.empty()) lines.push_back("unicast_src_ip " + instance.unicast_src_ip);
  if (instance.use_vmac) lines.emplace_back("use_vmac");
  if (instance.vmac_xmit_base) lines.emplace_back("vmac_xmit_base");
  if (instance.nopreempt) lines.emplace_back("nopreempt");
  lines.insert(lines.end(), instance.extra.begin(), instance.extra.end());
  return Block("vrrp_instance " + instance.name, lines);
}

}  // namespace

std::string Render(const KeepalivedConfig& config) {
  std::string text = Block("global_defs", config.global_defs);
  for (const std::string& block : config.blocks) absl::StrAppend(&text, block, "\n");
  for (const InstanceConfig& instance : config.instances) {
    absl::StrAppend(&text, Tracker(instance.name, instance.track_file));
  }
  for (const SyncGroupConfig& group : config.sync_groups) {
    absl::StrAppend(&text, Tracker(group.name, group.track_file));
  }
  for (const InstanceConfig& instance : config.instances) absl::StrAppend(&text, RenderInstance(instance));
  for (const SyncGroupConfig& group : config.sync_groups) {
    absl::StrAppend(&text, Block("vrrp_sync_group " + group.name,
                                 {Block("group", group.instances), TrackedBy(group.name, group.track_file)}));
  }
  return text;
}

}  // namespace lab
