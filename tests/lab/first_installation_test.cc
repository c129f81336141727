// A first installation, by the README's way: certificates for everybody, one YAML file, roles that hold, a split
// healed, a notification received, by Alertmanager too, a metric seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/lab/check.h"
#include "tests/lab/fault.h"
#include "tests/lab/json.h"
#include "tests/lab/process.h"
#include "tests/lab/programs.h"
#include "tests/lab/site.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kWitness[] = "10.77.0.240";
constexpr char kAlertmanager[] = "127.0.0.1:9093";

class FirstInstallation : public testing::Test {
 protected:
  FirstInstallation() {
    if (mkdtemp(directory_.data()) == nullptr) Check(absl::ErrnoToStatus(errno, absl::StrCat("make ", directory_)));
    Certs({"init"});
    Certs({"arbiter", "w1", "--host", kWitness, "--host", "127.0.0.1"});
    Certs({"node", "a"});
    Certs({"node", "b"});
    Certs({"operator", "alice"});
    Certs({"viewer", "monitoring"});
    std::ofstream(Path("notify")) << "#!/bin/sh\ncat >>" << Path("notified") << "\n";
    std::filesystem::permissions(Path("notify"), std::filesystem::perms::owner_all);
  }

  ~FirstInstallation() override {
    std::error_code gone_already;
    std::filesystem::remove_all(directory_, gone_already);
  }

  [[nodiscard]] std::string Path(const std::string& name) const { return absl::StrCat(directory_, "/", name); }

  void Certs(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv = {LAB_CERTS, "--dir", directory_};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    CheckOr(OutputOf({argv}));
  }
  [[nodiscard]] std::vector<std::string> TlsFlags(const std::string& name) const {
    return {"--tls-cert", Path(absl::StrCat(name, "/", name, ".crt")),
            "--tls-key",  Path(absl::StrCat(name, "/", name, ".key")),
            "--tls-ca",   Path(absl::StrCat(name, "/ca.crt"))};
  }
  [[nodiscard]] std::string Configuration() const {
    return absl::StrCat("id: w1\ntls:\n  cert: ", Path("w1/w1.crt"), "\n  key: ", Path("w1/w1.key"),
                        "\n  ca: ", Path("w1/ca.crt"), "\noperators: [alice]\nviewers: [monitoring]\n",
                        "notifications:\n  - name: hook\n    command: [", Path("notify"), "]\n");
  }
  [[nodiscard]] std::string Notified() const {
    std::stringstream text;
    text << std::ifstream(Path("notified")).rdbuf();
    return text.str();
  }

 private:
  std::string directory_ = std::filesystem::temp_directory_path() / "first-installation-XXXXXX";
};

TEST_F(FirstInstallation, HealsASplitTellsOfItAndLetsNobodyDoWhatIsNotTheirs) {
  Site site({.arbiter_config = Configuration(), .ctl_flags = TlsFlags("alice")});
  for (const char* node : {"a", "b"}) site.node(node).probe().options().extra_flags = TlsFlags(node);
  const Fault vrids = VridsDiffer();
  ASSERT_TRUE(site.Start());
  vrids.cause(site);
  ASSERT_TRUE(site.AwaitGuarded(vrids.survivor, {vrids.loser}));
  ASSERT_TRUE(WaitUntil("the split is told", seconds(10), [&] {
    const std::string told = Notified();
    return Seen{told.find("\"split\"") != std::string::npos && told.find("VRID_MISMATCH") != std::string::npos, told};
  }));

  std::vector<std::string> release = {Program("arbctl"), "release", vrids.loser, site.vip()};
  for (const std::string& flag : TlsFlags("monitoring")) release.push_back(flag);
  const Outcome refused = CheckOr(Execute(site.arbiter().host().In(release)));
  EXPECT_EQ(refused.exit_code, 77) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("monitoring"));

  const absl::StatusOr<std::string> metrics =
      OutputOf(site.arbiter().host().In({"curl", "-sf", "http://127.0.0.1:7431/metrics"}));
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  EXPECT_THAT(*metrics, HasSubstr("arbiter_incidents_open{cluster=\"default\"} 1"));
  EXPECT_THAT(*metrics, HasSubstr("arbiter_held_back{cluster=\"default\"} 1"));

  vrids.mend(site);
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(20)));
  EXPECT_TRUE(WaitUntil("the healing is told", seconds(10), [&] {
    const std::string told = Notified();
    return Seen{told.find("\"healed\"") != std::string::npos, told};
  }));
}

// The real Alertmanager, on the witness's loopback, behind TLS with a certificate of the same authority.
class FirstInstallationWithAlertmanager : public FirstInstallation {
 protected:
  FirstInstallationWithAlertmanager() {
    Certs({"arbiter", "am", "--host", "127.0.0.1"});
    // Where an authority stands that did not issue it.
    CheckOr(OutputOf({{LAB_CERTS, "--dir", Path("other"), "init"}}));
    std::filesystem::copy_file(Path("other/ca.crt"), Path("mistaken.crt"));
    std::ofstream(Path("am.yaml")) << "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
    std::ofstream(Path("web.yaml")) << "tls_server_config: {cert_file: " << Path("am/am.crt")
                                    << ", key_file: " << Path("am/am.key") << "}\n";
  }

