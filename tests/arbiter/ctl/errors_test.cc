#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/arbiter/ctl/fake_arbiter.h"

namespace arbiter::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Mistake {
  const char* name;
  std::vector<std::string> words;
  int code;
  const char* text;
};

class CommandLineMistake : public testing::TestWithParam<Mistake> {};

TEST_P(CommandLineMistake, IsOneLineOnStderrThatSaysHowToMendIt) {
  const Outcome outcome = RunArbctl(GetParam().words);
  EXPECT_EQ(outcome.code, GetParam().code);
  EXPECT_THAT(outcome.err, AllOf(testing::StartsWith("arbctl: "), HasSubstr(GetParam().text)));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  EXPECT_EQ(outcome.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, CommandLineMistake,
    testing::Values(Mistake{"Nothing", {}, 64, "(see arbctl --help)"},
                    Mistake{"NoSuchCommand", {"xyzzy"}, 64, "there is no command 'xyzzy' (see arbctl --help)"},
                    Mistake{"Misspelt", {"statsu"}, 64, "there is no command 'statsu' (did you mean 'status'?)"},
                    Mistake{"MisspeltBehindAnOption", {"-s", "a:1", "nods"}, 64, "did you mean 'nodes'?"},
                    Mistake{"NoSuchOption", {"status", "--color"}, 64, "(see arbctl status --help)"},
                    Mistake{"NoSuchFormat", {"status", "-o", "yaml"}, 64, "(see arbctl status --help)"},
                    Mistake{"MissingOperand", {"demote", "b"}, 64, "(see arbctl demote --help)"},
                    Mistake{"OperandsTurnedAround", {"demote", "192.168.1.212", "b"}, 64, "(the order is NODE VIP)"},
                    Mistake{"NoAddress", {"release", "b", "10.0.0.0/24"}, 64, "(the order is NODE VIP)"},
                    Mistake{"NoMode", {"mode", "off"}, 64, "(see arbctl mode --help)"},
                    Mistake{"NoDuration", {"mode", "observe", "--for", "30"}, 64, "write 250ms, 3s or 1m"},
                    Mistake{"NoTime", {"mode", "observe", "--for", "0"}, 64, "leave it out"},
                    Mistake{"NoTimeout", {"status", "--timeout", "soon"}, 64, "write 250ms, 3s or 1m"},
                    Mistake{"NoServer", {"status", "--server", "nowhere"}, 64, "--server (or $ARBCTL_SERVER)"},
                    Mistake{"HalfOfTls", {"status", "--tls-cert", "x"}, 78, "arbctl: "},
                    Mistake{"NoSuchFile", {"status", "--tls-cert=/no", "--tls-key=/no", "--tls-ca=/no"}, 78, "/no"}),
    [](const auto& test) { return test.param.name; });

struct Answer {
  const char* name;
  grpc::StatusCode verdict;
  int code;
  const char* text;
};

class ArbiterError : public testing::TestWithParam<Answer> {};

TEST_P(ArbiterError, HasItsExitCodeAndSaysHowToMendIt) {
  FakeArbiter arbiter;
  arbiter.verdict = {GetParam().verdict, "because"};
  const Outcome outcome = RunAgainst(arbiter, {"status"});
  EXPECT_EQ(outcome.code, GetParam().code);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().text));
  EXPECT_EQ(outcome.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, ArbiterError,
    testing::Values(Answer{"Unavailable", grpc::UNAVAILABLE, 69, "cannot be reached: because: is it running"},
                    Answer{"Permission", grpc::PERMISSION_DENIED, 77, "not permitted by arbiter 127.0.0.1:"},
                    Answer{"NoCertificate", grpc::UNAUTHENTICATED, 77, "because"},
                    Answer{"AnotherVersion", grpc::UNIMPLEMENTED, 1, "of another version than this arbctl (0.1.0)"},
                    Answer{"WrongArgument", grpc::INVALID_ARGUMENT, 64, "because"},
                    Answer{"Internal", grpc::INTERNAL, 1, "arbctl: because\n"}),
    [](const auto& test) { return test.param.name; });

TEST(Unreachable, IsExit69WithWhatToLookAt) {
  const Outcome outcome = RunArbctl({"status", "--server", "127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 69);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("arbiter 127.0.0.1:1 cannot be reached: Connection refused: is it"),
                                 HasSubstr("systemctl status arbiter")));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST(Help, NamesEveryCommandAndTheExitCodes) {
  const Outcome outcome = RunArbctl({"--help"});
  EXPECT_EQ(outcome.code, 0);
  for (const char* word : {"status", "nodes", "incidents", "incident", "events", "diff", "demote", "release", "mode",
                           "check", "completion", "69 arbiter unreachable", "$ARBCTL_SERVER"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("complete ")));
}

TEST(Help, OfEachCommandHasExamples) {
  for (const char* command : {"status", "nodes", "incidents", "incident", "events", "diff", "demote", "release", "mode",
                              "check", "completion"}) {
    const Outcome outcome = RunArbctl({command, "--help"});
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("Examples\n  ")) << command;
    EXPECT_THAT(outcome.out, HasSubstr(std::string("arbctl ") + command)) << command;
  }
}

TEST(Help, VersionIsOneLine) {
  const Outcome outcome = RunArbctl({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "arbctl 0.1.0\n");
}

}  // namespace
}  // namespace arbiter::ctl
