#include "probe/keepalived/process_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "probe/keepalived/daemon_arguments.h"
#include "tests/probe/keepalived/temporary_directory.h"

namespace probe::keepalived {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

const std::string kRest = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 777 19 20\n";  // fields 5 on; the 22nd is 777

TEST(Stat, IsReadWhateverTheNameIs) {
  const absl::StatusOr<ProcessStat> stat = ParseStat("123 (a) b (c) T 7" + kRest);
  ASSERT_TRUE(stat.ok()) << stat.status();
  EXPECT_EQ(stat->pid, 123);
  EXPECT_EQ(stat->parent, 7);
  EXPECT_EQ(stat->name, "a) b (c");
  EXPECT_EQ(stat->start_ticks, 777U);
  EXPECT_TRUE(stat->stopped());
  EXPECT_FALSE(stat->ended());
}

TEST(Stat, KnowsStatesThatMatter) {
  EXPECT_TRUE(ParseStat("1 (a) t 7" + kRest)->stopped());
  EXPECT_TRUE(ParseStat("1 (a) Z 7" + kRest)->ended());
  EXPECT_TRUE(ParseStat("1 (a) X 7" + kRest)->ended());
  EXPECT_FALSE(ParseStat("1 (a) S 7" + kRest)->stopped());
  EXPECT_FALSE(ParseStat("1 (a) D 7" + kRest)->ended());
}

TEST(Stat, InAnotherFormIsAnError) {
  for (const std::string text :
       {"", "1", "1 (a", "1 a) S 7", ")(", "1 (a) S 7 1 2 3", "x (a) S 7 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "1 (a) SS 7 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18"}) {
    EXPECT_FALSE(ParseStat(text).ok()) << text;
  }
}

TEST(Stat, OfThisProcessIsRead) {
  const absl::StatusOr<ProcessStat> stat = ReadStat(getpid());
  ASSERT_TRUE(stat.ok()) << stat.status();
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->parent, getppid());
  EXPECT_GT(stat->start_ticks, 0U);
  EXPECT_THAT(*ReadCommandLine(getpid()), Not(IsEmpty()));
}

TEST(Stat, OfNoProcessIsNotFound) {
  EXPECT_EQ(ReadStat(0x7ffffffe).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadChildren(0x7ffffffe).status().code(), absl::StatusCode::kNotFound);
}

TEST(TimeSlices, AreCountedForEachProcess) {
  EXPECT_GT(ReadTimeSlices(getpid()).value(), 0U);
  EXPECT_EQ(ReadTimeSlices(0x7ffffffe).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(IsFrozenByCgroup(getpid()));
  EXPECT_FALSE(IsFrozenByCgroup(0x7ffffffe));
}

TEST(PidFile, HoldsOneId) {
  const TemporaryDirectory directory;
  directory.Write("good", "123\n");
  EXPECT_EQ(*ReadPidFile(directory.Path("good")), 123);
  for (const std::string text : {"", "\n", "x", "-1\n", "0\n", "12 13\n", "99999999999999\n"}) {
    directory.Write("bad", text);
    EXPECT_EQ(ReadPidFile(directory.Path("bad")).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(ReadPidFile(directory.Path("none")).status().code(), absl::StatusCode::kNotFound);
}

struct ArgumentCase {
  std::vector<std::string> words;
  DaemonArguments expected;
};

TEST(DaemonArguments, AreReadInEveryForm) {
  const ArgumentCase cases[] = {
      {{"keepalived"}, {}},
      {{}, {}},
      {{"keepalived", "-f", "/a", "-i", "id", "-p", "/p", "-r", "/r"}, {"/a", "id", "/p", "/r"}},
      {{"keepalived", "-nlDf", "/a"}, {"/a", "", "", ""}},
      {{"keepalived", "-nf/a"}, {"/a", "", "", ""}},
      {{"keepalived", "--use-file=/a", "--config-id", "id", "--dont-fork"}, {"/a", "id", "", ""}},
      {{"keepalived", "--pid=/p", "--vrrp_pid=/r"}, {"", "", "/p", "/r"}},
      {{"keepalived", "-S", "-f", "-f", "/a"}, {"/a", "", "", ""}},
      {{"keepalived", "-f"}, {}},
      {{"keepalived", "x", "-f", "/a", "-f", "/b"}, {"/b", "", "", ""}},
  };
  for (const ArgumentCase& one : cases) {
    const DaemonArguments arguments = ParseDaemonArguments(one.words);
    EXPECT_EQ(arguments.config_path, one.expected.config_path) << testing::PrintToString(one.words);
    EXPECT_EQ(arguments.config_id, one.expected.config_id) << testing::PrintToString(one.words);
    EXPECT_EQ(arguments.pid_file, one.expected.pid_file) << testing::PrintToString(one.words);
    EXPECT_EQ(arguments.vrrp_pid_file, one.expected.vrrp_pid_file) << testing::PrintToString(one.words);
  }
}

}  // namespace
}  // namespace probe::keepalived
