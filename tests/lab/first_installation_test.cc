// A first installation, by the README's way: certificates for everybody, one YAML file, roles that hold, a split
// healed, a notification received, a metric seen.
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
#include "tests/lab/check.h"
#include "tests/lab/fault.h"
#include "tests/lab/programs.h"
#include "tests/lab/site.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kWitness[] = "10.77.0.240";

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
