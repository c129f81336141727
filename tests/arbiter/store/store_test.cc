// What every store does, in memory or on disk.
#include "arbiter/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/store/memory_store.h"
#include "arbiter/store/sqlite_store.h"
#include "tests/arbiter/store/sample.h"

namespace arbiter::store {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// A store that can be closed and opened again, as by a new process.
class World {
 public:
  virtual ~World() = default;
  virtual Store& store() = 0;
  virtual Remembered Restart() = 0;
  FakeClocks clocks;
};

class MemoryWorld final : public World {
 public:
  Store& store() override { return store_; }
  Remembered Restart() override { return store_.Open().value(); }

 private:
  MemoryStore store_{clocks.source()};
};

class SqliteWorld final : public World {
 public:
  Store& store() override { return *store_; }
  Remembered Restart() override {
    store_.reset();
    store_ = std::make_unique<SqliteStore>(directory_.path(), Retention{}, clocks.source());
    return store_->Open().value();
  }

 private:
  TempDir directory_;
  std::unique_ptr<SqliteStore> store_ = std::make_unique<SqliteStore>(directory_.path(), Retention{}, clocks.source());
};

using MakeWorld = std::unique_ptr<World> (*)();

class StoreTest : public testing::TestWithParam<std::pair<std::string, MakeWorld>> {
 protected:
  std::vector<std::string> Ids(const IncidentQuery& query) {
    const absl::StatusOr<IncidentPage> page = store().ListIncidents(query);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> ids;
    if (!page.ok()) return ids;
    for (const StoredIncident& incident : page->incidents) ids.push_back(incident.record.id);
    token_ = page->next_page_token;
    return ids;
  }
  Store& store() { return world_->store(); }
  FakeClocks& clocks() { return world_->clocks; }
  core::Instant now() { return clocks().now().steady; }

