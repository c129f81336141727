#include "arbiter/server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"

namespace arbiter::server {
namespace {

using Config = config::v1::ArbiterConfig;
using testing::HasSubstr;

// Removed with its test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(testing::TempDir() +
              absl::StrReplaceAll(testing::UnitTest::GetInstance()->current_test_info()->name(), {{"/", "-"}}) +
              ".yaml") {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Settings, HaveDefaults) {
  const auto settings = MakeSettings({});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->listen.ToString(), "127.0.0.1:7430");
  EXPECT_EQ(settings->metrics_listen->ToString(), "127.0.0.1:7431");
  EXPECT_EQ(settings->state_dir, "/var/lib/arbiter");
  EXPECT_EQ(settings->policy.confirm_after, std::chrono::milliseconds(250));
  EXPECT_EQ(settings->policy.default_mode, core::Mode::kEnforce);
  EXPECT_FALSE(settings->id.empty());
  EXPECT_TRUE(settings->tls.empty());
}

TEST(Settings, AnEmptyMetricsAddressTurnsMetricsOff) {
  Config config;
  config.set_metrics_listen("");
  EXPECT_FALSE(MakeSettings(config)->metrics_listen.has_value());
}

struct Bad {
  const char* name;
  std::function<void(Config*)> spoil;
  const char* error;
};

class BadSettings : public testing::TestWithParam<Bad> {};