  [[nodiscard]] Command Alertmanager(const Site& site) const {
    return site.arbiter().host().In({"prometheus-alertmanager", "--config.file", Path("am.yaml"), "--web.config.file",
                                     Path("web.yaml"), "--storage.path", Path("alerts"), "--cluster.listen-address=",
                                     absl::StrCat("--web.listen-address=", kAlertmanager)});
  }
  // A target for splits that believes the authority in this file.
  [[nodiscard]] std::string Target(const std::string& name, const std::string& ca) const {
    return absl::StrCat("  - name: ", name, "\n    webhook: {url: \"https://", kAlertmanager,
                        "\", format: alertmanager, ca: ", Path(ca), "}\n    events: [split]\n");
  }
  // What Alertmanager answers at `path`; empty when it does not.
  [[nodiscard]] std::string Ask(const Site& site, const std::string& path) const {
    return OutputOf(site.arbiter().host().In(
                        {"curl", "-sf", "--cacert", Path("am/ca.crt"), absl::StrCat("https://", kAlertmanager, path)}))
        .value_or("");
  }
  [[nodiscard]] Json SplitAlert(const Site& site) const {
    const std::string alerts = absl::StrCat("{\"alerts\":", Ask(site, "/api/v2/alerts"), "}");
    return Json::Parse(alerts).value_or(Json())["alerts"].Find(
        [](const Json& alert) { return alert["labels"]["alertname"].text() == "ArbiterSplit"; });
  }
};

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(FirstInstallationWithAlertmanager, HearsOfASplitAndOfItsEndAndKeepsWhatAMistakenAuthorityHoldsUp) {
  // In observe mode a split lasts until somebody mends it.
  Site site({.arbiter_config =
                 Configuration() + Target("am", "am/ca.crt") + Target("mistaken", "mistaken.crt") + "mode: observe\n",
             .ctl_flags = TlsFlags("alice")});
  for (const char* node : {"a", "b"}) site.node(node).probe().options().extra_flags = TlsFlags(node);
  Process alertmanager(Alertmanager(site));
  ASSERT_TRUE(WaitUntil("Alertmanager is ready", seconds(20), [&] {
    return Seen{!Ask(site, "/-/ready").empty(), alertmanager.Err()};
  }));
  const Fault vrids = VridsDiffer();
  ASSERT_TRUE(site.Start());
  vrids.cause(site);
  ASSERT_TRUE(site.AwaitAnswers({"a", "b"}));

  ASSERT_TRUE(WaitUntil("the alert fires", seconds(10), [&] {
    const Json alert = SplitAlert(site);
    return Seen{Has(alert["annotations"]["cause"].text(), "VRID_MISMATCH"), Ask(site, "/api/v2/alerts")};
  }));
  const Json alert = SplitAlert(site);
  const Json labels = alert["labels"];
  EXPECT_EQ(labels["cluster"].text(), "default");
  EXPECT_EQ(labels["vip"].text(), site.vip());
  EXPECT_EQ(labels["severity"].text(), "critical");
  EXPECT_FALSE(labels["node"].present()) << labels.ToString();
  EXPECT_EQ(alert["annotations"]["arbiter"].text(), "w1");
  EXPECT_EQ(alert["status"]["state"].text(), "active");

  const auto metrics = [&site] {
    return OutputOf(site.arbiter().host().In({"curl", "-sf", "http://127.0.0.1:7431/metrics"})).value_or("");
  };
  EXPECT_TRUE(WaitUntil("the mistaken authority is told", seconds(10), [&] {
    return Seen{Has(site.arbiter().Log(), "is tried again until it succeeds: SSL certificate problem"),
                site.arbiter().Log()};
  }));
  EXPECT_THAT(metrics(), HasSubstr("arbiter_notifications_waiting{target=\"mistaken\"} 1"));
  std::filesystem::copy_file(Path("am/ca.crt"), Path("mistaken.crt"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(WaitUntil("what was kept is delivered", seconds(60), [&] {
    return Seen{Has(metrics(), "arbiter_notifications_waiting{target=\"mistaken\"} 0"), site.arbiter().Log()};
  }));

  vrids.mend(site);
  ASSERT_TRUE(site.AwaitHealthy("a", seconds(20)));
  // It has ended or, where it began less than two minutes ago, does within five.
  EXPECT_TRUE(WaitUntil("the alert is resolved", seconds(10), [&] {
    const Json last = SplitAlert(site);
    const std::string soon =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + absl::Seconds(301), absl::UTCTimeZone());
    const bool ends = Has(last["annotations"]["summary"].text(), "is healed") && last["endsAt"].text() < soon;
    return Seen{!last.present() || ends, last.ToString()};
  }));
}

// A probe with the certificate of a shows b's name.
TEST_F(FirstInstallation, ANodeSpeaksForItselfOnly) {
  Site site({.arbiter_config = Configuration(), .ctl_flags = TlsFlags("alice")});
  site.node("a").probe().options().extra_flags = TlsFlags("a");
  site.node("b").probe().options().extra_flags = TlsFlags("a");
  EXPECT_FALSE(site.StartDaemons());
  EXPECT_THAT(site.node("b").probe().Log(), HasSubstr("certificate"));
  EXPECT_EQ(site.arbiter().CtlJson({"status"})["clusters"].With("name", "default")["nodes"].items().size(), 1U);
}

}  // namespace
}  // namespace lab
