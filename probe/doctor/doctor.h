// `arbiter-probe doctor`: examines this node, with no arbiter needed, and changes nothing.
#ifndef PROBE_DOCTOR_DOCTOR_H_
#define PROBE_DOCTOR_DOCTOR_H_

#include <chrono>
#include <string>
#include <vector>

#include "probe/doctor/check_segment.h"
#include "probe/doctor/finding.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

struct Options {
  std::string keepalived_conf;  // empty: what the daemon was started with, else the default one
  std::string keepalived_pidfile;
  std::string runtime_dir;
  std::vector<std::string> interfaces;         // to listen on besides those of the instances
  std::vector<arbiter::IpAddress> vips;        // that the probe's configuration lists
  std::vector<arbiter::IpAddress> references;  // the same
  std::vector<Answering> answering;            // what the node's probe has found by asking
  std::chrono::nanoseconds listen = std::chrono::seconds(3);
};

// Blocks: listens for that time, and runs every check script twice. What it must not look at is a finding, no error.
Findings Examine(const Options& options);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_DOCTOR_H_
