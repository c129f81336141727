// What concerns the node as a whole.
#ifndef PROBE_REPORT_NODE_REPORT_H_
#define PROBE_REPORT_NODE_REPORT_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "arbiter/v1/report.pb.h"
#include "probe/observe/advert_tracker.h"
#include "probe/observe/gateway_tracker.h"
#include "probe/report/facts.h"

namespace probe::report {

// What the facts about VIPs do not have.
struct NodeFacts {
  std::string daemon_name = "keepalived";
  std::string config_path;
  std::vector<std::string> problems;  // what an operator should know, beside the configuration's own diagnostics
  std::vector<std::string> interfaces;
  std::uint64_t gate_restores = 0;
  bool dry_run = false;
  std::uint64_t capture_drops = 0;
  std::uint64_t netlink_overruns = 0;
  std::map<std::string, std::uint64_t> dropped_adverts;
  std::array<std::uint64_t, observe::kAllVantages.size()> adverts{};  // heard since the start, by vantage point
  std::vector<observe::Gateway> gateways;                             // of CARP and HSRP
  std::vector<std::string> address_managers;  // programs that run here and give interfaces their addresses
  std::string fingerprint_key;                // empty: not known yet, and no fingerprint is told
};

arbiter::v1::NodeReport NodeReportOf(const Facts& facts, const NodeFacts& node);

}  // namespace probe::report

#endif  // PROBE_REPORT_NODE_REPORT_H_
