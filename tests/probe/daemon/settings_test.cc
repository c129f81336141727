#include "probe/daemon/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstddef>
#include <fstream>
#include <string>

#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using arbiter::config::v1::ProbeConfig;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Settings, HaveDefaults) {
  const auto settings = MakeSettings(ProbeConfig());
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->arbiters, IsEmpty()) << "nobody is obeyed who was not named";
  EXPECT_EQ(settings->cluster, "default");
  EXPECT_FALSE(settings->node.empty());
  EXPECT_THAT(settings->interfaces, IsEmpty());
  EXPECT_EQ(settings->runtime_dir, "/run/arbiter-probe");
  EXPECT_TRUE(settings->ask_who_answers);
  EXPECT_THAT(settings->actuators,
              ElementsAre(hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress));
}

TEST(Settings, AreReadFromARegularFileOfABoundedSize) {
  Scratch scratch;
  const std::string pipe = scratch.path() + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {std::string("/dev/zero"), pipe}) {
    EXPECT_THAT(std::string(ReadConfigFile(path).status().message()), HasSubstr(path + ": is no regular file"));
  }
  std::ofstream(scratch.path() + "/long") << std::string((std::size_t{1} << 20) + 1, '#');
  EXPECT_THAT(std::string(ReadConfigFile(scratch.path() + "/long").status().message()),
              HasSubstr("longer than 1048576 bytes"));
}

TEST(Settings, SayWhichKeyIsWrongAndHowItShouldBe) {
  const struct {
    const char* yaml;
    const char* said;
  } kCases[] = {
      {"arbiter: [\"nonsense\"]", "arbiter[0]"},
      {"vips: [\"10.0.0.1\", \"x\"]", "probe.yaml:1: vips[1]"},
      {"references: [\"10.0.0.300\"]", "references[0]"},
      {"actuators: [gate, hammer]", "write gate, track_file, remove_address, stop_daemon or exec"},
      {"cluster: prod\nactuators: []", "probe.yaml:2: actuators: the list is empty"},
      {"actuators: [exec]", "exec needs an exec_command"},
      {"stop_command: [systemctl, stop, keepalived]", "no absolute path"},
      {"runtime_dir: run", "no absolute path"},
      {"ask_who_answers: perhaps", "neither on nor off"},
      {"log_level: loud", "write debug, info, warning or error"},
      {"tls: {cert: a}", "needs all three"},
      {"cluster: prod\nnodes: x", "probe.yaml:2"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.yaml);
    Scratch scratch;
    const std::string path = scratch.path() + "/probe.yaml";
    std::ofstream(path) << c.yaml;
    const auto file = ReadConfigFile(path);
    const absl::Status status = file.ok() ? MakeSettings(file->config, &file->places).status() : file.status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.said));
  }
}

TEST(Settings, OfFlagsWinOverTheFile) {
  ProbeConfig file;
  file.set_cluster("file");
  file.set_node("file");
  file.add_arbiter("10.0.0.1:1");
  file.add_interface("eth0");
  ProbeConfig flags;
  flags.set_node("flag");
  flags.add_arbiter("10.0.0.2:2");
  const auto settings = MakeSettings(Overlay(file, flags));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->cluster, "file");
  EXPECT_EQ(settings->node, "flag");
  ASSERT_EQ(settings->arbiters.size(), 1U);
  EXPECT_EQ(settings->arbiters[0].ToString(), "10.0.0.2:2");
  EXPECT_THAT(settings->interfaces, ElementsAre("eth0"));
}

TEST(Settings, BeyondLoopbackNeedTlsOrAWord) {
  const struct {
    const char* arbiter;
    bool insecure;
    bool tls;
    bool fine;
  } kCases[] = {
      {"127.0.0.1:7430", false, false, true},  {"localhost:7430", false, false, true},
      {"192.0.2.1:7430", false, false, false}, {"witness:7430", false, false, false},
      {"192.0.2.1:7430", true, false, true},   {"192.0.2.1:7430", false, true, true},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.arbiter);
    ProbeConfig config;
    config.add_arbiter("127.0.0.1:1");
    config.add_arbiter(c.arbiter);
    config.set_insecure(c.insecure);
    if (c.tls) {
      config.mutable_tls()->set_cert("a.crt");
      config.mutable_tls()->set_key("a.key");
      config.mutable_tls()->set_ca("ca.crt");
    }
    const auto settings = MakeSettings(config);
    ASSERT_TRUE(settings.ok()) << settings.status();
    const absl::Status status = CheckExposure(*settings);
    EXPECT_EQ(status.ok(), c.fine) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.fine ? "" : c.arbiter));
  }
}

TEST(Settings, MetricsAreOffUntilAnAddressIsGiven) {
  EXPECT_EQ(MakeSettings(ProbeConfig())->metrics_listen, std::nullopt);
  ProbeConfig config;
  config.set_metrics_listen("127.0.0.1:7432");
  EXPECT_EQ(MakeSettings(config)->metrics_listen->ToString(), "127.0.0.1:7432");
  config.set_metrics_listen("7432");
  EXPECT_THAT(std::string(MakeSettings(config).status().message()), HasSubstr("metrics_listen: \"7432\""));
}

TEST(Settings, NameAFileThatIsNotThere) {
  const auto file = ReadConfigFile("/nowhere.yaml");
  EXPECT_TRUE(absl::IsNotFound(file.status()));
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("/nowhere.yaml"));
}

}  // namespace
}  // namespace probe::daemon
