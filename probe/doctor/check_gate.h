// What a demotion and a verdict will need on this node. Pure.
#ifndef PROBE_DOCTOR_CHECK_GATE_H_
#define PROBE_DOCTOR_CHECK_GATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "probe/doctor/finding.h"
#include "proto/value/ip_address.h"

namespace probe::doctor {

struct GateFacts {
  absl::Status usable;                                  // tried for real
  std::string kernel;                                   // "6.1.0-28-amd64"
  std::string container;                                // "lxc", "docker", ...; empty: none
  std::map<arbiter::IpAddress, std::string> shut = {};  // VIPs behind a shut gate, and who shut it
};

Findings CheckGate(const GateFacts& facts);

// Whom this node may ask whether it is on its VIPs' segment.
struct ReferenceFacts {
  enum class From : std::uint8_t { kNowhere, kConfiguration, kGateway, kNeighbours };

  std::string interface;
  From from = From::kNowhere;
  std::vector<arbiter::IpAddress> hosts;
  std::vector<arbiter::IpAddress> silent;  // of these, those that did not answer
  absl::Status asked;                      // not OK: nobody could be asked, and why
};

Findings CheckReferences(const std::vector<ReferenceFacts>& segments);

}  // namespace probe::doctor

#endif  // PROBE_DOCTOR_CHECK_GATE_H_
