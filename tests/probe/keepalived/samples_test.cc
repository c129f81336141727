// keepalived's own examples, where the package is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "probe/keepalived/config_reader.h"
#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kSamples = "/usr/share/doc/keepalived/samples";

std::vector<std::filesystem::path> SampleFiles() {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kSamples, error)) {
    if (entry.path().filename().string().starts_with("keepalived.conf")) {
      paths.push_back(entry.path());
    }
  }
  paths.emplace_back("/etc/keepalived/keepalived.conf.sample");
  std::sort(paths.begin(), paths.end());
  return paths;
}

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(kSamples)) << "keepalived is not installed: deploy/setup";
  }
};

TEST_F(Samples, AreAllReadWithoutAnErrorOfOurs) {
  // One example has a group in a spelling that keepalived 2 itself refuses.
  const std::string old_group = (kSamples / "keepalived.conf.vrrp.lvs_syncd").string();
  int read = 0;
  for (const std::filesystem::path& path : SampleFiles()) {
    const absl::StatusOr<Config> config = ReadConfig(path.string(), {});
    ASSERT_TRUE(config.ok()) << config.status();
    ++read;
    EXPECT_EQ(config->skipped, path == old_group ? 2U : 0U) << path;
    for (const Diagnostic& diagnostic : config->diagnostics) {
      EXPECT_TRUE(diagnostic.kind != Diagnostic::Kind::kUnknown || path == old_group) << diagnostic.ToString();
      EXPECT_NE(diagnostic.kind, Diagnostic::Kind::kStructure) << diagnostic.ToString();
      EXPECT_NE(diagnostic.kind, Diagnostic::Kind::kFile) << diagnostic.ToString();
    }
  }
  EXPECT_GE(read, 20);
}

TEST_F(Samples, OfConditionsDiffersByTheNodesId) {
  const std::string path = (kSamples / "keepalived.conf.conditional_conf").string();
  const absl::StatusOr<Config> high = ReadConfig(path, {.config_id = "high", .limits = {}});
  const absl::StatusOr<Config> low = ReadConfig(path, {.config_id = "low", .limits = {}});
  ASSERT_TRUE(high.ok() && low.ok());
  EXPECT_EQ(high->instances.at(0).priority.value.value(), 170);
  EXPECT_EQ(low->instances.at(0).priority.value.value(), 85);
  EXPECT_EQ(high->globals.net_namespace.value, "high");
  EXPECT_THAT(low->scripts.at(0).arguments, ElementsAre("/etc/keepalived/scripts/check_low_VI_0.sh"));
}

}  // namespace
}  // namespace probe::keepalived
