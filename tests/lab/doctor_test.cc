// `arbiter-probe doctor` on nodes with real keepalived: nothing to say of a healthy one, and the fault by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/check.h"
#include "tests/lab/healthy.h"
#include "tests/lab/incident.h"
#include "tests/lab/programs.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kAllIsWell = 0;
constexpr int kWarning = 2;
constexpr int kFault = 3;

class DoctorTest : public testing::Test {
 protected:
  DoctorTest() { AddGateway(site_); }

  Site site_;
};

TEST_F(DoctorTest, FindsNothingWrongOnHealthyNodes) {
  ASSERT_TRUE(site_.StartKeepalived());
  for (const char* name : {"a", "b"}) {
    const Outcome examined = site_.node(name).probe().Sub({"doctor"});
    EXPECT_EQ(examined.exit_code, kAllIsWell) << name << ":\n" << examined.out << examined.err;
    EXPECT_THAT(examined.out, HasSubstr("packet-filter eth0: no rule drops VRRP"));
    EXPECT_THAT(examined.out, HasSubstr("reference-hosts eth0: 192.168.1.254 (from the default route) answers"));
  }
  const Outcome json = site_.node("b").probe().Sub({"doctor", "-o", "json", "--listen", "1500ms"});
  const Json report = CheckOr(Json::Parse(json.out));
  EXPECT_EQ(report["worst"].text(), "DOCTOR_VERDICT_OK");
  EXPECT_THAT(report["findings"].With("check", "segment")["evidence"].text(), HasSubstr("listened for 1.5s"));
  EXPECT_EQ(site_.node("a").probe().Sub({"doctor", "--listen", "soon"}).exit_code, 64);
}

TEST_F(DoctorTest, NamesARuleOfTheBridgeFamily) {
  // b's leg becomes a port of a bridge, which has the addresses.
  const Host& b = site_.node("b").host();
  b.Do({"sh", "-c",
        "ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up && ip addr flush dev eth0 && "
        "ip link set eth0 master br0 && ip addr add 192.168.1.2/24 dev br0"});
  site_.node("b").instance().interface = "br0";
  site_.node("b").probe().options().interfaces = {};
  ASSERT_TRUE(site_.Start());
  site_.node("b").firewall().Load(
      "table bridge filter {\n  chain in {\n    type filter hook input priority 0;\n    ip protocol 112 drop\n  "
      "}\n}\n");
  ASSERT_TRUE(WaitUntil("the filter is named", seconds(30), [&] {
    const std::vector<Json> incidents = site_.Incidents();
    return Seen{!incidents.empty() && CausesOf(incidents.front()) == std::vector<std::string>{"FILTERED_ON_HOST"},
                site_.arbiter().Ctl({"incidents"}).out};
  }));
  const Outcome examined = site_.node("b").probe().Sub({"doctor"});
  EXPECT_EQ(examined.exit_code, kFault);
  EXPECT_THAT(examined.out, HasSubstr("are dropped by table bridge filter, chain in, handle"));
  site_.node("b").firewall().Load("delete table bridge filter\n");
  EXPECT_TRUE(site_.AwaitHealthy("a", seconds(20)));
}

TEST_F(DoctorTest, NamesTheRuleThatDropsVrrp) {
  ASSERT_TRUE(site_.StartKeepalived());
  site_.node("b").firewall().DropVrrp();
  const Outcome examined = site_.node("b").probe().Sub({"doctor"});
  EXPECT_EQ(examined.exit_code, kFault);
  EXPECT_THAT(examined.out, testing::ContainsRegex("adverts that come in on eth0 \\(VI_1\\) are dropped by "
                                                   "table inet filter, chain input, handle [0-9]+: "
                                                   "meta l4proto vrrp counter drop"));
  EXPECT_THAT(examined.out, HasSubstr("of 192.168.1.1 for VRID 66 came in on the wire, none was delivered"));
}

