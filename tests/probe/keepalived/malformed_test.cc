// Whatever the bytes are: no crash, an answer within bounds, and the same answer again. The fuzzer does the same
// without end; this is the part of it that runs everywhere.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "probe/keepalived/scope.h"
#include "probe/keepalived/snippet.h"
#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

// Every form that the reader knows.
const std::string kEverything = R"(! everything
$A=x
$M= \
 priority ${N} \
 @west accept
$N=9
global_defs {
  vrrp_version 3
}
track_file t {
  file "/run/a" # b
  weight 0 reverse
  init_file 0 overwrite
}
vrrp_script s {
  script "/bin/a 'b c' \x41"
  interval 2
  user a b
}
vrrp_sync_group G {
  group { V W }
  track_file {
    t weight 0
  }
}
include other
vrrp_instance V {
  state MASTER
  interface eth0
  virtual_router_id 1
  advert_int 0.5
  $M
  use_vmac v1 00:00:5e:00:01
  unicast_peer { 10.0.0.2 min_ttl 3 }
  authentication {
    auth_type PASS
    auth_pass "1#2"
  }
  virtual_ipaddress {
    ~SEQ(I,1,3) 10.0.1.$I/24 dev eth1 label eth1:$I
    ~LST({A,B},{1,2},{3,4}) 10.${A}.${B}.1
  }
  track_script { s }
  notify "/bin/n x" root
}
)";

absl::StatusOr<Config> Read(const std::string& text) {
  MapSource source({{kRoot, text}, {"/etc/keepalived/other", "vrrp_instance W {\n interface eth1\n"}});
  ReadOptions options;
  options.config_id = "west";
  options.limits.statements = 5000;
  options.limits.work_bytes = std::size_t{1} << 20;
  return ReadConfigFrom(&source, kRoot, options);
}

// Everything that is made of a configuration.
std::string Use(const std::string& text) {
  const absl::StatusOr<Config> config = Read(text);
  if (!config.ok()) {
    return config.status().ToString();
  }
  EXPECT_LE(config->diagnostics.size(), kMaxDiagnostics);
  std::string result = Snippet(*config, "/run/arbiter-probe");
  for (const Instance& instance : config->instances) {
    result += instance.name + std::to_string(FaultTogether(*config, instance).size());
  }
  for (const Diagnostic& diagnostic : config->diagnostics) {
    result += diagnostic.ToString();
  }
  return result;
}

TEST(Malformed, TheWholeIsSound) {
  const absl::StatusOr<Config> config = Read(kEverything);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->instances.size(), 1U);  // W, which the include opens, swallows V: its brace is missing
}

TEST(Malformed, EveryPrefixIsRead) {
  for (std::size_t length = 0; length <= kEverything.size(); ++length) {
    Use(kEverything.substr(0, length));
  }
}

TEST(Malformed, ChangedBytesAreRead) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same bytes each time
  const std::string interesting = "{}\"'\\#!@^$~()=,:/ \n\t\0x9-";
  for (int round = 0; round < 3000; ++round) {
    std::string text = kEverything;
    for (int change = 0; change < 1 + round % 8; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = interesting[random() % interesting.size()];
          break;
        case 1:
          text.insert(at, 1, interesting[random() % interesting.size()]);
          break;
        default:
          text.erase(at, 1 + random() % 20);
          break;
      }
    }
    EXPECT_EQ(Use(text), Use(text)) << text;
  }
}

TEST(Malformed, RandomLinesAreRead) {
  std::mt19937 random(11);  // NOLINT(bugprone-random-generator-seed): the same bytes each time
  const std::vector<std::string> words = {"vrrp_instance",
                                          "A",
                                          "{",
                                          "}",
                                          "virtual_ipaddress",
                                          "10.0.0.1",
                                          "\n",
                                          "\n",
                                          "$A",
                                          "$A=",
                                          "\\\n",
                                          "@west",
                                          "~SEQ(A,1,9)",
                                          "track_file",
                                          "include other",
                                          "\"",
                                          "group",
                                          "vrrp_sync_group",
                                          "${A}",
                                          "auth_pass",
                                          "state",
                                          "MASTER",
                                          "\xff"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) {
      text += words[random() % words.size()] + " ";
    }
    Use(text);
  }
}

}  // namespace
}  // namespace probe::keepalived