  std::unique_ptr<World> world_ = GetParam().second();
  std::string token_;
};

INSTANTIATE_TEST_SUITE_P(
    Each, StoreTest,
    testing::Values(std::pair(
                        "InMemory", +[]() -> std::unique_ptr<World> { return std::make_unique<MemoryWorld>(); }),
                    std::pair(
                        "OnDisk", +[]() -> std::unique_ptr<World> { return std::make_unique<SqliteWorld>(); })),
    [](const auto& test) { return test.param.first; });

TEST_P(StoreTest, FailsUntilItIsOpen) {
  EXPECT_EQ(store().WriteMode({"prod", core::Mode::kObserve, {}, core::Mode::kObserve}).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_P(StoreTest, BeginsEmptyWithTheFirstTerm) {
  const Remembered remembered = world_->Restart();
  EXPECT_EQ(remembered.term, 1U);
  EXPECT_THAT(remembered.open_incidents, IsEmpty());
  EXPECT_THAT(remembered.modes, IsEmpty());
  EXPECT_TRUE(store().Healthy().ok()) << store().Healthy();
}

TEST_P(StoreTest, EveryStartHasANewerTerm) {
  EXPECT_EQ(world_->Restart().term, 1U);
  EXPECT_EQ(world_->Restart().term, 2U);
  EXPECT_EQ(world_->Restart().term, 3U);
}

TEST_P(StoreTest, ATermCanBeRaisedAboveOneThatAProbeRemembers) {
  world_->Restart();
  EXPECT_EQ(store().RaiseTerm(57).value(), 58U);
  EXPECT_EQ(store().RaiseTerm(5).value(), 59U);
  EXPECT_EQ(world_->Restart().term, 60U);
}

TEST_P(StoreTest, ATermThatIsTooHighToBeTrueIsRefused) {
  world_->Restart();
  EXPECT_EQ(store().RaiseTerm(kMaxTerm + 1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(world_->Restart().term, 2U);
}

TEST_P(StoreTest, OpenIncidentsComeBackWholeAfterARestart) {
  world_->Restart();
  const core::IncidentRecord incident = SampleIncident("1-1", now());
  ASSERT_TRUE(store().WriteIncident(incident).ok());
  const Remembered remembered = world_->Restart();
  ASSERT_EQ(remembered.open_incidents.size(), 1U);
  EXPECT_TRUE(remembered.open_incidents[0] == incident);
}

TEST_P(StoreTest, AgesGoOnWhileTheArbiterIsDownAndTheSteadyClockBeginsAnew) {
  world_->Restart();
  ASSERT_TRUE(store().WriteIncident(SampleIncident("1-1", now())).ok());
  clocks().Pass(seconds(30));
  clocks().SetSteady(core::Instant(seconds(5)));  // the machine was restarted
  const Remembered remembered = world_->Restart();
  ASSERT_EQ(remembered.open_incidents.size(), 1U);
  EXPECT_EQ(now() - remembered.open_incidents[0].opened, seconds(40));
}

TEST_P(StoreTest, AnAgeIsNeverNegativeWhenTheCalendarClockWasSetBack) {
  world_->Restart();
  ASSERT_TRUE(store().WriteIncident(SampleIncident("1-1", now())).ok());
  clocks().SetWall(clocks().now().wall - absl::Hours(24));
  const Remembered remembered = world_->Restart();
  ASSERT_EQ(remembered.open_incidents.size(), 1U);
  EXPECT_EQ(remembered.open_incidents[0].opened, now());
}

TEST_P(StoreTest, AClosedIncidentIsHistoryAndIsNotResumed) {
  world_->Restart();
  ASSERT_TRUE(store().WriteIncident(SampleIncident("1-1", now())).ok());
  ASSERT_TRUE(store().WriteIncident(Closed(SampleIncident("1-1", now()), now())).ok());
  EXPECT_THAT(world_->Restart().open_incidents, IsEmpty());
  EXPECT_EQ(store().FindIncident("1-1").value().record.state, core::IncidentState::kClosed);
}

TEST_P(StoreTest, CalendarTimesAreThoseOfTheEvents) {
  world_->Restart();
  const absl::Time wall = clocks().now().wall;
  core::IncidentRecord sample = Closed(SampleIncident("1-1", now()), now());
  sample.causes.insert(sample.causes.begin(), {core::Cause::kLostInNetwork, "it holds", ""});
  sample.causes.back().ended = now() - seconds(3);
  ASSERT_TRUE(store().WriteIncident(sample).ok());
  clocks().Pass(seconds(100));
  const StoredIncident incident = store().FindIncident("1-1").value();
  ASSERT_EQ(incident.ended.size(), sample.causes.size());
  EXPECT_EQ(incident.ended.front(), std::nullopt);
  EXPECT_EQ(incident.ended.back(), wall - absl::Seconds(3));
  EXPECT_EQ(incident.record.causes.back().ended, sample.causes.back().ended);
  EXPECT_EQ(incident.opened, wall - absl::Seconds(10));
  EXPECT_EQ(incident.confirmed, wall - absl::Milliseconds(9750));
  EXPECT_EQ(incident.healed, wall - absl::Milliseconds(9738));
  EXPECT_EQ(incident.closed, wall);
  EXPECT_THAT(incident.timeline, ElementsAre(wall - absl::Seconds(10), wall - absl::Milliseconds(9750)));
}

TEST_P(StoreTest, ANameThatIsNotThereIsNotFound) {
  world_->Restart();
  const absl::Status status = store().FindIncident("9-9").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'9-9'"));
}

TEST_P(StoreTest, IncidentsAreListedNewestFirstAndStayInPlaceWhenTheyChange) {
  world_->Restart();
  for (const char* id : {"1-1", "1-2", "1-3"}) ASSERT_TRUE(store().WriteIncident(SampleIncident(id, now())).ok());
  ASSERT_TRUE(store().WriteIncident(Closed(SampleIncident("1-1", now()), now())).ok());
  EXPECT_THAT(Ids({}), ElementsAre("1-3", "1-2", "1-1"));
  EXPECT_THAT(Ids({.open_only = true}), ElementsAre("1-3", "1-2"));
}

TEST_P(StoreTest, APageContinuesWhereTheOneBeforeEndedAlthoughNewIncidentsCame) {
  world_->Restart();
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(store().WriteIncident(SampleIncident(absl::StrCat("1-", i), now())).ok());
  }
  EXPECT_THAT(Ids({.page_size = 2}), ElementsAre("1-5", "1-4"));
  ASSERT_TRUE(store().WriteIncident(SampleIncident("1-6", now())).ok());
  EXPECT_THAT(Ids({.page_size = 2, .page_token = token_}), ElementsAre("1-3", "1-2"));
  EXPECT_THAT(Ids({.page_size = 2, .page_token = token_}), ElementsAre("1-1"));
  EXPECT_EQ(token_, "");
}

TEST_P(StoreTest, AFullLastPageHasNoNext) {
  world_->Restart();
  for (const char* id : {"1-1", "1-2"}) ASSERT_TRUE(store().WriteIncident(SampleIncident(id, now())).ok());
  EXPECT_THAT(Ids({.page_size = 2}), ElementsAre("1-2", "1-1"));
  EXPECT_EQ(token_, "");
}

TEST_P(StoreTest, IncidentsOfOneClusterCanBeListedAlone) {
  world_->Restart();
  core::IncidentRecord other = SampleIncident("1-2", now());
  other.cluster = "test";
  ASSERT_TRUE(store().WriteIncidents({SampleIncident("1-1", now()), other}).ok());
  EXPECT_THAT(Ids({.cluster = "test"}), ElementsAre("1-2"));
  EXPECT_THAT(Ids({.cluster = "nowhere"}), IsEmpty());
}

TEST_P(StoreTest, ForeignPageTokensAreRefused) {
  world_->Restart();
  for (const char* token : {"x", "before-", "before-0", "before--3", "before-99999999999999999999", "17"}) {
    EXPECT_EQ(store().ListIncidents({.page_token = token}).status().code(), absl::StatusCode::kInvalidArgument)
        << token;
  }
}

TEST_P(StoreTest, ModesOfClustersAreRemembered) {
  world_->Restart();
  ASSERT_TRUE(store().WriteMode({"prod", core::Mode::kObserve, {}, core::Mode::kObserve}).ok());
  ASSERT_TRUE(store().WriteMode({"test", core::Mode::kObserve, {}, core::Mode::kObserve}).ok());
  ASSERT_TRUE(store().WriteMode({"prod", core::Mode::kEnforce, {}, core::Mode::kEnforce}).ok());
  EXPECT_THAT(world_->Restart().modes,
              ElementsAre(core::ModeRecord{"prod", core::Mode::kEnforce, {}, core::Mode::kEnforce},
                          core::ModeRecord{"test", core::Mode::kObserve, {}, core::Mode::kObserve}));
}

TEST_P(StoreTest, AModeForAWhileIsOverAtItsTimeAlsoAfterARestart) {
  world_->Restart();
  const core::Instant now = clocks().now().steady;
  ASSERT_TRUE(store().WriteMode({"", core::Mode::kObserve, now + minutes(30), core::Mode::kEnforce}).ok());
  clocks().Pass(minutes(10));
  const Remembered remembered = world_->Restart();
  ASSERT_EQ(remembered.modes.size(), 1U);
  EXPECT_EQ(remembered.modes[0].cluster, "");
  EXPECT_EQ(remembered.modes[0].mode, core::Mode::kObserve);
  EXPECT_EQ(remembered.modes[0].after, core::Mode::kEnforce);
  EXPECT_EQ(*remembered.modes[0].until - clocks().now().steady, minutes(20));
  clocks().Pass(minutes(60));
  EXPECT_EQ(*world_->Restart().modes[0].until, clocks().now().steady) << "it has passed: at once";
}

TEST_P(StoreTest, WhatReceiversWereToldOfIsRememberedUntilItIsOver) {
  world_->Restart();
  Notification lost{.id = "w1-1-1", .event = "node_lost", .cluster = "prod", .node = "a", .at = clocks().now().wall};
  Notification mismatch{.id = "w1-1-2",
                        .event = "config_mismatch",
                        .cluster = "prod",
                        .subject = "VI_1: virtual_router_id",
                        .at = clocks().now().wall + absl::Seconds(1),
                        .nodes = {"a", "b"}};
  Batch batch;
  batch.told = {lost, mismatch};
  ASSERT_TRUE(store().Write(batch).ok());
  lost.id = "w1-1-3";
  batch.told = {lost};
  ASSERT_TRUE(store().Write(batch).ok());
  EXPECT_THAT(world_->Restart().told, UnorderedElementsAre(lost, mismatch));
  lost.resolved = true;
  batch.told = {lost, lost};
  ASSERT_TRUE(store().Write(batch).ok());
  EXPECT_THAT(world_->Restart().told, ElementsAre(mismatch));
}

TEST_P(StoreTest, TheAuditIsReadNewestFirstPageByPage) {
  world_->Restart();
  AuditEntry first{clocks().now().wall, "arbiter", "directive hold", "prod", "b", "192.168.1.212", "1-1", 1, 7};
  AuditEntry second = first;
  second.who = "alice";
  AuditEntry third = first;
  third.who = "bob";
  ASSERT_TRUE(store().Audit({first, second, third}).ok());
  const AuditPage all = store().ListAudit({}).value();
  EXPECT_THAT(all.entries, ElementsAre(third, second, first));
  EXPECT_EQ(all.next_page_token, "");
  const AuditPage page = store().ListAudit({.page_size = 2}).value();
  EXPECT_THAT(page.entries, ElementsAre(third, second));
  ASSERT_TRUE(store().Audit({second}).ok());
  const AuditPage last = store().ListAudit({.page_size = 2, .page_token = page.next_page_token}).value();
  EXPECT_THAT(last.entries, ElementsAre(first)) << "what has come meanwhile moves nothing";
  EXPECT_EQ(last.next_page_token, "");
  EXPECT_EQ(store().ListAudit({.page_token = "x"}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreTest, OfTheAuditAClusterHasItsOwnAndWhatWasDoneInAll) {
  world_->Restart();
  const absl::Time at = clocks().now().wall;
  const AuditEntry prod{at, "alice", "release", "prod"};
  const AuditEntry test{at, "alice", "release", "test"};
  const AuditEntry everywhere{at + absl::Seconds(1), "bob", "set mode observe"};
  ASSERT_TRUE(store().Audit({prod, test, everywhere}).ok());
  EXPECT_THAT(store().ListAudit({.cluster = "prod"})->entries, ElementsAre(everywhere, prod));
  EXPECT_THAT(store().ListAudit({.since = at + absl::Seconds(1)})->entries, ElementsAre(everywhere));
  EXPECT_THAT(store().ListAudit({.since = at})->entries, testing::SizeIs(3));
}

TEST_P(StoreTest, AFingerprintKeyIsTheSameForEverAndAnotherForEachCluster) {
  world_->Restart();
  const FingerprintKeyBytes prod = store().FingerprintKey("prod").value();
  const FingerprintKeyBytes test = store().FingerprintKey("test").value();
  EXPECT_NE(prod, test);
  EXPECT_EQ(store().FingerprintKey("prod").value(), prod);
  world_->Restart();
  EXPECT_EQ(store().FingerprintKey("prod").value(), prod);
}

TEST_P(StoreTest, ACertificateIsOfTheClusterInWhichItCameFirst) {
  world_->Restart();
  EXPECT_EQ(store().PinnedCluster("1a2b", "prod").value(), "prod");
  EXPECT_EQ(store().PinnedCluster("1a2b", "test").value(), "prod");
  EXPECT_EQ(store().PinnedCluster("ff", "te'st").value(), "te'st");
  world_->Restart();
  EXPECT_EQ(store().PinnedCluster("1a2b", "test").value(), "prod");
  EXPECT_EQ(store().PinnedCluster("ff", "prod").value(), "te'st");
}

TEST_P(StoreTest, NamesThatNeedQuotingAreStoredAsTheyAre) {
  world_->Restart();
  core::IncidentRecord incident = SampleIncident("1-1", now());
  incident.cluster = "a'; DROP TABLE incidents; --";
  incident.note = std::string("nul \0 inside", 12);
  ASSERT_TRUE(store().WriteIncident(incident).ok());
  EXPECT_TRUE(store().FindIncident("1-1").value().record == incident);
  EXPECT_THAT(Ids({.cluster = incident.cluster}), ElementsAre("1-1"));
}

}  // namespace
}  // namespace arbiter::store
