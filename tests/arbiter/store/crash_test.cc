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

// Kills the child right after its `acknowledgements`th write was acknowledged, in the middle of a later one.
void CrashAfter(const std::string& path, int acknowledgements) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) WriteForEver(path, ends[1]);
  close(ends[1]);
  char done = 0;
  for (int i = 0; i < acknowledgements; ++i) ASSERT_EQ(read(ends[0], &done, 1), 1) << "the child ended early";
  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  close(ends[0]);
}

TEST(Crash, LosesNothingThatWasAcknowledgedAndLeavesNoHalfBatch) {
  for (const int acknowledgements : {1, 2, 3, 7, 20, 55}) {
    const TempDir directory;
    CrashAfter(directory.path(), acknowledgements);
    SqliteStore store(directory.path());
    const absl::StatusOr<Remembered> remembered = store.Open();
    ASSERT_TRUE(remembered.ok()) << remembered.status();
    EXPECT_EQ(remembered->term, 2U);
    const std::size_t incidents = remembered->open_incidents.size();
    EXPECT_GE(incidents, static_cast<std::size_t>(acknowledgements));
    EXPECT_EQ(store.ListAudit(100'000)->size(), incidents);
    for (std::size_t i = 0; i < incidents; ++i) EXPECT_EQ(remembered->open_incidents[i].id, absl::StrCat(i + 1));
  }
}

}  // namespace
}  // namespace arbiter::store
