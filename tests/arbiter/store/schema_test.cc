#include "arbiter/store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "arbiter/store/sqlite_store.h"
#include "tests/arbiter/store/sample.h"

namespace arbiter::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string ReadFixture(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(std::string(STORE_FIXTURES) + "/" + name).rdbuf();
  return text.str();
}

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() { std::ofstream(File()).close(); }
  std::string File() { return directory_.File("arbiter.db"); }
  Database Load(const std::string& fixture) {
    Database database = Database::Open(File()).value();
    const absl::Status status = database.Execute(ReadFixture(fixture));
    EXPECT_TRUE(status.ok()) << status;
    return database;
  }
  TempDir directory_;
  FakeClocks clocks_;
};

// The steps after the released ones, as a later version would add them.
std::vector<Migration> WithOneMore(const char* sql) {
  std::vector<Migration> steps(Migrations().begin(), Migrations().end());
  steps.push_back({Migrations().back().to + 1, sql});
  return steps;
}

TEST_F(SchemaTest, AFileOfVersionOneIsReadByThisVersion) {
  Load("version1.sql");
  SqliteStore store(directory_.path(), {}, clocks_.source());
  const absl::StatusOr<Remembered> remembered = store.Open();
  ASSERT_TRUE(remembered.ok()) << remembered.status();
  EXPECT_EQ(remembered->term, 8U);
  EXPECT_THAT(remembered->modes, ElementsAre(core::ModeRecord{"prod", core::Mode::kObserve, {}, core::Mode::kEnforce}));
  ASSERT_EQ(remembered->open_incidents.size(), 1U);
  core::IncidentRecord of_one_vip = SampleIncident("7-2", clocks_.now().steady);
  of_one_vip.vips.resize(1);
  for (core::HoldRecord& hold : of_one_vip.holds) hold.vips.clear();
  EXPECT_TRUE(remembered->open_incidents[0] == of_one_vip);
  EXPECT_EQ(store.ListIncidents({})->incidents.size(), 2U);
  EXPECT_EQ(store.ListAudit({})->entries.at(0).what, "directive hold");
  EXPECT_EQ(store.FingerprintKey("prod")->at(0), 0xa5);
  EXPECT_TRUE(remembered->outbox.empty());
  EXPECT_TRUE(remembered->told.empty());
  Batch batch;
  batch.outbox = {{"ops", {.id = "w1-8-1", .event = "split"}}};
  batch.told = {{.id = "w1-8-2", .event = "node_lost"}};
  EXPECT_TRUE(store.Write(batch).ok());
}

TEST_F(SchemaTest, AStepRunsOnceAndKeepsWhatIsThere) {
  Database database = Load("version1.sql");
  const auto steps = WithOneMore("ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'unknown';");
  ASSERT_TRUE(Migrate(database, steps).ok());
  ASSERT_TRUE(Migrate(database, steps).ok());
  EXPECT_EQ(database.Value("SELECT outcome FROM audit").value(), "unknown");
  EXPECT_EQ(database.Value("PRAGMA user_version").value(), "6");
}

TEST_F(SchemaTest, AStepThatFailsChangesNothing) {
  Database database = Load("version1.sql");
  const absl::Status status = Migrate(database, WithOneMore("DELETE FROM incidents; SELECT no_such_function();"));
  EXPECT_THAT(status.ToString(), HasSubstr("no_such_function"));
  EXPECT_EQ(database.Value("PRAGMA user_version").value(), "1");
  EXPECT_EQ(database.Value("SELECT count(*) FROM incidents").value(), "2");
}

TEST_F(SchemaTest, AnEmptyFileGetsEveryStep) {
  Database database = Database::Open(File()).value();
  ASSERT_TRUE(Migrate(database, WithOneMore("CREATE TABLE leases (number INTEGER PRIMARY KEY);")).ok());
  EXPECT_EQ(database.Value("SELECT count(*) FROM leases").value(), "0");
  EXPECT_EQ(database.Value("SELECT value FROM counters").value(), "0");
}

TEST(Migrations, HaveNoGap) {
  for (std::size_t i = 0; i < Migrations().size(); ++i) EXPECT_EQ(Migrations()[i].to, static_cast<int>(i) + 1);
}

}  // namespace
}  // namespace arbiter::store
