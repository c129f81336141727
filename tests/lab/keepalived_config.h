// keepalived.conf as a value: what the lab varies, and lines of one's own for the rest.
#ifndef TESTS_LAB_KEEPALIVED_CONFIG_H_
#define TESTS_LAB_KEEPALIVED_CONFIG_H_

#include <string>
#include <vector>

namespace lab {

// One vrrp_instance. The names are keepalived's own.
struct InstanceConfig {
  std::string name = "VI_1";
  std::string state = "BACKUP";
  std::string interface = "eth0";
  int virtual_router_id = 66;
  int priority = 100;
  int version = 2;
  std::string advert_int = "1";                // seconds
  std::vector<std::string> virtual_ipaddress;  // with prefix lengths
  std::vector<std::string> virtual_ipaddress_excluded = {};
  std::string auth_type = "";  // PASS or AH; empty: none
  std::string auth_pass = "";
  std::string unicast_src_ip = "";
  std::vector<std::string> unicast_peer = {};
  bool use_vmac = false;
  bool vmac_xmit_base = false;
  bool nopreempt = false;
  std::string track_file = "";          // path of its demotion file; empty: none
  std::vector<std::string> extra = {};  // further lines of the block
};

// One vrrp_sync_group.
struct SyncGroupConfig {
  std::string name = "G_1";
  std::vector<std::string> instances;
  std::string track_file = "";
};

struct KeepalivedConfig {
  std::vector<std::string> global_defs = {};  // lines
  std::vector<std::string> blocks = {};       // of one's own, before the instances: vrrp_script, say
  std::vector<InstanceConfig> instances;
  std::vector<SyncGroupConfig> sync_groups = {};
};

// The text of the file.
std::string Render(const KeepalivedConfig& config);

}  // namespace lab

#endif  // TESTS_LAB_KEEPALIVED_CONFIG_H_
