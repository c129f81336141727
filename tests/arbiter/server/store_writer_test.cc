#include "arbiter/server/store_writer.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "arbiter/store/memory_store.h"

namespace arbiter::server {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

core::IncidentRecord Incident(const std::string& id, const std::string& note = "") {
  core::IncidentRecord record;
  record.id = id;
  record.cluster = "prod";
  record.vips = {*IpAddress::Parse("192.168.1.212")};
  record.note = note;
  return record;
}

// Holds up its first write until told, and counts writes.
class SlowStore final : public store::Store {
 public:
  absl::StatusOr<store::Remembered> Open() override { return inner.Open(); }
  absl::StatusOr<std::uint64_t> RaiseTerm(std::uint64_t than) override { return inner.RaiseTerm(than); }
  absl::Status Write(const store::Batch& batch) override {
    if (++writes == 1) {
      began.Notify();
      proceed.WaitForNotification();
    }
    return inner.Write(batch);
  }
  absl::StatusOr<store::IncidentPage> ListIncidents(const store::IncidentQuery& query) override {
    return inner.ListIncidents(query);
  }
  absl::StatusOr<store::StoredIncident> FindIncident(absl::string_view id) override { return inner.FindIncident(id); }
  absl::StatusOr<store::AuditPage> ListAudit(const store::AuditQuery& query) override { return inner.ListAudit(query); }
  absl::StatusOr<store::FingerprintKeyBytes> FingerprintKey(absl::string_view cluster) override {
    return inner.FingerprintKey(cluster);
  }
  absl::StatusOr<std::string> PinnedCluster(absl::string_view certificate, absl::string_view cluster) override {
    return inner.PinnedCluster(certificate, cluster);
  }
  [[nodiscard]] absl::Status Healthy() const override { return inner.Healthy(); }

