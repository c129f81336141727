#include "probe/daemon/hold_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/probe/daemon/scratch.h"

namespace probe::daemon {
namespace {

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

TEST(HoldFile, ReadsWhatANewerProbeWrote) {
  EXPECT_EQ(ParseHolds(R"({"newestTerm": "9", "something": {"new": true}})", "")->newest_term, 9U);
}

TEST(HoldFile, NamesTheFileThatCannotBeWritten) {
  HoldFile file("/nonexistent", "boot");
  EXPECT_THAT(std::string(file.Save(Full()).message()), HasSubstr("/nonexistent/holds.json"));
}

}  // namespace
}  // namespace probe::daemon
