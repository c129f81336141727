// What is wrong gives one clear line, or a counted and named drop, and nothing else stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "tests/lab/programs.h"
#include "tests/lab/site.h"
#include "tests/lab/stranger.h"

namespace lab {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

struct WrongCommand {
  std::string name;
  std::vector<std::string> argv;  // the program's name first
  int exit_code;
  std::string said;  // in the one line on stderr
};

void PrintTo(const WrongCommand& command, std::ostream* out) { *out << command.name; }

class CommandTest : public testing::TestWithParam<WrongCommand> {};

// In a namespace of its own: none of them may get as far as a port or a capture.
TEST_P(CommandTest, EndsWithItsExitCodeAndOneLine) {
  const WrongCommand& command = GetParam();
  Lab lab;
  const Host& host = lab.AddHost("a", 1);
  std::ofstream(lab.directory() / "wrong.yaml") << "cluster: x\nno_such_key: 1\n";
  std::vector<std::string> argv;
  for (std::string argument : command.argv) {
    if (argument == "WRONG_YAML") argument = (lab.directory() / "wrong.yaml").string();
    if (argument == "STATE_DIR") argument = lab.directory().string();
    if (argument == "arbiter" || argument == "arbiter-probe" || argument == "arbctl") argument = Program(argument);
    argv.push_back(argument);
  }
  const auto outcome = Execute(host.In(argv), seconds(10));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->exit_code, command.exit_code) << outcome->err;
  EXPECT_EQ(std::count(outcome->err.begin(), outcome->err.end(), '\n'), 1) << outcome->err;
  EXPECT_THAT(outcome->err, HasSubstr(command.said));
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, CommandTest,
    testing::Values(
        WrongCommand{"ArbiterUnknownFlag", {"arbiter", "--frobnicate"}, 64, "--frobnicate"},
        WrongCommand{"ProbeUnknownFlag", {"arbiter-probe", "--frobnicate"}, 64, "--frobnicate"},
        WrongCommand{"CtlUnknownFlag", {"arbctl", "status", "--frobnicate"}, 64, "--frobnicate"},
        WrongCommand{"CtlUnknownCommand", {"arbctl", "frobnicate"}, 64, "frobnicate"},
        WrongCommand{"ArbiterWrongDuration", {"arbiter", "--confirm-after", "soon"}, 64, "soon"},
        WrongCommand{"ArbiterNoSuchConfig", {"arbiter", "--config", "/nowhere.yaml"}, 78, "/nowhere.yaml"},
        WrongCommand{"ProbeNoSuchConfig", {"arbiter-probe", "--config", "/nowhere.yaml"}, 78, "/nowhere.yaml"},
        WrongCommand{"ArbiterConfigWithoutAnEnd", {"arbiter", "--config", "/dev/zero"}, 78, "is no regular file"},
        WrongCommand{"ProbeConfigWithoutAnEnd", {"arbiter-probe", "--config", "/dev/zero"}, 78, "is no regular file"},
        WrongCommand{"ProbeWhereEverybodyMayWrite",
                     {"arbiter-probe", "--arbiter", "127.0.0.1:7430", "--runtime-dir", "/tmp"},
                     1,
                     "runtime directory /tmp may be written by everybody"},
        WrongCommand{"ProbeUnknownKey", {"arbiter-probe", "--config", "WRONG_YAML"}, 78, "wrong.yaml:2"},
        WrongCommand{"ArbiterBeyondLoopbackInPlaintext",
                     {"arbiter", "--listen", "0.0.0.0:7430", "--state-dir", "STATE_DIR"},
                     78,
                     "--insecure"},
        WrongCommand{"ProbeBeyondLoopbackInPlaintext",
                     {"arbiter-probe", "--arbiter", "127.0.0.1:7430,192.0.2.1:7430", "--runtime-dir", "STATE_DIR"},
                     78,
                     "arbiter: 192.0.2.1:7430 is beyond this machine and there is no TLS"},
        WrongCommand{"ProbeMayNotCapture",
                     {"setpriv", "--bounding-set=-net_raw", "--", "arbiter-probe", "--arbiter", "127.0.0.1:7430",
                      "--interface", "eth0", "--runtime-dir", "STATE_DIR"},
                     77,
                     "CAP_NET_RAW"},
        WrongCommand{"CtlNoArbiter", {"arbctl", "--server", "127.0.0.1:7430", "status"}, 69, "127.0.0.1:7430"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(BadInput, AProbeWaitsForAnArbiterThatIsNotThereYet) {
  Site site;
  for (const char* name : {"a", "b"}) site.node(name).probe().Start();
  LetPass(seconds(2));
  EXPECT_EQ(site.node("a").probe().Wait(Duration::zero()), std::nullopt) << site.node("a").probe().Log();
  EXPECT_THAT(site.node("a").probe().Log(), HasSubstr(site.arbiter().endpoint()));
  site.arbiter().Start();
  EXPECT_TRUE(site.AwaitConnected());
}

TEST(BadInput, AMissingInterfaceIsNamedAndTheOthersGoOn) {
  Site site;
  site.node("b").probe().options().extra_flags = {"--interface", "nope0"};
  ASSERT_TRUE(site.Start());
  EXPECT_THAT(site.node("b").probe().Log(), HasSubstr("nope0"));
}

TEST(BadInput, ASecondProbeOfTheSameNodeIsRefusedAndNamed) {
  Site site;
  ASSERT_TRUE(site.Start());
  Host& clone_host = site.lab().AddHost("clone", 30);
  ProbeOptions options = site.node("a").probe().options();
  options.runtime_dir = site.lab().runtime_directory() / "clone";
  Probe clone(clone_host, options);
  clone.Start();
  EXPECT_TRUE(WaitUntil("the second one is refused", seconds(10), [&] {
    return Seen{site.arbiter().Log().find("already") != std::string::npos, site.arbiter().Log() + clone.Log()};
  }));
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(5)));
  EXPECT_THAT(clone.Log(), HasSubstr("default/a has a live probe already"));
}

struct Garbage {
  std::string name;
  AdvertFrame advert;
};

void PrintTo(const Garbage& garbage, std::ostream* out) { *out << garbage.name; }

class GarbageTest : public testing::TestWithParam<Garbage> {};

TEST_P(GarbageTest, OnTheWireIsCountedByNameAndChangesNothing) {
  Site site;
  ASSERT_TRUE(site.Start());
  const Host& stranger = site.lab().AddHost("stranger", 99);
  const Instant start = Now();
  for (int i = 0; i < 50; ++i) Inject(stranger, MakeAdvert(GetParam().advert));
  EXPECT_TRUE(WaitUntil("the drops are counted", seconds(10), [&] {
    const Json nodes = site.arbiter().CtlJson({"nodes"})["nodes"];
    const Json b = nodes.Find([](const Json& node) { return node["status"]["id"].text() == "b"; });
    return Seen{b["report"]["droppedAdverts"].ToString().size() > 2, b["report"].ToString()};
  }));
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(5)));
  EXPECT_LE(site.witness().Record().LongestSilenceOf("a", start), kNoise);
  EXPECT_THAT(site.Incidents(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, GarbageTest,
                         testing::Values(Garbage{"Truncated", {.cut = 10}},
                                         Garbage{"WrongChecksum", {.checksum_error = 1}}, Garbage{"Ttl64", {.ttl = 64}},
                                         Garbage{"CountBeyondItsEnd", {.address_count = 255}}),
                         [](const auto& parameter) { return parameter.param.name; });

// Not garbage: long, or padded as Ethernet pads. Read in full, and of lower priority than the holder: no change.
TEST(BadInput, LongAndPaddedAdvertsAreReadAndNotDropped) {
  Site site;
  ASSERT_TRUE(site.Start());
  const Host& stranger = site.lab().AddHost("stranger", 99);
  Inject(stranger, MakeAdvert({.vrid = 200, .priority = 1, .address_count = 255, .addresses = 255}));
  Inject(stranger, MakeAdvert({.vrid = 201, .priority = 1, .padding = 6}));
  EXPECT_TRUE(WaitUntil("both are heard", seconds(5), [&] {
    const std::string nodes = site.arbiter().CtlJson({"nodes"}).ToString();
    const bool both =
        nodes.find("\"vrid\":200") != std::string::npos && nodes.find("\"vrid\":201") != std::string::npos;
    return Seen{both, nodes};
  }));
  EXPECT_THAT(site.Incidents(), IsEmpty());
}

}  // namespace
}  // namespace lab