TEST_F(DoctorTest, GivesARepairThatWorks) {
  ASSERT_TRUE(site_.StartKeepalived());
  site_.node("b").firewall().DropVrrp();
  const auto rule = [this] {
    const Outcome examined = site_.node("b").probe().Sub({"doctor", "-o", "json", "--listen", "100ms"});
    return CheckOr(Json::Parse(examined.out))["findings"].With("check", "packet-filter");
  };
  const std::string repair = rule()["repair"].text();
  const std::string command = repair.substr(0, repair.find(" (or"));
  site_.node("b").host().Do({"sh", "-c", command});
  EXPECT_EQ(rule()["verdict"].text(), "DOCTOR_VERDICT_OK") << command << ": " << rule().ToString();
  EXPECT_TRUE(site_.AwaitAnswers({"a"}));
}

TEST_F(DoctorTest, SeesAVridThatSomebodyElseUses) {
  // keepalived that hears an advert which it drops puts its own next one off: the stranger has to be the faster one.
  for (const char* node : {"a", "b"}) site_.node(node).instance().advert_int = "2";
  ASSERT_TRUE(site_.StartKeepalived());
  Node& stranger = site_.AddNode("c", 3, site_.lab().vrrp(), "other");
  stranger.config.instances = {{.name = "OTHERS", .priority = 150, .virtual_ipaddress = {"10.9.9.9/24"}}};
  stranger.StartKeepalived();
  ASSERT_TRUE(WaitUntil("the stranger is active", std::chrono::seconds(15), [&] {
    const std::string log = stranger.keepalived().Log();
    return Seen{absl::StrContains(log, "Entering MASTER STATE"), log};
  }));
  const Outcome examined = site_.node("b").probe().Sub({"doctor"});
  EXPECT_EQ(examined.exit_code, kFault);
  EXPECT_THAT(examined.out, HasSubstr("VRID 66 of VI_1 is in use by 192.168.1.3"));
  EXPECT_THAT(examined.out, HasSubstr("for 10.9.9.9; VI_1 has 192.168.1.212"));
}

TEST_F(DoctorTest, SeesTheAddressThatAKilledDaemonLeft) {
  ASSERT_TRUE(site_.StartKeepalived());
  site_.node("a").keepalived().Kill();
  const Outcome examined = site_.node("a").probe().Sub({"doctor", "--listen", "100ms"});
  EXPECT_EQ(examined.exit_code, kFault);
  EXPECT_THAT(examined.out, HasSubstr("192.168.1.212/24 on eth0 is a leftover"));
  EXPECT_THAT(examined.out, HasSubstr("repair: ip address del 192.168.1.212/24 dev eth0"));
}

// The check script story: a program `mycat` that only a login shell's PATH leads to.
class CheckScriptTest : public DoctorTest {
 protected:
  // The script becomes what node a tracks, under the name check_NAME.sh, and keepalived has run it.
  testing::AssertionResult Track(const std::string& name, const std::string& code) {
    const std::string file = Write(absl::StrCat("check_", name, ".sh"), code);
    Node& node = site_.node("a");
    node.config.global_defs = {"script_user root"};
    node.config.blocks = {absl::StrCat("vrrp_script check {\nscript \"", file, "\"\ninterval 2\n}")};
    node.instance().extra = {"track_script {\ncheck\n}"};
    node.StartKeepalived();
    return WaitUntil("keepalived has run its script", seconds(10), [&node] {
      const std::string log = node.keepalived().Log();
      return Seen{log.find("VRRP_Script(check) ") != std::string::npos, log};
    });
  }

  // Runs where /etc/profile.d gives login shells one more directory, and nobody else sees that.
  Outcome ExamineWithProfile() {
    const ProbeOptions& options = site_.node("a").probe().options();
    const std::string profile = absl::StrCat("mount -t tmpfs none /etc/profile.d && echo 'PATH=", tools().string(),
                                             ":$PATH' > /etc/profile.d/mycat.sh && exec \"$@\"");
    return CheckOr(Execute(site_.node("a").host().In(
        {"unshare", "-m", "sh", "-c", profile, "sh", Program("arbiter-probe"), "doctor", "--listen", "1200ms",
         "--runtime-dir", options.runtime_dir.string(), "--keepalived-conf", options.keepalived_conf,
         "--keepalived-pidfile", options.keepalived_pidfile})));
  }

