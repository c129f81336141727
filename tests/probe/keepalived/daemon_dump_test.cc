// What we read against what keepalived itself says it read: its own examples, and configurations that go through the
// syntax and the rules for defaults. Needs root, keepalived and namespaces.
#include "tests/probe/keepalived/daemon_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "probe/keepalived/config_reader.h"
#include "probe/keepalived/scope.h"
#include "probe/keepalived/snippet.h"
#include "tests/lab/check.h"
#include "tests/lab/netns.h"
#include "tests/probe/keepalived/temporary_directory.h"

namespace probe::keepalived {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSamples[] = "/usr/share/doc/keepalived/samples";

// A namespace with the interfaces that the configurations name.
class DaemonDump : public testing::Test {
 protected:
  DaemonDump() : netns_(absl::StrCat("kaddump", getpid())) {
    std::string lines;
    int number = 0;
    for (const std::string name : {"eth0", "eth1", "eth2", "eth3", "eth0.1"}) {
      absl::StrAppend(&lines, "link add ", name, " type veth peer name peer", number, "\nlink set ", name,
                      " up\nlink set peer", number, " up\naddr add 10.0.", number, ".5/24 dev ", name, "\n");
      ++number;
    }
    lab::Check(netns_.IpBatch(lines));
  }

  // The daemon's facts; empty with a reason in `why` when it will not run this configuration.
  Dump Daemon(const std::string& path, std::string* why) {
    const absl::StatusOr<std::string> log = RunForItsDump(netns_.name(), path);
    EXPECT_TRUE(log.ok()) << log.status();
    const absl::StatusOr<Dump> dump = log.ok() ? ParseDump(*log) : log.status();
    if (!dump.ok()) {
      *why = std::string(dump.status().message());
      return {};
    }
    return *dump;
  }

  static Config Ours(const std::string& path) {
    // The interfaces are those of the namespace.
    ReadOptions options{.config_id = "west", .limits = {}, .mtu_of = [](const std::string&) { return 1500; }};
    absl::StatusOr<Config> config = ReadConfig(path, options);
    EXPECT_TRUE(config.ok()) << config.status();
    return config.ok() ? *std::move(config) : Config();
  }

  // Compares instance by instance and fact by fact. A sync group may change its members' initial state.
  static void Compare(const Dump& theirs, const Config& config, const std::string& path) {
    const Dump ours = DumpOf(config);
    std::set<std::string> names;
    for (const Dump* dump : {&theirs, &ours}) {
      for (const auto& [name, facts] : *dump) {
        names.insert(name);
      }
    }
    for (const std::string& name : names) {
      ASSERT_TRUE(theirs.contains(name)) << path << ": the daemon has no instance " << name;
      ASSERT_TRUE(ours.contains(name)) << path << ": we have no instance " << name;
      for (const auto& [fact, value] : ours.at(name)) {
        if (fact == "state" && !ours.at(name).at("group").empty()) {
          continue;
        }
        const auto said = theirs.at(name).find(fact);
        EXPECT_EQ(value, said == theirs.at(name).end() ? "" : said->second) << path << ": " << name << ": " << fact;
      }
    }
  }

  lab::NetNamespace netns_;
};

TEST_F(DaemonDump, AgreesWithTheDaemonOnItsOwnExamples) {
  std::map<std::string, std::string> not_run;
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kSamples)) {
    const std::string path = entry.path().string();
    if (!absl::StartsWith(entry.path().filename().string(), "keepalived.conf")) {
      continue;
    }
    const Config config = Ours(path);
    if (config.instances.empty()) {
      continue;  // the other examples are of its load balancer
    }
    std::string why;
    const Dump theirs = Daemon(path, &why);
    if (!why.empty()) {
      not_run[entry.path().filename().string()] = why;
      continue;
    }
    Compare(theirs, config, path);
    ++compared;
  }
  EXPECT_GE(compared, 10);
  RecordProperty("compared", compared);
  // This one needs the kernel's load balancer (IPVS).
  not_run.erase("keepalived.conf.vrrp.lvs_syncd");
  EXPECT_THAT(not_run, IsEmpty());
}

class OurConfigurations : public DaemonDump, public testing::WithParamInterface<std::string> {};

TEST_P(OurConfigurations, AreReadAsTheDaemonReadsThem) {
  const std::string path = std::string(KEEPALIVED_CONFIGS) + "/" + GetParam() + ".conf";
  std::string why;
  const Dump theirs = Daemon(path, &why);
  ASSERT_EQ(why, "");
  ASSERT_FALSE(theirs.empty());
  Compare(theirs, Ours(path), path);
}

INSTANTIATE_TEST_SUITE_P(Configurations, OurConfigurations,
                         testing::Values("definitions", "defaults", "families", "tracking", "braces", "sequences",
                                         "field", "many"),
                         [](const auto& one) { return one.param; });

// The snippet is pasted as it says, and then keepalived tracks the files and we find them.
TEST_F(DaemonDump, ShowsTheTrackFilesOfThePastedSnippet) {
  const TemporaryDirectory directory;
  const std::string group = "vrrp_sync_group G {\n group { B C }\n";
  const auto instance = [](const std::string& name, int vrid, const std::string& more) {
    return absl::StrCat("vrrp_instance ", name, " {\n interface eth0\n virtual_router_id ", vrid,
                        "\n virtual_ipaddress { 10.9.0.", vrid, " }\n", more, "}\n");
  };
  const std::string tail = instance("B", 2, "") + instance("C", 3, "");
  directory.Write("before.conf", group + "}\n" + instance("A-1", 1, "") + tail);
  const std::string snippet = Snippet(Ours(directory.Path("before.conf")), directory.Path(""));
  const std::size_t in_group = snippet.find("# In vrrp_sync_group G");
  const std::size_t in_instance = snippet.find("# In vrrp_instance A-1");
  ASSERT_NE(in_group, std::string::npos) << snippet;
  ASSERT_NE(in_instance, std::string::npos) << snippet;
  directory.Write("after.conf", snippet.substr(0, in_group) + group + snippet.substr(in_group, in_instance - in_group) +
                                    "}\n" + instance("A-1", 1, snippet.substr(in_instance)) + tail);
  const Config config = Ours(directory.Path("after.conf"));
  for (const Instance& one : config.instances) {
    const auto rung = FindTrackFile(config, one, directory.Path(""));
    EXPECT_TRUE(std::holds_alternative<TrackFileRung>(rung)) << std::get<NoTrackFile>(rung).why;
  }
  EXPECT_THAT(config.diagnostics, IsEmpty());
  const absl::StatusOr<std::string> log = RunForItsDump(netns_.name(), directory.Path("after.conf"));
  ASSERT_TRUE(log.ok()) << log.status();
  const absl::StatusOr<Dump> dump = ParseDump(*log);
  ASSERT_TRUE(dump.ok()) << dump.status();
  EXPECT_EQ(dump->at("A-1").at("files"), "arbiter_A-1 0");
  for (const std::string name : {"A-1", "G"}) {
    EXPECT_TRUE(std::filesystem::exists(directory.Path(name + ".demote"))) << "init_file makes it";
  }
}

}  // namespace
}  // namespace probe::keepalived
