// The reader on real files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/probe/keepalived/read_text.h"
#include "tests/probe/keepalived/temporary_directory.h"

namespace probe::keepalived {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ReadConfig, FollowsIncludesWithPatternsAndBraces) {
  const TemporaryDirectory directory;
  directory.Write("k.conf", "include conf.d/*.conf\ninclude {x,y}\n");
  directory.Write("conf.d/b.conf", "vrrp_instance B {\n include ../vrid\n}\n");
  directory.Write("conf.d/a.conf", "vrrp_instance A {\n}\n");
  directory.Write("conf.d/c.txt", "vrrp_instance C {\n}\n");
  directory.Write("vrid", "virtual_router_id 9\n");
  directory.Write("y", "vrrp_instance Y {\n}\n");
  const absl::StatusOr<Config> config = ReadConfig(directory.Path("k.conf"), {});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->instances.size(), 3U);
  EXPECT_EQ(config->instances[0].name, "A");
  EXPECT_EQ(config->instances[1].vrid->value.value(), 9);
  EXPECT_EQ(config->instances[2].name, "Y");
  EXPECT_THAT(config->directories,
              ElementsAre(directory.Path("conf.d"), directory.Path("conf.d/.."), directory.Path("")));
}

TEST(ReadConfig, LeavesOutWhatTheDaemonLeavesOut) {
  const TemporaryDirectory directory;
  directory.Write("k.conf", "include x\ninclude d\ninclude f\ninclude gone\nnet_namespace n\n");
  directory.Write("x", "net_namespace x\n");
  ASSERT_EQ(chmod(directory.Path("x").c_str(), 0755), 0);
  std::filesystem::create_directory(directory.Path("d"));
  ASSERT_EQ(mkfifo(directory.Path("f").c_str(), 0600), 0);
  const absl::StatusOr<Config> config = ReadConfig(directory.Path("k.conf"), {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->globals.net_namespace.value, "n");
  EXPECT_THAT(Texts(*config),
              ElementsAre(HasSubstr("k.conf:1: not included: " + directory.Path("x") + " is executable"),
                          HasSubstr("k.conf:2: only directories match d"),
                          HasSubstr("k.conf:3: not included: " + directory.Path("f") + " is not a regular file"),
                          HasSubstr("k.conf:4: no file matches gone")));
}

TEST(ReadConfig, TakesTheIncludingDirectoryLiterally) {
  const TemporaryDirectory directory;
  directory.Write("a*b [x] {1}/k.conf", "include n\n");
  directory.Write("a*b [x] {1}/n", "net_namespace right\n");
  directory.Write("aab x 1/n", "net_namespace wrong\n");
  const absl::StatusOr<Config> config = ReadConfig(directory.Path("a*b [x] {1}/k.conf"), {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->globals.net_namespace.value, "right");
}

TEST(ReadConfig, SaysWhichFileCannotBeReadAndWhy) {
  const TemporaryDirectory directory;
  const absl::StatusOr<Config> gone = ReadConfig(directory.Path("gone"), {});
  EXPECT_EQ(gone.status().message(), "open " + directory.Path("gone") + ": No such file or directory");
  EXPECT_THAT(std::string(ReadConfig(directory.Path(""), {}).status().message()), HasSubstr("is not a regular file"));
}

TEST(ReadConfig, RefusesAnEndlessFile) {
  ReadOptions options;
  options.limits.file_bytes = 1000;
  const TemporaryDirectory directory;
  directory.Write("k.conf", std::string(1001, '#'));
  EXPECT_EQ(ReadConfig(directory.Path("k.conf"), options).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace probe::keepalived
