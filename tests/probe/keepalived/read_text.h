// Reads a configuration that is written in the test.
#ifndef TESTS_PROBE_KEEPALIVED_READ_TEXT_H_
#define TESTS_PROBE_KEEPALIVED_READ_TEXT_H_

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "probe/keepalived/config_reader.h"
#include "tests/probe/keepalived/map_source.h"

namespace probe::keepalived {

inline constexpr char kRoot[] = "/etc/keepalived/keepalived.conf";

// The node's id for conditions is "west". A failure to read is a failure of the test.
inline Config ReadFiles(std::map<std::string, std::string> files) {
  MapSource source(std::move(files));
  absl::StatusOr<Config> config = ReadConfigFrom(&source, kRoot, {.config_id = "west", .limits = {}});
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *std::move(config) : Config();
}

inline Config ReadText(std::string text) { return ReadFiles({{kRoot, std::move(text)}}); }

// A sound instance with one address; `lines` come after it, between the same braces.
inline std::string InstanceText(const std::string& name, const std::string& lines) {
  return "vrrp_instance " + name + " {\n interface eth0\n virtual_router_id 7\n virtual_ipaddress {\n  10.0.0.1\n }\n" +
         lines + "}\n";
}

// The diagnostics as an operator reads them.
inline std::vector<std::string> Texts(const Config& config) {
  std::vector<std::string> texts;
  for (const Diagnostic& diagnostic : config.diagnostics) {
    texts.push_back(diagnostic.ToString());
  }
  return texts;
}

}  // namespace probe::keepalived

#endif  // TESTS_PROBE_KEEPALIVED_READ_TEXT_H_
