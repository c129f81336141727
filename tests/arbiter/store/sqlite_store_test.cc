// What can go wrong with a file and a disk.
#include "arbiter/store/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "arbiter/store/database.h"
#include "tests/arbiter/store/sample.h"

namespace arbiter::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Text(const absl::Status& status) { return status.ToString(); }

std::unique_ptr<SqliteStore> Opened(const std::string& path, const FakeClocks& clocks,
                                    const Retention& retention = {}) {
  auto store = std::make_unique<SqliteStore>(path, retention, clocks.source());
  const absl::Status status = store->Open().status();
  EXPECT_TRUE(status.ok()) << status;
  return store;
}

// A file system of its own, small or read-only. Needs root; `mounted` is false without.
class SmallDisk {
 public:
  SmallDisk() : mounted_(mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=256k,mode=0700") == 0) {}
  ~SmallDisk() {
    if (mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& path() const { return directory_.path(); }
  bool MakeReadOnly() { return mount("", path().c_str(), "", MS_REMOUNT | MS_RDONLY, "") == 0; }
  void Grow() { mount("", path().c_str(), "tmpfs", MS_REMOUNT, "size=4m"); }

 private:
  TempDir directory_;
  bool mounted_;
};

class SqliteStoreTest : public testing::Test {
 protected:
  core::Instant now() { return clocks_.now().steady; }
  std::string File() { return directory_.File("arbiter.db"); }
  void Execute(const std::string& sql) {
    absl::StatusOr<Database> database = Database::Open(File());
    ASSERT_TRUE(database.ok()) << database.status();
    const absl::Status status = database->Execute(sql);
    ASSERT_TRUE(status.ok()) << status;
  }
  absl::Status OpenStatus() { return SqliteStore(directory_.path(), {}, clocks_.source()).Open().status(); }

  TempDir directory_;
  FakeClocks clocks_;
};

TEST_F(SqliteStoreTest, MakesItsDirectoryAndKeepsItToItself) {
  const std::string path = directory_.File("state");
  Opened(path, clocks_);
  struct stat directory {};
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &directory), 0);
  ASSERT_EQ(stat((path + "/arbiter.db").c_str(), &file), 0);
  EXPECT_EQ(directory.st_mode & 0777U, 0700U);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(SqliteStoreTest, AMissingParentDirectoryIsNamed) {
  const absl::Status status = SqliteStore(directory_.File("no/state")).Open().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Text(status), AllOf(HasSubstr("make state directory"), HasSubstr("no/state")));
}

TEST_F(SqliteStoreTest, TwoArbitersNeverShareADirectory) {
  const auto first = Opened(directory_.path(), clocks_);
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Text(status), AllOf(HasSubstr("another arbiter uses it"), HasSubstr(directory_.path())));
  EXPECT_TRUE(first->WriteMode({"prod", core::Mode::kObserve, {}, core::Mode::kObserve}).ok());
}

TEST_F(SqliteStoreTest, TheDirectoryIsFreeAgainWhenTheStoreIsGone) {
  Opened(directory_.path(), clocks_).reset();
  EXPECT_TRUE(OpenStatus().ok());
}

TEST_F(SqliteStoreTest, OpensOnlyOnce) {
  const auto store = Opened(directory_.path(), clocks_);
  EXPECT_EQ(store->Open().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(store->WriteMode({"prod", core::Mode::kObserve, {}, core::Mode::kObserve}).ok());
}

TEST_F(SqliteStoreTest, WhatIsNoDatabaseIsRefusedWithTheWayOut) {
  std::ofstream(File()) << std::string(8192, 'x');
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Text(status), AllOf(HasSubstr(File()), HasSubstr("move the state directory away")));
}

TEST_F(SqliteStoreTest, AnEmptyDatabaseIsNoNewOne) {
  std::ofstream(File()).flush();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const absl::Status status = OpenStatus();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(Text(status),
                AllOf(HasSubstr(File()), HasSubstr("has 0 bytes"), HasSubstr("move the state directory away")));
  }
  EXPECT_EQ(std::filesystem::file_size(File()), 0U);
}

