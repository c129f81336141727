#include "probe/daemon/hold_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/arbiter/process/scratch.h"

namespace probe::daemon {
namespace {

using arbiter::process::Scratch;

using testing::HasSubstr;
using testing::IsEmpty;

hold::HoldMemory Full() {
  const arbiter::IpAddress vip = arbiter::IpAddress::Parse("192.168.1.212").value();
  hold::HoldMemory memory;
  memory.newest_term = 7;
  memory.obeyed[vip] = {7, 12};
  hold::HoldRecord& hold = memory.holds[vip];
  hold.vip = vip;
  hold.incident = "7-1";
  hold.fence = {7, 3};
  hold.reason = "priority 100 of a against 90";
  hold.survivor = "a";
  hold.survivor_addresses = {arbiter::IpAddress::Parse("fe80::1").value()};
  hold.survivor_vrid = 66;
  hold.silence_limit = std::chrono::seconds(3);
  hold.forbidden_rungs = {hold::RungKind::kTrackFile, hold::RungKind::kStopDaemon};
  hold.since = std::chrono::seconds(1234);
  hold.address_removed = true;
  hold.daemon_stopped = true;
  hold.trial = true;
  hold.removed = {{"eth0", 24, 253, 0x80, "eth0:1"}};
  memory.released = {{{vip, arbiter::IpAddress::Parse("fd00::9").value()}, {6, 1}, "by hand"}};
  return memory;
}

TEST(HoldFile, GivesBackAllThatWasSaved) {
  Scratch scratch;
  HoldFile file(scratch.path(), "boot");
  ASSERT_TRUE(file.Save(Full()).ok());
  EXPECT_EQ(HoldFile(scratch.path(), "boot").Load().value(), Full());
}

// As version 0.1.0 wrote it.
constexpr char kOfAnOlderProbe[] = R"({
 "newestTerm": "7",
 "obeyed": [{"vip": "192.168.1.212", "fence": {"term": "7", "sequence": "12"}}],
 "holds": [{"vip": "192.168.1.212", "incident": "7-1", "fence": {"term": "7", "sequence": "3"},
            "reason": "priority 100 of a against 90", "survivor": "a", "survivorAddresses": ["fe80::1"],
            "silenceLimitNs": "3000000000", "forbiddenRungs": ["track_file", "stop_daemon"],
            "sinceBootNs": "1234000000000", "addressRemoved": true, "daemonStopped": true, "trial": true}],
 "released": [{"vip": "192.168.1.212", "fence": {"term": "6", "sequence": "1"}, "why": "by hand"}],
 "bootId": "boot"})";

TEST(HoldFile, ReadsWhatAnOlderProbeWrote) {
  hold::HoldMemory expected = Full();
  expected.holds.begin()->second.removed.clear();  // it did not remember where
  expected.holds.begin()->second.survivor_vrid = 0;
  expected.released[0].vips.pop_back();
  EXPECT_EQ(ParseHolds(kOfAnOlderProbe, "boot").value(), expected);
}

TEST(HoldFile, ATimeThatNobodyMeantIsOneThatCanBeAdded) {
  const struct {
    const char* limit;
    const char* since;
    std::chrono::nanoseconds limit_read;
    std::chrono::nanoseconds since_read;
  } kCases[] = {
      {"9223372036854775807", "9223372036854775807", std::chrono::hours(24 * 3660), std::chrono::hours(24 * 3660)},
      {"-9223372036854775808", "-9223372036854775808", {}, {}},
  };
  for (const auto& c : kCases) {
    const auto memory =
        ParseHolds(absl::StrCat(R"({"bootId": "boot", "holds": [{"vip": "10.0.0.1", "silenceLimitNs": ")", c.limit,
                                R"(", "sinceBootNs": ")", c.since, R"("}]})"),
                   "boot");
    ASSERT_TRUE(memory.ok()) << memory.status();
    EXPECT_EQ(memory->holds.begin()->second.silence_limit, c.limit_read) << c.limit;
    EXPECT_EQ(memory->holds.begin()->second.since, c.since_read) << c.since;
  }
}

