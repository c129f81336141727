#include "arbiter/server/event_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace arbiter::server {
namespace {

core::Note NoteOf(const std::string& text, const std::string& cluster = "prod") {
  core::Note note;
  note.cluster = cluster;
  note.kind = "split";
  note.text = text;
  return note;
}

class CountingWatcher final : public EventWatcher {
 public:
  void Wake() override { ++woken; }
  int woken = 0;
};

TEST(EventLog, NumbersEvents) {
  EventLog log;
  EXPECT_EQ(log.Next(), 1U);
  EXPECT_FALSE(log.At(1).has_value());
  log.Append(NoteOf("x"), absl::UnixEpoch());
  ASSERT_TRUE(log.At(1).has_value());
  EXPECT_EQ(log.At(1)->note.text, "x");
  EXPECT_FALSE(log.At(2).has_value());
}

TEST(EventLog, GivesTheOldestItStillHas) {
  EventLog log(2);
  for (const char* text : {"1", "2", "3"}) {
    log.Append(NoteOf(text), absl::UnixEpoch());
  }
  EXPECT_EQ(log.At(1)->number, 2U);
  EXPECT_EQ(log.At(3)->note.text, "3");
}

TEST(EventLog, CountsABacklogByCluster) {
  EventLog log;
  log.Append(NoteOf("1", "prod"), absl::UnixEpoch());
  log.Append(NoteOf("2", "other"), absl::UnixEpoch());
  log.Append(NoteOf("3", "prod"), absl::UnixEpoch());
  log.Append(NoteOf("4", "other"), absl::UnixEpoch());
  EXPECT_EQ(log.StartOf(0, ""), 5U);
  EXPECT_EQ(log.StartOf(1, ""), 4U);
  EXPECT_EQ(log.StartOf(1, "prod"), 3U);
  EXPECT_EQ(log.StartOf(2, "prod"), 1U);
  EXPECT_EQ(log.StartOf(100, "prod"), 1U);
}

TEST(EventLog, WakesWatchersUntilTheyGo) {
  EventLog log;
  const auto watcher = std::make_shared<CountingWatcher>();
  ASSERT_TRUE(log.Watch(watcher, 1));
  EXPECT_FALSE(log.Watch(std::make_shared<CountingWatcher>(), 1));
  log.Append(NoteOf("1"), absl::UnixEpoch());
  EXPECT_EQ(watcher->woken, 1);
  log.Unwatch(watcher.get());
  log.Append(NoteOf("2"), absl::UnixEpoch());
  EXPECT_EQ(watcher->woken, 1);
  EXPECT_TRUE(log.Watch(std::make_shared<CountingWatcher>(), 1));
}

}  // namespace
}  // namespace arbiter::server
