#include "probe/daemon/read_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "arbiter/process/exit_code.h"
#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using testing::HasSubstr;
using testing::IsEmpty;

CommandLine LineWith(const std::string& path) {
  CommandLine line;
  line.config_path = path;
  line.config_given = true;
  return line;
}

TEST(ReadSettings, RefuseAFileThatIsWrong) {
  Scratch scratch;
  const std::string path = scratch.path() + "/probe.yaml";
  std::ofstream(path) << "cluster: prod\noops: 1\n";
  EXPECT_EQ(arbiter::process::ExitCodeOf(ReadSettings(LineWith(path)).status()), arbiter::process::kExitConfiguration);
  CommandLine line = LineWith(scratch.path() + "/none.yaml");
  EXPECT_EQ(arbiter::process::ExitCodeOf(ReadSettings(line).status()), arbiter::process::kExitConfiguration);
  line.config_given = false;
  EXPECT_TRUE(ReadSettings(line).ok());
}

TEST(ReadSettings, TakeFlagsOverTheFile) {
  Scratch scratch;
  const std::string path = scratch.path() + "/probe.yaml";
  std::ofstream(path) << "cluster: prod\nnode: a\n";
  CommandLine line = LineWith(path);
  line.flags.set_node("b");
  const auto settings = ReadSettings(line);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->cluster, "prod");
  EXPECT_EQ(settings->node, "b");
}

TEST(HoldsPlaces, AreReadFromAFileThatIsFine) {
  Scratch scratch;
  const std::string path = scratch.path() + "/probe.yaml";
  std::ofstream(path) << "runtime_dir: /run/x\nkeepalived_conf: /etc/k.conf\n";
  std::string warning;
  const auto places = ReadHoldsPlaces(LineWith(path), &warning);
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_EQ(places->runtime_dir, "/run/x");
  EXPECT_EQ(places->keepalived_conf, "/etc/k.conf");
  EXPECT_THAT(warning, IsEmpty());
}

TEST(HoldsPlaces, AreFoundWithoutAFileThatIsNot) {
  Scratch scratch;
  const std::string unknown_key = scratch.path() + "/unknown.yaml";
  std::ofstream(unknown_key) << "runtime_dir: /run/x\noops: 1\n";
  const std::string relative = scratch.path() + "/relative.yaml";
  std::ofstream(relative) << "runtime_dir: x\n";
  const std::string directory = scratch.path() + "/directory.yaml";
  std::filesystem::create_directory(directory);
  const struct {
    std::string path;
    const char* said;
  } kCases[] = {
      {unknown_key, "unknown.yaml:2: unknown key 'oops'"},
      {relative, "no absolute path"},
      {directory, "Is a directory"},
      {scratch.path() + "/none.yaml", "No such file"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.path);
    CommandLine line = LineWith(c.path);
    line.flags.set_keepalived_conf("/etc/flag.conf");
    std::string warning;
    const auto places = ReadHoldsPlaces(line, &warning);
    ASSERT_TRUE(places.ok()) << places.status();
    EXPECT_EQ(places->runtime_dir, "/run/arbiter-probe");
    EXPECT_EQ(places->keepalived_conf, "/etc/flag.conf");
    EXPECT_THAT(warning, HasSubstr(c.said));
    EXPECT_THAT(warning, HasSubstr("/run/arbiter-probe"));
  }
}

TEST(HoldsPlaces, DoNotCareForOtherValuesThatAreWrong) {
  Scratch scratch;
  const std::string path = scratch.path() + "/probe.yaml";
  std::ofstream(path) << "runtime_dir: /run/x\nlog_level: loud\ntls: {cert: a}\n";
  CommandLine line = LineWith(path);
  line.flags.add_actuators("hammer");
  std::string warning;
  const auto places = ReadHoldsPlaces(line, &warning);
  ASSERT_TRUE(places.ok()) << places.status();
  EXPECT_EQ(places->runtime_dir, "/run/x");
  EXPECT_THAT(warning, IsEmpty());
}

TEST(HoldsPlaces, RefuseACommandLineThatIsWrong) {
  CommandLine line;
  line.flags.set_runtime_dir("x");
  std::string warning;
  EXPECT_EQ(arbiter::process::ExitCodeOf(ReadHoldsPlaces(line, &warning).status()), arbiter::process::kExitUsage);
}

}  // namespace
}  // namespace probe::daemon