TEST_F(SqliteStoreTest, ADatabaseThatWasCutOffIsNoNewOne) {
  for (const std::uintmax_t size : {1, 99, 100, 512, 4096, 8192}) {
    std::filesystem::remove(File());
    Opened(directory_.path(), clocks_).reset();
    std::filesystem::resize_file(File(), size);
    const absl::Status status = OpenStatus();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << size << ": " << status;
    EXPECT_EQ(std::filesystem::file_size(File()), size);
  }
}

TEST_F(SqliteStoreTest, ADatabaseThatIsGoneWhileItsLogIsThereIsNoNewOne) {
  std::ofstream(File() + "-wal") << "what was written last";
  EXPECT_THAT(Text(OpenStatus()), AllOf(HasSubstr("is gone, and its log"), HasSubstr("move the state directory away")));
  EXPECT_FALSE(std::filesystem::exists(File()));
}

TEST_F(SqliteStoreTest, ADatabaseThatWasNeverFinishedIsMadeAnew) {
  std::ofstream(File() + ".new") << "half of one";
  std::ofstream(File() + ".new-journal") << "and half of its journal";
  EXPECT_EQ(OpenStatus(), absl::OkStatus());
  EXPECT_FALSE(std::filesystem::exists(File() + ".new"));
}

TEST_F(SqliteStoreTest, NoLinkIsFollowed) {
  const TempDir elsewhere;
  const std::string target = elsewhere.File("target");
  for (const std::string name : {"arbiter.lock", "arbiter.db"}) {
    std::filesystem::create_symlink(target, directory_.File(name));
    EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_FALSE(std::filesystem::exists(target)) << name;
    std::filesystem::remove(directory_.File(name));
  }
  std::filesystem::create_directory_symlink(directory_.path(), elsewhere.File("link"));
  EXPECT_THAT(Text(SqliteStore(elsewhere.File("link")).Open().status()), HasSubstr("is a symbolic link"));
}

TEST_F(SqliteStoreTest, ADirectoryThatOthersMayWriteInIsRefusedWithTheRepair) {
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0770));
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Text(status), HasSubstr("chmod go-w " + directory_.path()));
  EXPECT_FALSE(std::filesystem::exists(File()));
}

TEST_F(SqliteStoreTest, ADamagedFileIsRefusedWithTheWayOut) {
  {
    const auto store = Opened(directory_.path(), clocks_);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(store->WriteIncident(SampleIncident(absl::StrCat("1-", i), now())).ok());
    }
  }
  std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8192);
  file << std::string(std::size_t{4096} * 6, '\x5a');
  file.close();
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Text(status), AllOf(HasSubstr(File()), HasSubstr("move the state directory away")));
}

TEST_F(SqliteStoreTest, AnOpenIncidentThatCannotBeReadIsRefusedRatherThanForgotten) {
  ASSERT_TRUE(Opened(directory_.path(), clocks_)->WriteIncident(SampleIncident("1-1", now())).ok());
  Execute("UPDATE incidents SET record = x'ffffff'");
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefusedAndLeftAlone) {
  Opened(directory_.path(), clocks_).reset();
  Execute("PRAGMA user_version = 99");
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Text(status), AllOf(HasSubstr("written by a newer arbiter (schema 99"), HasSubstr(File())));
  EXPECT_EQ(Database::Open(File())->Value("SELECT value FROM counters").value(), "1");
}

TEST_F(SqliteStoreTest, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  std::ofstream(File()).close();
  Execute("CREATE TABLE songs (title TEXT)");
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Text(status), HasSubstr("belongs to another program"));
  EXPECT_EQ(Database::Open(File())->Value("SELECT group_concat(name) FROM sqlite_schema").value(), "songs");
}

TEST_F(SqliteStoreTest, AReadOnlyDirectoryIsNamed) {
  SmallDisk disk;
  if (!disk.mounted() || !disk.MakeReadOnly()) GTEST_SKIP() << "needs the right to mount";
  const absl::Status status = SqliteStore(disk.path()).Open().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Text(status), AllOf(HasSubstr(disk.path()), HasSubstr("read-only")));
}