TEST(HoldFile, SaysOnceWhatManyHoldsSay) {
  hold::HoldMemory memory = Full();
  for (int i = 1; i <= 250; ++i) {
    const std::string text = i % 2 == 0 ? "10.0.0." + std::to_string(i) : "fd00::" + std::to_string(i);
    const arbiter::IpAddress vip = arbiter::IpAddress::Parse(text).value();
    hold::HoldRecord& hold = memory.holds[vip];
    hold.vip = vip;
    hold.fence = {7, 13};
    hold.reason = "split with a";
    hold.trial = i == 77;
    memory.obeyed[vip] = {7, 13};
  }
  const std::string text = FormatHolds(memory, "boot");
  EXPECT_LT(text.size(), 12'000U);
  EXPECT_EQ(ParseHolds(text, "boot").value(), memory);
}

TEST(HoldFile, IsEmptyWhereNothingWasEverSaved) {
  Scratch scratch;
  EXPECT_EQ(HoldFile(scratch.path(), "boot").Load().value(), hold::HoldMemory());
}

TEST(HoldFile, KeepsOnlyTheTermOverAReboot) {
  Scratch scratch;
  ASSERT_TRUE(HoldFile(scratch.path(), "boot").Save(Full()).ok());
  const hold::HoldMemory memory = HoldFile(scratch.path(), "another").Load().value();
  EXPECT_EQ(memory.newest_term, 7U);
  EXPECT_THAT(memory.holds, IsEmpty());
  EXPECT_THAT(memory.obeyed, IsEmpty());
}

TEST(HoldFile, SaysWhatIsWrongAndKeepsTheBrokenOne) {
  for (const std::string text : {"", "{", "{\"holds\": [{\"vip\": \"nonsense\"}]}", "\x01\x02"}) {
    SCOPED_TRACE(text);
    Scratch scratch;
    std::ofstream(scratch.path() + "/holds.json") << text;
    HoldFile file(scratch.path(), "");
    const auto memory = file.Load();
    EXPECT_EQ(memory.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(memory.status().message()), HasSubstr("/holds.json: "));
    EXPECT_TRUE(std::filesystem::exists(scratch.path() + "/holds.json.broken"));
    EXPECT_TRUE(file.Load().ok());
  }
}

TEST(HoldFile, FollowsNoLink) {
  Scratch scratch;
  Scratch elsewhere;
  const std::string victim = elsewhere.path() + "/victim";
  for (const std::string name : {"/holds.json", "/holds.json.new"}) {
    std::filesystem::create_symlink(victim, scratch.path() + name);
  }
  EXPECT_EQ(HoldFile(scratch.path(), "boot").Load().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(HoldFile(scratch.path(), "boot").Save(Full()), absl::OkStatus());
  EXPECT_FALSE(std::filesystem::exists(victim));
  EXPECT_EQ(HoldFile(scratch.path(), "boot").Load().value(), Full());
}

TEST(HoldFile, BelievesNoDirectoryThatOthersMayWriteIn) {
  Scratch scratch;
  ASSERT_TRUE(HoldFile(scratch.path(), "boot").Save(Full()).ok());
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0777));
  HoldFile file(scratch.path(), "boot");
  EXPECT_THAT(std::string(file.Load().status().message()), HasSubstr("chmod go-w " + scratch.path()));
  EXPECT_THAT(std::string(file.Save(Full()).message()), HasSubstr("chmod go-w " + scratch.path()));
}

TEST(HoldFile, ReadsWhatANewerProbeWrote) {
  EXPECT_EQ(ParseHolds(R"({"newestTerm": "9", "something": {"new": true}})", "")->newest_term, 9U);
}

TEST(HoldFile, NamesTheFileThatCannotBeWritten) {
  HoldFile file("/nonexistent", "boot");
  EXPECT_THAT(std::string(file.Save(Full()).message()), HasSubstr("/nonexistent/holds.json"));
}

}  // namespace
}  // namespace probe::daemon