  store::MemoryStore inner;
  int writes = 0;  // the writer's thread alone, and the test after it has ended
  absl::Notification began;
  absl::Notification proceed;
};

// Collects the answers to tickets.
class Answers {
 public:
  StoreWriter::Answer Callback() {
    return [this](std::uint64_t ticket, const absl::Status& status) {
      const absl::MutexLock lock(&mutex_);
      given_.emplace_back(ticket, status);
    };
  }
  bool Await(std::size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return given_.size() >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
  }
  std::vector<std::pair<std::uint64_t, absl::Status>> given() {
    const absl::MutexLock lock(&mutex_);
    return given_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::pair<std::uint64_t, absl::Status>> given_ ABSL_GUARDED_BY(mutex_);
};

class StoreWriterTest : public testing::Test {
 protected:
  process::Log log_{process::LogLevel::kError, std::make_shared<spdlog::sinks::null_sink_mt>()};
  Answers answers_;
};

TEST_F(StoreWriterTest, AnswersATicketWhenItIsWritten) {
  store::MemoryStore store;
  ASSERT_TRUE(store.Open().ok());
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteIncident(Incident("1-1"), 7);
  ASSERT_TRUE(answers_.Await(1));
  EXPECT_EQ(answers_.given()[0].first, 7U);
  EXPECT_TRUE(answers_.given()[0].second.ok());
  EXPECT_TRUE(store.FindIncident("1-1").ok());
}

TEST_F(StoreWriterTest, WritesTogetherWhatCameDuringAWrite) {
  SlowStore store;
  ASSERT_TRUE(store.Open().ok());
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteIncident(Incident("1-1", "old"), 1);
  ASSERT_TRUE(store.began.WaitForNotificationWithTimeout(kPatience));
  for (std::uint64_t ticket = 2; ticket <= 50; ++ticket) {
    writer.WriteIncident(Incident("1-1", "new"), ticket);
  }
  store.proceed.Notify();
  ASSERT_TRUE(answers_.Await(50));
  writer.Stop();
  EXPECT_EQ(store.writes, 2);
  EXPECT_EQ(store.FindIncident("1-1")->record.note, "new");
}

TEST_F(StoreWriterTest, TellsOfAFailureOnceAndTriesAgain) {
  store::MemoryStore store;
  ASSERT_TRUE(store.Open().ok());
  store.FailWrites(absl::ResourceExhaustedError("disk full"));
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteIncident(Incident("1-1"), 1);
  ASSERT_TRUE(answers_.Await(1));
  EXPECT_EQ(answers_.given()[0].second.message(), "disk full");
  store.FailWrites(absl::OkStatus());
  writer.WriteIncident(Incident("1-2"), 2);
  ASSERT_TRUE(answers_.Await(2));
  EXPECT_EQ(answers_.given()[1].first, 2U);
  EXPECT_TRUE(store.FindIncident("1-1").ok());
}

TEST_F(StoreWriterTest, WritesTheRestWhenItIsStopped) {
  store::MemoryStore store;
  ASSERT_TRUE(store.Open().ok());
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteMode({"prod", core::Mode::kObserve, {}, core::Mode::kObserve});
  store::AuditEntry entry;
  entry.what = "x";
  writer.Audit(entry);
  writer.Stop();
  EXPECT_EQ(store.ListAudit({})->entries.size(), 1U);
  EXPECT_EQ(store.Open()->modes.size(), 1U);
}

store::OutboxEntry EntryOf(const std::string& id) {
  store::OutboxEntry entry;
  entry.target = "ops";
  entry.notification.id = id;
  return entry;
}

TEST_F(StoreWriterTest, ANotificationIsKeptUntilItIsDelivered) {
  SlowStore store;
  ASSERT_TRUE(store.Open().ok());
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteOutbox(EntryOf("under way"));
  ASSERT_TRUE(store.began.WaitForNotificationWithTimeout(kPatience));
  writer.Delivered("ops", "under way");
  writer.WriteOutbox(EntryOf("delivered before it was written"));
  writer.Delivered("ops", "delivered before it was written");
  writer.WriteOutbox(EntryOf("waits"));
  store.proceed.Notify();
  writer.Stop();
  EXPECT_EQ(store.Open()->outbox, std::vector<store::OutboxEntry>{EntryOf("waits")});
}

TEST_F(StoreWriterTest, WhatWasDeliveredWhileTheDiskWasFullIsNotKept) {
  store::MemoryStore store;
  ASSERT_TRUE(store.Open().ok());
  store.FailWrites(absl::ResourceExhaustedError("disk full"));
  StoreWriter writer(&store, &log_, answers_.Callback());
  writer.WriteOutbox(EntryOf("1"));
  writer.WriteOutbox(EntryOf("2"));
  writer.WriteIncident(Incident("1-1"), 1);
  ASSERT_TRUE(answers_.Await(1));
  writer.Delivered("ops", "1");
  store.FailWrites(absl::OkStatus());
  writer.Stop();
  EXPECT_EQ(store.Open()->outbox, std::vector<store::OutboxEntry>{EntryOf("2")});
}

TEST_F(StoreWriterTest, OfOneThingTheNewestWordIsKeptWhenTheDiskWasFull) {
  store::MemoryStore store;
  ASSERT_TRUE(store.Open().ok());
  store.FailWrites(absl::ResourceExhaustedError("disk full"));
  StoreWriter writer(&store, &log_, answers_.Callback());
  store::Notification lost{.event = "node_lost", .node = "a"};
  writer.WriteTold(lost);
  writer.WriteTold({.event = "node_lost", .node = "b"});
  writer.WriteIncident(Incident("1-1"), 1);
  ASSERT_TRUE(answers_.Await(1));
  lost.resolved = true;
  writer.WriteTold(lost);
  store.FailWrites(absl::OkStatus());
  writer.Stop();
  ASSERT_EQ(store.Open()->told.size(), 1U);
  EXPECT_EQ(store.Open()->told[0].node, "b");
}

}  // namespace
}  // namespace arbiter::server
