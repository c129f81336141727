#include "arbiter/process/log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>

namespace arbiter::process {
namespace {

TEST(LogLine, IsKeyValueText) {
  EXPECT_EQ(LogLine("directive", {{"do", "hold"}, {"vip", "10.0.0.1"}, {"incident", ""}, {"reason", "two holders"}}),
            "directive do=hold vip=10.0.0.1 reason=\"two holders\"");
}

TEST(LogLine, StaysOneLineWhateverAPeerSent) {
  EXPECT_EQ(LogLine("x", {{"a", "1\n2"}, {"b", "q\"q"}, {"c", "k=v"}, {"d", "back\\slash"}, {"e", "it's\\'"}}),
            "x a=\"1\\n2\" b=\"q\\\"q\" c=\"k=v\" d=\"back\\\\slash\" e=\"it's\\\\'\"");
}

TEST(LogLine, ShowsWhatIsNotSeen) {
  EXPECT_EQ(LogLine("x", {{"a", "b\u202ec\u200b"}, {"d", "\u00e4\u009b"}}),
            "x a=\"b\\u202ec\\u200b\" d=\"\u00e4\\u009b\"");
}

TEST(Log, WritesFromItsLevelUp) {
  std::ostringstream out;
  {
    Log log(LogLevel::kWarning, std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
    log.Info("quiet", {});
    log.Error("loud", {{"k", "v"}});
    log.SetLevel(LogLevel::kInfo);
    log.Info("now", {});
  }
  EXPECT_EQ(out.str().find("quiet"), std::string::npos);
  EXPECT_NE(out.str().find("loud k=v"), std::string::npos);
  EXPECT_NE(out.str().find("now"), std::string::npos);
}

TEST(LogLevel, IsReadFromItsName) {
  EXPECT_EQ(ParseLogLevel("warning").value(), LogLevel::kWarning);
  EXPECT_EQ(ParseLogLevel("loud").status().message(), "\"loud\" is no log level: write debug, info, warning or error");
}

}  // namespace
}  // namespace arbiter::process
