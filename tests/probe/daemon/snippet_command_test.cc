#include "probe/daemon/snippet_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  absl::Status status;
  std::string out;
  std::string err;
};

Outcome SnippetOf(const std::string& text) {
  Scratch scratch;
  Settings settings;
  settings.keepalived_conf = scratch.path() + "/keepalived.conf";
  settings.runtime_dir = "/run/x";
  std::ofstream(settings.keepalived_conf) << text;
  std::ostringstream out;
  std::ostringstream err;
  const absl::Status status = RunSnippet(settings, out, err);
  return {status, out.str(), err.str()};
}

TEST(SnippetCommand, PrintsTheLinesForEachInstance) {
  const Outcome outcome = SnippetOf("vrrp_instance VI_1 {\n  virtual_router_id 51\n  some_keyword\n}\n");
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_THAT(outcome.out, HasSubstr("track_file arbiter_VI_1"));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(SnippetCommand, SaysWhatIsWrongWithAFileThatWasCutOff) {
  const Outcome nameless = SnippetOf("vrrp_instance {\n");
  EXPECT_TRUE(absl::IsNotFound(nameless.status));
  EXPECT_THAT(std::string(nameless.status.message()), HasSubstr("no vrrp_instance"));
  EXPECT_THAT(nameless.out, IsEmpty());
  EXPECT_THAT(nameless.err, HasSubstr("keepalived.conf:1: "));
  const Outcome open = SnippetOf("vrrp_instance VI_1 {\n  virtual_router_id 51\n");
  EXPECT_TRUE(open.status.ok());
  EXPECT_THAT(open.out, HasSubstr("track_file arbiter_VI_1"));
  EXPECT_THAT(open.err, HasSubstr("keepalived.conf:1: "));
}

TEST(SnippetCommand, RefusesAFileWithoutInstances) {
  EXPECT_TRUE(absl::IsNotFound(SnippetOf("").status));
  EXPECT_TRUE(absl::IsNotFound(SnippetOf("global_defs {\n}\n").status));
}

}  // namespace
}  // namespace probe::daemon
