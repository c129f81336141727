// A keepalived configuration, and adverts, as values.
#ifndef TESTS_PROBE_DOCTOR_DOCTOR_FIXTURE_H_
#define TESTS_PROBE_DOCTOR_DOCTOR_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "probe/doctor/finding.h"
#include "probe/doctor/heard.h"
#include "probe/keepalived/config_reader.h"
#include "tests/probe/keepalived/map_source.h"

namespace probe::doctor {

inline arbiter::IpAddress Ip(const std::string& text) { return arbiter::IpAddress::Parse(text).value(); }

inline keepalived::Config Configured(const std::string& text) {
  keepalived::MapSource file({{"/etc/keepalived/keepalived.conf", text}});
  return keepalived::ReadConfigFrom(&file, "/etc/keepalived/keepalived.conf", {}).value();
}

inline std::string InstanceText(const std::string& more = "", const std::string& vip = "192.168.1.212/24") {
  return absl::StrCat("vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 66\n priority 90\n advert_int 1\n ",
                      more, "\n virtual_ipaddress {\n  ", vip, "\n }\n}\n");
}

// A healthy advert of a peer for InstanceText(). Change what the test is about.
inline HeardSource Advert(const std::vector<std::string>& addresses = {"192.168.1.212"}) {
  HeardSource source;
  source.interface = "eth0";
  source.on_wire = 3;
  source.delivered = 3;
  source.last.version = 2;
  source.last.vrid = 66;
  source.last.priority = 100;
  source.last.interval_cs = 100;
  source.last.auth_type = vrrp::kAuthNone;
  source.last.origin.source = Ip("192.168.1.1");
  source.last.origin.destination = Ip("224.0.0.18");
  source.last.origin.ttl = 255;
  std::vector<std::uint8_t> bytes;
  for (const std::string& address : addresses) {
    const arbiter::IpAddress ip = Ip(address);
    bytes.insert(bytes.end(), ip.bytes().begin(), ip.bytes().end());
  }
  source.last.addresses.Assign(arbiter::IpAddress::Family::kV4, static_cast<std::uint8_t>(addresses.size()), bytes);
  return source;
}

inline Heard HeardFrom(std::vector<HeardSource> sources) {
  Heard heard;
  heard.listened = std::chrono::seconds(3);
  heard.interfaces["eth0"] = absl::OkStatus();
  heard.sources = std::move(sources);
  return heard;
}

inline Verdict Worst(const Findings& findings) {
  Verdict worst = Verdict::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

// All evidence and repairs, for a matcher.
inline std::string Words(const Findings& findings) {
  std::string words;
  for (const Finding& f : findings) absl::StrAppend(&words, f.subject, ": ", f.evidence, " | ", f.repair, "\n");
  return words;
}

}  // namespace probe::doctor

#endif  // TESTS_PROBE_DOCTOR_DOCTOR_FIXTURE_H_
