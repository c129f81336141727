// The process dies at any moment: what was acknowledged is there, and no batch is there by half.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/store/sqlite_store.h"
#include "tests/arbiter/store/sample.h"

namespace arbiter::store {
namespace {

// The child's part: writes an incident with its audit entry again and again, and says so after each.
[[noreturn]] void WriteForEver(const std::string& path, int acknowledge) {
  SqliteStore store(path);
  if (!store.Open().ok()) _exit(1);
  for (std::uint64_t i = 1;; ++i) {
    const ClockReading now = ReadClocks();
    Batch batch;
    batch.incidents = {SampleIncident(absl::StrCat(i), now.steady)};
    batch.audit = {AuditEntry{now.wall, "arbiter", "directive hold", "prod", "b", "", absl::StrCat(i), 1, i}};
    if (!store.Write(batch).ok()) _exit(2);
    const char done = 'w';
    if (write(acknowledge, &done, 1) != 1) _exit(3);
  }
}

// Kills the child right after its `acknowledgements`th write was acknowledged, in the middle of a later one. False when
// it did not come to that.
bool CrashAfter(const std::string& path, int acknowledgements) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return false;
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) WriteForEver(path, ends[1]);
  close(ends[1]);
  char done = 0;
  int seen = 0;
  while (seen < acknowledgements && read(ends[0], &done, 1) == 1) ++seen;
  kill(child, SIGKILL);
  int status = 0;
  const bool killed = waitpid(child, &status, 0) == child && WIFSIGNALED(status);
  close(ends[0]);
  return killed && seen == acknowledgements;
}

class Crash : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(AfterWrites, Crash, testing::Values(1, 2, 3, 7, 20, 55));

TEST_P(Crash, LosesNothingThatWasAcknowledgedAndLeavesNoHalfBatch) {
  const TempDir directory;
  ASSERT_TRUE(CrashAfter(directory.path(), GetParam()));
  SqliteStore store(directory.path());
  const Remembered remembered = store.Open().value();
  EXPECT_EQ(remembered.term, 2U);
  const std::size_t incidents = remembered.open_incidents.size();
  EXPECT_GE(incidents, static_cast<std::size_t>(GetParam()));
  EXPECT_EQ(store.ListAudit({.page_size = 1000})->entries.size(), incidents);
  for (std::size_t i = 0; i < incidents; ++i) EXPECT_EQ(remembered.open_incidents[i].id, absl::StrCat(i + 1));
}

}  // namespace
}  // namespace arbiter::store