class FullDiskTest : public SqliteStoreTest {
 protected:
  void SetUp() override {
    if (!disk_.mounted()) GTEST_SKIP() << "needs the right to mount";
    store_ = Opened(disk_.path(), clocks_);
    EXPECT_TRUE(store_->WriteIncident(SampleIncident("1-0", now())).ok());
    large_ = SampleIncident("1-1", now());
    large_.note = std::string(400'000, 'n');
    status_ = store_->WriteIncident(large_);
  }
  SmallDisk disk_;
  std::unique_ptr<SqliteStore> store_;
  core::IncidentRecord large_;
  absl::Status status_;
};

TEST_F(FullDiskTest, FailsTheWriteThatFoundNoSpaceAndSaysSo) {
  EXPECT_EQ(status_.code(), absl::StatusCode::kResourceExhausted) << status_;
  EXPECT_THAT(Text(status_), AllOf(HasSubstr("write to store"), HasSubstr(disk_.path()), HasSubstr("full")));
  EXPECT_EQ(store_->Healthy(), status_);
}

TEST_F(FullDiskTest, KeepsWhatWasThereAndNothingOfTheFailedWrite) {
  EXPECT_TRUE(store_->FindIncident("1-0").ok());
  EXPECT_EQ(store_->FindIncident("1-1").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(FullDiskTest, IsOverWhenThereIsSpaceAgain) {
  disk_.Grow();
  EXPECT_TRUE(store_->WriteIncident(large_).ok());
  EXPECT_TRUE(store_->Healthy().ok());
  EXPECT_TRUE(store_->FindIncident("1-1").ok());
}

TEST_F(SqliteStoreTest, ABatchIsWrittenWholeOrNotAtAll) {
  const auto store = Opened(directory_.path(), clocks_);
  Execute("CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit today'); END");
  Batch batch;
  batch.incidents = {SampleIncident("1-1", now())};
  batch.audit = {AuditEntry{}};
  const absl::Status status = store->Write(batch);
  EXPECT_THAT(Text(status), HasSubstr("no audit today"));
  EXPECT_EQ(store->FindIncident("1-1").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SqliteStoreTest, ClosedIncidentsGoByAgeAndOpenOnesNever) {
  {
    const auto store = Opened(directory_.path(), clocks_);
    ASSERT_TRUE(store->WriteIncident(Closed(SampleIncident("1-1", now()), now())).ok());
    ASSERT_TRUE(store->WriteIncident(SampleIncident("1-2", now())).ok());
    ASSERT_TRUE(store->Audit({AuditEntry{clocks_.now().wall, "arbiter", "old"}}).ok());
  }
  clocks_.Pass(std::chrono::hours(24 * 91));
  const auto store = Opened(directory_.path(), clocks_);
  EXPECT_EQ(store->FindIncident("1-1").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(store->FindIncident("1-2").ok());
  EXPECT_TRUE(store->ListAudit({})->entries.empty());
}

TEST_F(SqliteStoreTest, ClosedIncidentsAndAuditGoByCountAlsoWhileTheArbiterRuns) {
  const auto store = Opened(directory_.path(), clocks_, {.closed_incidents = 3, .audit_entries = 5});
  ASSERT_TRUE(store->WriteIncident(SampleIncident("open", now())).ok());
  for (int i = 1; i < 256; ++i) {
    Batch batch;
    batch.incidents = {Closed(SampleIncident(absl::StrCat("1-", i), now()), now())};
    batch.audit = {AuditEntry{clocks_.now().wall, "arbiter", absl::StrCat(i)}};
    store->Write(batch).IgnoreError();
  }
  std::vector<std::string> ids;
  const IncidentPage page = store->ListIncidents({}).value();
  for (const StoredIncident& incident : page.incidents) ids.push_back(incident.record.id);
  EXPECT_THAT(ids, ElementsAre("1-255", "1-254", "1-253", "open"));
  EXPECT_EQ(store->ListAudit({})->entries.size(), 5U);
}

}  // namespace
}  // namespace arbiter::store