TEST_P(BadSettings, NameTheKey) {
  Config config;
  GetParam().spoil(&config);
  const auto settings = MakeSettings(config);
  EXPECT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(settings.status().message(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadSettings,
    testing::Values(
        Bad{"Listen", [](Config* c) { c->set_listen("7430"); },
            "listen: \"7430\" is no HOST:PORT: write 192.0.2.1:7430, [2001:db8::1]:7430 or witness:7430"},
        Bad{"Duration", [](Config* c) { c->set_confirm_after("250"); },
            "confirm_after: '250' is not a duration (write 250ms, 3s or 1m)"},
        Bad{"TooShort", [](Config* c) { c->set_confirm_after("10ms"); },
            "confirm_after: 10ms is not within 50ms and 10m0s"},
        Bad{"Mode", [](Config* c) { c->set_mode("on"); }, "mode: \"on\" is no mode: write enforce or observe"},
        Bad{"Tls", [](Config* c) { c->mutable_tls()->set_cert("x"); }, "tls: needs all three of cert, key and ca"},
        Bad{"Deny", [](Config* c) { c->add_deny("serial:xyz"); },
            "deny[0]: \"serial:xyz\" has no hexadecimal number: write it as `arbiter-certs list` or `openssl x509 "
            "-serial` shows it"},
        Bad{"LogLevel", [](Config* c) { c->set_log_level("loud"); },
            "log_level: \"loud\" is no log level: write debug, info, warning or error"}),
    [](const auto& test) { return test.param.name; });

TEST(Settings, SayTheLineOfAWrongValue) {
  const TemporaryFile file("id: w1\nconfirm_after: soon\n");
  const auto read = ReadConfigFile(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(MakeSettings(read->config, &read->places).status().message(),
            file.path() + ":2: confirm_after: 'soon' is not a duration (write 250ms, 3s or 1m)");
}

TEST(Settings, RefuseAnUnknownKey) {
  const TemporaryFile file("id: w1\nconfirm: 1s\n");
  const auto read = ReadConfigFile(file.path());
  EXPECT_NE(std::string(read.status().message()).find(file.path() + ":2: "), std::string::npos) << read.status();
}

TEST(Settings, SayWhichFileIsMissing) {
  const auto read = ReadConfigFile("/nonexistent/arbiter.yaml");
  EXPECT_EQ(read.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(read.status().message()).find("/nonexistent/arbiter.yaml"), std::string::npos);
}

TEST(Settings, FlagsWinOverTheFile) {
  Config file;
  file.set_listen("127.0.0.1:1");
  file.set_id("file");
  file.add_operators("ops");
  Config flags;
  flags.set_listen("127.0.0.1:2");
  const auto settings = MakeSettings(Overlay(file, flags));
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->listen.port, 2);
  EXPECT_EQ(settings->id, "file");
  EXPECT_EQ(settings->roles.operators.count("ops"), 1U);
}

TEST(Settings, ADeniedSerialIsOneHoweverItIsWritten) {
  Config config;
  for (const char* entry : {"serial:00:4F:3a", "serial:4F3A", "prod/a"}) config.add_deny(entry);
  EXPECT_EQ(MakeSettings(config)->roles.deny, (std::set<std::string>{"serial:4f3a", "prod/a"}));
}

TEST(Settings, APlaintextArbiterStaysOnLoopback) {
  Config config;
  for (const char* listen : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"}) {
    config.set_listen(listen);
    EXPECT_TRUE(CheckExposure(*MakeSettings(config)).ok()) << listen;
  }
  for (const char* listen : {"0.0.0.0:1", "192.0.2.1:1", "[::]:1", "witness:1"}) {
    config.set_listen(listen);
    config.set_insecure(false);
    EXPECT_FALSE(CheckExposure(*MakeSettings(config)).ok()) << listen;
    config.set_insecure(true);
    EXPECT_TRUE(CheckExposure(*MakeSettings(config)).ok()) << listen;
  }
}

TEST(Settings, ReadTargetsOfNotifications) {
  const TemporaryFile file(
      "notifications:\n"
      "  - name: am\n"
      "    webhook: {url: 'http://127.0.0.1:9093', format: alertmanager}\n"
      "  - name: pager\n"
      "    command: [/usr/local/bin/page, --now]\n"
      "    events: [split, could_not_heal]\n"
      "    timeout: 3s\n");
  const auto read = ReadConfigFile(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  const auto settings = MakeSettings(read->config, &read->places);
  ASSERT_TRUE(settings.ok()) << settings.status();
  ASSERT_EQ(settings->notifications.size(), 2U);
  EXPECT_TRUE(settings->notifications[0].is_alertmanager());
  EXPECT_TRUE(settings->notifications[0].wants("node_lost"));
  EXPECT_EQ(settings->notifications[0].timeout, std::chrono::seconds(10));
  EXPECT_EQ(settings->notifications[1].command.at(1), "--now");
  EXPECT_FALSE(settings->notifications[1].wants("node_lost"));
  EXPECT_EQ(settings->notifications[1].timeout, std::chrono::seconds(3));
  EXPECT_EQ(NeedsRestart(*MakeSettings({}), *settings), "notifications");
}

struct BadTarget {
  const char* name;
  const char* yaml;
  const char* error;  // after the file's name
};

class BadTargets : public testing::TestWithParam<BadTarget> {};

TEST_P(BadTargets, NameTheLine) {
  const TemporaryFile file(std::string("notifications:\n") + GetParam().yaml);
  const auto read = ReadConfigFile(file.path());
  const absl::Status status = read.ok() ? MakeSettings(read->config, &read->places).status() : read.status();
  EXPECT_NE(std::string(status.message()).find(GetParam().error), std::string::npos) << status;
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadTargets,
    testing::Values(
        BadTarget{"Name", "  - command: [/bin/true]\n", ": notifications[0].name: is missing"},
        BadTarget{"Twice", "  - {name: a, command: [/bin/true]}\n  - {name: a, command: [/bin/true]}\n",
                  ":3: notifications[1].name: \"a\" stands twice"},
        BadTarget{"Neither", "  - name: a\n", ": notifications[0]: needs one of webhook and command"},
        BadTarget{"Both", "  - name: a\n    webhook: {url: 'http://h'}\n    command: [/bin/true]\n",
                  ": notifications[0]: needs one of webhook and command"},
        BadTarget{"Url", "  - name: a\n    webhook:\n      url: ftp://u:secret@h/\n",
                  ":4: notifications[0].webhook.url: is no URL: write http://HOST:PORT/PATH or https://HOST/PATH"},
        BadTarget{"Api", "  - name: a\n    webhook: {url: 'http://h:9093/api/v2/alerts', format: alertmanager}\n",
                  ":3: notifications[0].webhook.url: names the API already"},
        BadTarget{"Format", "  - name: a\n    webhook: {url: 'http://h', format: xml}\n",
                  ":3: notifications[0].webhook.format: \"xml\" is no format: write json or alertmanager"},
        BadTarget{"Command", "  - name: a\n    command: [page]\n",
                  ":3: notifications[0].command: \"page\" is no absolute path"},
        BadTarget{"Event", "  - name: a\n    command: [/bin/true]\n    events: [split, fire]\n",
                  ":4: notifications[0].events[1]: \"fire\" is no event: write split, healed, could_not_heal"},
        BadTarget{"Timeout", "  - name: a\n    command: [/bin/true]\n    timeout: 1h\n",
                  ":4: notifications[0].timeout: 1h is not within 100ms and 5m0s"},
        BadTarget{"Key", "  - name: a\n    comand: [/bin/true]\n", "command"}),
    [](const auto& test) { return test.param.name; });

struct BadFile {
  const char* name;
  const char* yaml;
  const char* error;  // after the file's name
};

class BadFiles : public testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, NameTheLineAndTheRepair) {
  const TemporaryFile file(std::string("notifications:\n") + GetParam().yaml);
  const auto read = ReadConfigFile(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  const auto settings = MakeSettings(read->config, &read->places);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(CheckFiles(*settings, read->places, absl::Now()).message(), file.path() + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadFiles,
    testing::Values(
        BadFile{
            "NoAuthority", "  - name: a\n    webhook:\n      url: https://h\n      ca: /nonexistent/ca.crt\n",
            ":5: notifications[0].webhook.ca: read TLS authority /nonexistent/ca.crt: No such file or directory; name "
            "a PEM file that the arbiter's user can read, or leave `ca` out for the system's authorities"},
        BadFile{
            "AuthorityNoPem", "  - {name: a, webhook: {url: 'https://h', ca: /etc/passwd}}\n",
            ":2: notifications[0].webhook.ca: read TLS authority /etc/passwd: no certificate in PEM form; name a PEM "
            "file that the arbiter's user can read, or leave `ca` out for the system's authorities"},
        BadFile{
            "NoToken", "  - name: a\n    webhook: {url: 'https://h', bearer_token_file: /nonexistent/token}\n",
            ":3: notifications[0].webhook.bearer_token_file: read /nonexistent/token: No such file or directory; write "
            "the token into a file that the arbiter's user can read"},
        BadFile{"TokenIsDevice", "  - name: a\n    webhook: {url: 'https://h', bearer_token_file: /dev/null}\n",
                ":3: notifications[0].webhook.bearer_token_file: read /dev/null: is no regular file; write the token "
                "into a file that the arbiter's user can read"},
        BadFile{
            "NoCommand", "  - {name: a, command: [/bin/true]}\n  - {name: b, command: [/nonexistent/page, --now]}\n",
            ":3: notifications[1].command: run /nonexistent/page: No such file or directory; name a program that the "
            "arbiter's user may execute"},
        BadFile{"CommandIsFolder", "  - {name: a, command: [/usr/bin]}\n",
                ":2: notifications[0].command: run /usr/bin: it is no file; name a program that the arbiter's user may "
                "execute"},
        BadFile{
            "CommandNotExecutable", "  - {name: a, command: [/etc/passwd]}\n",
            ":2: notifications[0].command: run /etc/passwd: Permission denied; name a program that the arbiter's user "
            "may execute"}),
    [](const auto& test) { return test.param.name; });

TEST(Settings, FilesThatAreThereAreFine) {
  const TemporaryFile token("s3cret\n");
  Config config;
  config::v1::NotificationTarget* target = config.add_notifications();
  target->set_name("am");
  target->mutable_webhook()->set_url("https://h");
  target->mutable_webhook()->set_bearer_token_file(token.path());
  target = config.add_notifications();
  target->set_name("pager");
  target->add_command("/bin/true");
  const auto settings = MakeSettings(config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  const absl::Status files = CheckFiles(*settings, {}, absl::Now());
  EXPECT_TRUE(files.ok()) << files;
}

TEST(Settings, RefuseWhatNoArbiterCouldWorkWith) {
  Config config;
  config.mutable_limits()->set_message_bytes(1);
  EXPECT_THAT(MakeSettings(config).status().ToString(), HasSubstr("limits.message_bytes: 1 is not within 65536"));
  config.mutable_limits()->set_message_bytes(4294967295U);
  EXPECT_FALSE(MakeSettings(config).ok());
  config.mutable_limits()->clear_message_bytes();
  config.mutable_retention()->set_age("1ms");
  EXPECT_THAT(MakeSettings(config).status().ToString(), HasSubstr("retention.age: 1ms is less than 1h"));
  config.mutable_retention()->clear_age();
  config.set_metrics_listen("[::1]:7431");
  EXPECT_THAT(MakeSettings(config).status().ToString(), HasSubstr("[::1]:7431 is an IPv6 address"));
}

TEST(Settings, NodesAreNamedWithTheirCluster) {
  Config config;
  config.add_nodes("prod/a");
  config.add_nodes("test/*");
  EXPECT_EQ(MakeSettings(config)->roles.nodes, (std::set<std::string>{"prod/a", "test/*"}));
  for (const char* wrong : {"a", "/a", "prod/", "prod/a/b", ""}) {
    Config bad;
    bad.add_nodes(wrong);
    EXPECT_THAT(MakeSettings(bad).status().ToString(), HasSubstr("nodes[0]")) << wrong;
  }
}

TEST(Settings, TellWhatNeedsARestart) {
  Config config;
  const auto running = MakeSettings(config);
  config.set_log_level("debug");
  config.add_viewers("v");
  EXPECT_EQ(NeedsRestart(*running, *MakeSettings(config)), "");
  config.set_confirm_after("1s");
  config.set_listen("127.0.0.1:9");
  EXPECT_EQ(NeedsRestart(*running, *MakeSettings(config)), "listen, confirm_after");
}

}  // namespace
}  // namespace arbiter::server
