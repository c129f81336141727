// Answers of an arbiter, written as protobuf text.
#ifndef TESTS_ARBITER_CTL_SAMPLE_H_
#define TESTS_ARBITER_CTL_SAMPLE_H_

#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) std::abort();
  return message;
}

inline constexpr char kHolderA[] =
    "holders { node: 'a' interface: 'eth0' vrid: 66 priority: 100 advertising: true held_for { seconds: 8 } daemon: "
    "DAEMON_STATE_RUNNING }";
inline constexpr char kHolderB[] =
    "holders { node: 'b' interface: 'eth0' vrid: 65 priority: 90 advertising: true held_for { seconds: 3 } daemon: "
    "DAEMON_STATE_RUNNING }";

// Cluster prod with nodes a and b and one VIP, 192.168.1.212, that has these fields too.
inline v1::GetStatusResponse OneVip(const std::string& vip_fields) {
  return Parsed<v1::GetStatusResponse>(absl::StrCat(
      "arbiter { id: 'w1' version: '", ARBITER_VERSION,
      "' term: 3 uptime { seconds: 12 nanos: 500000000 } } clusters { name: 'prod' mode: MODE_ENFORCE",
      " nodes { id: 'a' state: NODE_STATE_CONNECTED last_report_age { nanos: 200000000 } probe_version: '0.1.0' }",
      " nodes { id: 'b' state: NODE_STATE_CONNECTED last_report_age { nanos: 300000000 } probe_version: '0.1.0' }",
      " vips { address: '192.168.1.212' since { seconds: 8 nanos: 100000000 } ", vip_fields, " } }"));
}

inline v1::GetStatusResponse Guarded() {
  return OneVip(
      absl::StrCat("state: VIP_STATE_GUARDED incident: '3-1' causes: VRID_MISMATCH ", kHolderA,
                   " held_back { node: 'b' since { seconds: 12 } reason: 'a has the higher priority' incident: '3-1'",
                   " gate { shut: true } configured: true } advice: 'set virtual_router_id 66 on b'"));
}

}  // namespace arbiter::ctl

#endif  // TESTS_ARBITER_CTL_SAMPLE_H_
