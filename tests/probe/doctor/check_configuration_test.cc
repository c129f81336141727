#include "probe/doctor/check_configuration.h"

#include "tests/probe/doctor/doctor_fixture.h"

namespace probe::doctor {
namespace {

using testing::HasSubstr;

constexpr char kPath[] = "/etc/keepalived/keepalived.conf";

struct ConfigCase {
  std::string name;
  std::string text;
  Verdict verdict = Verdict::kOk;
  std::string says;
};

// VI_1's VRID on VI_1's interface once more.
std::string TwinText() {
  std::string text = InstanceText();
  return text.replace(text.find("VI_1"), 4, "VI_2");
}

std::string Repeated(const std::string& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

void PrintTo(const ConfigCase& c, std::ostream* out) { *out << c.name; }

class ConfigurationTest : public testing::TestWithParam<ConfigCase> {};

TEST_P(ConfigurationTest, IsJudged) {
  const Findings findings = CheckConfiguration(kPath, Configured(GetParam().text));
  EXPECT_EQ(Worst(findings), GetParam().verdict) << Words(findings);
  EXPECT_THAT(Words(findings), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ConfigurationTest,
    testing::Values(
        ConfigCase{"Good", InstanceText(), Verdict::kOk, "1 instance, 1 VIP, every keyword known"},
        ConfigCase{"UnknownKeyword", InstanceText("no_such_word 1"), Verdict::kWarning, "1 unknown keyword"},
        ConfigCase{"BadValue", InstanceText("priority 300"), Verdict::kWarning, "keepalived.conf:"},
        ConfigCase{"NoVrid", "vrrp_instance VI_1 {\n interface eth0\n}\n", Verdict::kFault, "no virtual_router_id"},
        ConfigCase{"NoValue", InstanceText("priority"), Verdict::kFault,
                   "'priority' has no value: the daemon will not run"},
        ConfigCase{"NoInterface", "vrrp_instance A {\n virtual_router_id 7\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n",
                   Verdict::kFault, "has no interface: the daemon will not run"},
        ConfigCase{"NoAddressOfVersionTwo", "vrrp_instance A {\n interface eth0\n virtual_router_id 7\n}\n",
                   Verdict::kWarning, "has no virtual_ipaddress: it advertises none"},
        ConfigCase{"NoAddressOfVersionThree",
                   "vrrp_instance A {\n interface eth0\n virtual_router_id 7\n version 3\n}\n", Verdict::kFault,
                   "has no virtual_ipaddress: the daemon will not run"},
        ConfigCase{"SharedVrid", InstanceText() + TwinText(), Verdict::kFault, "as VI_1 does"},
        ConfigCase{"BraceOfAnUnknownBlock", InstanceText("track_interfaces {\n  eth1\n }\n priority 150"),
                   Verdict::kFault, "the next '}' ends vrrp_instance VI_1"},
        ConfigCase{"MissingBrace", InstanceText("track_interface\n  eth1\n }"), Verdict::kWarning, "has no '{'"},
        ConfigCase{"RefusedBehindManyOthers", InstanceText(Repeated("priority 300\n", 20) + "advert_int"),
                   Verdict::kFault, "the daemon will not run"},
        ConfigCase{"NoInstance", "global_defs {\n}\n", Verdict::kWarning, "no vrrp_instance"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Configuration, ThatIsMissingIsAFaultAndOneThatMayNotBeReadIsNoProof) {
  EXPECT_EQ(Worst(CheckConfiguration(kPath, absl::NotFoundError("open it: No such file"))), Verdict::kFault);
  EXPECT_EQ(Worst(CheckConfiguration(kPath, absl::PermissionDeniedError("open it"))), Verdict::kCouldNotLook);
}

TEST(Preemption, NopreemptWithStateMasterHasNoEffect) {
  EXPECT_EQ(Worst(CheckPreemption(Configured(InstanceText("nopreempt")))), Verdict::kOk);
  const keepalived::Config config = Configured(InstanceText("state MASTER\n nopreempt"));
  const Findings findings = CheckPreemption(config);
  EXPECT_EQ(Worst(findings), Verdict::kWarning);
  EXPECT_THAT(Words(findings), HasSubstr("has no effect with state MASTER (/etc/keepalived/keepalived.conf:6)"));
  // Said once.
  EXPECT_EQ(Worst(CheckConfiguration(kPath, config)), Verdict::kOk) << Words(CheckConfiguration(kPath, config));
}

TEST(TrackFiles, AreNeededWhereTheGateCannotWork) {
  const keepalived::Config none = Configured(InstanceText());
  EXPECT_EQ(Worst(CheckTrackFiles(none, {"/run/arbiter-probe", true, true})), Verdict::kOk);
  EXPECT_EQ(Worst(CheckTrackFiles(none, {"/run/arbiter-probe", true, false})), Verdict::kWarning);
}

TEST(TrackFiles, NeedTheirDirectory) {
  const keepalived::Config config =
      Configured("track_file arbiter_VI_1 {\n file \"/run/arbiter-probe/VI_1.demote\"\n weight 0\n init_file 0\n}\n" +
                 InstanceText("track_file {\n  arbiter_VI_1\n }"));
  EXPECT_EQ(Worst(CheckTrackFiles(config, {"/run/arbiter-probe", true, true})), Verdict::kOk);
  const Findings findings = CheckTrackFiles(config, {"/run/arbiter-probe", false, true});
  EXPECT_EQ(Worst(findings), Verdict::kWarning);
  EXPECT_THAT(Words(findings), HasSubstr("mkdir -p /run/arbiter-probe"));
}

}  // namespace
}  // namespace probe::doctor
