// kill -9 of the arbiter at every step of an incident: found, written, sent, acknowledged. Afterwards the incident goes
// on or is found anew; nobody is demoted twice, and the VIP always has a holder.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include "tests/lab/fault.h"
#include "tests/lab/figure.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Long enough to kill an arbiter in the middle of a contest.
constexpr char kConfirmAfter[] = "1s";

// A number out of the arbiter's database, as it is on disk at this moment; -1 when it cannot be read now.
int NumberOnDisk(Site& site, const std::string& query) {
  const std::string file = (site.lab().directory() / "arbiter" / "arbiter.db").string();
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
  if (status != SQLITE_OK) return -1;
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(opened, query.c_str(), -1, &prepared, nullptr) != SQLITE_OK) return -1;
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
  return sqlite3_step(prepared) == SQLITE_ROW ? sqlite3_column_int(prepared, 0) : -1;
}

int IncidentsOnDisk(Site& site) { return NumberOnDisk(site, "SELECT count(*) FROM incidents"); }

constexpr char kOrders[] = "SELECT count(*) FROM audit WHERE what = 'directive hold'";

// Both answer, the arbiter has asked, and nothing is decided: the gate of b is shut for a while.
void AwaitFound(Site& site) {
  ASSERT_TRUE(WaitUntil("the arbiter has found it", seconds(15), [&] {
    return Seen{site.VipState() == "CONTESTED", site.Vip().ToString()};
  }));
}

// The row is there; what comes after it takes its time, and is cut short.
void AwaitWritten(Site& site) {
  ASSERT_NO_FATAL_FAILURE(AwaitFound(site));
  const Instant deadline = Now() + seconds(5);
  while (IncidentsOnDisk(site) < 1) {
    ASSERT_LT(Now(), deadline) << "no incident was written: " << site.Vip().ToString();
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// The order is out, and b's probe, which stands still, has not read it.
void AwaitSent(Site& site) {
  ASSERT_NO_FATAL_FAILURE(AwaitFound(site));
  site.node("b").probe().Freeze();
  ASSERT_TRUE(WaitUntil("the order is out", seconds(5), [&] {
    return Seen{site.VipState() == "HEALING", site.Vip().ToString()};
  }));
}

void AwaitAcknowledged(Site& site) { ASSERT_TRUE(site.AwaitGuarded("a", {"b"})); }

struct CrashCase {
  std::string name;
  void (*await)(Site& site);  // the step at which the arbiter dies
  bool written;               // the incident is on disk by then
};

void PrintTo(const CrashCase& crash, std::ostream* out) { *out << crash.name; }

class ArbiterCrashTest : public testing::TestWithParam<CrashCase> {
 protected:
  // a's answers never stop, and the two do not answer together again once b was shut out.
  void ExpectAlwaysServed(Instant since) {
    const AnswerRecord answers = site_.witness().Record();
    EXPECT_LE(answers.LongestSilenceOf("a", since), kNoise) << answers.Timeline(since);
  }

  Site site_{{.arbiter_flags = {"--confirm-after", kConfirmAfter}}};
};

TEST_P(ArbiterCrashTest, LeavesOneIncidentOneHoldAndAlwaysAHolder) {
  ASSERT_TRUE(site_.Start());
  const Instant start = Now();
  VridsDiffer().cause(site_);
  ASSERT_NO_FATAL_FAILURE(GetParam().await(site_));
  site_.arbiter().Kill();
  EXPECT_EQ(IncidentsOnDisk(site_), GetParam().written ? 1 : 0) << "killed at another step than was meant";
  site_.node("b").probe().Thaw();
  LetPass(milliseconds(500));
  const Instant again = Now();
  site_.arbiter().Start();
  ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
  PrintFigure("arbiter killed when an incident was " + GetParam().name + ": started again until guarded",
              Now() - again);

  const std::vector<Json> incidents = site_.Incidents();
  ASSERT_EQ(incidents.size(), 1U) << "the incident goes on, it is not opened a second time";
  EXPECT_EQ(incidents[0]["survivor"].text(), "a");
  ASSERT_EQ(incidents[0]["demoted"].items().size(), 1U) << incidents[0].ToString();
  EXPECT_EQ(incidents[0]["demoted"].items()[0].text(), "b");
  ExpectAlwaysServed(start);

  VridsDiffer().mend(site_);
  EXPECT_TRUE(site_.AwaitHealthy("a", seconds(30)));
  EXPECT_TRUE(WaitUntil("the incident is closed", seconds(5), [&] {
    return Seen{NumberOnDisk(site_, "SELECT count(*) FROM incidents WHERE closed_us IS NULL") == 0,
                site_.Incidents()[0].ToString()};
  }));
  EXPECT_EQ(IncidentsOnDisk(site_), 1);
  EXPECT_EQ(NumberOnDisk(site_, std::string(kOrders) + " AND node <> 'b'"), 0) << "nobody but b was demoted";
  ExpectAlwaysServed(start);
}

INSTANTIATE_TEST_SUITE_P(Steps, ArbiterCrashTest,
                         testing::Values(CrashCase{"Found", AwaitFound, false},
                                         CrashCase{"Written", AwaitWritten, true}, CrashCase{"Sent", AwaitSent, true},
                                         CrashCase{"Acknowledged", AwaitAcknowledged, true}),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace lab