  std::string Write(const std::filesystem::path& name, const std::string& code) {
    const std::filesystem::path path = site_.lab().directory() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "#!/bin/sh\n" << code;
    std::filesystem::permissions(path, std::filesystem::perms(0755));
    return path.string();
  }

  [[nodiscard]] std::filesystem::path tools() { return site_.lab().directory() / "tools"; }
};

TEST_F(CheckScriptTest, ThatCountsItselfIsExplained) {
  ASSERT_TRUE(
      Track("mycat", "n=$(/bin/ps -ef | /bin/grep mycat | /bin/grep -v grep | /usr/bin/wc -l)\n[ $n -gt 0 ]\n"));
  // No mycat runs, and keepalived is content.
  EXPECT_THAT(site_.node("a").keepalived().Log(), HasSubstr("VRRP_Script(check) succeeded"));
  const Outcome examined = ExamineWithProfile();
  EXPECT_EQ(examined.exit_code, kWarning) << examined.out;
  EXPECT_THAT(examined.out,
              AllOf(HasSubstr("check_mycat.sh:2: ps | grep for `mycat` finds the script itself"), HasSubstr("exit 0")));
}

TEST_F(CheckScriptTest, WithACommandThatOnlyALoginShellFindsIsExplained) {
  Write("tools/mycat", "exit 0\n");
  ASSERT_TRUE(Track("server", "mycat status\n"));
  EXPECT_THAT(site_.node("a").keepalived().Log(), HasSubstr("VRRP_Script(check) failed (exited with status 127)"));
  const Outcome examined = ExamineWithProfile();
  EXPECT_EQ(examined.exit_code, kFault) << examined.out;
  EXPECT_THAT(examined.out, HasSubstr("exit 127"));
  EXPECT_THAT(examined.out, HasSubstr("exit 0 in a login shell"));
  EXPECT_THAT(examined.out, HasSubstr(absl::StrCat("write ", tools().string(), "/mycat in place of mycat")));
}

TEST_F(CheckScriptTest, ThatOthersCanChangeIsRunAsRootByNeither) {
  const std::filesystem::path mark = site_.lab().directory() / "it-ran";
  const std::string file = Write("check_mycat.sh", absl::StrCat("echo >", mark.string(), "\n"));
  site_.node("a").host().Do({"chown", "nobody", file});
  Node& node = site_.node("a");
  node.config.global_defs = {"enable_script_security", "script_user root"};
  node.config.blocks = {absl::StrCat("vrrp_script check {\nscript \"", file, "\"\ninterval 2\n}")};
  node.instance().extra = {"track_script {\ncheck\n}"};
  node.StartKeepalived();
  ASSERT_TRUE(WaitUntil("keepalived has refused its script", seconds(10), [&node] {
    const std::string log = node.keepalived().Log();
    return Seen{log.find("Disabling track script check due to insecure") != std::string::npos, log};
  }));
  const Outcome examined = ExamineWithProfile();
  EXPECT_EQ(examined.exit_code, kFault) << examined.out;
  EXPECT_THAT(examined.out,
              AllOf(HasSubstr(absl::StrCat("keepalived does not run it: ", file, " belongs to nobody (uid ")),
                    HasSubstr(absl::StrCat("chown root ", file))));
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_F(CheckScriptTest, WithTheSameCommandByItsPathPasses) {
  const std::string program = Write("tools/mycat", "exit 0\n");
  ASSERT_TRUE(Track("server", program + " status\n"));
  EXPECT_THAT(site_.node("a").keepalived().Log(), HasSubstr("VRRP_Script(check) succeeded"));
  const Outcome examined = ExamineWithProfile();
  EXPECT_EQ(examined.exit_code, kAllIsWell) << examined.out;
  EXPECT_THAT(examined.out, HasSubstr("as keepalived runs it (user root) and in a login shell"));
  EXPECT_THAT(examined.out, Not(HasSubstr("without a path")));
}

}  // namespace
}  // namespace lab
