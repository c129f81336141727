#include "probe/report/change_log.h"

#include <gtest/gtest.h>

namespace probe::report {
namespace {

TEST(ChangeLog, TellsEachReportOnceUntilItChanges) {
  ChangeLog log;
  arbiter::v1::VipReport report;
  report.set_address("10.0.0.1");
  EXPECT_TRUE(log.TellVip(report));
  EXPECT_FALSE(log.TellVip(report));
  report.set_configured(true);
  EXPECT_TRUE(log.TellVip(report));
}

TEST(ChangeLog, DoesNotTellThatTimeGoesBy) {
  ChangeLog log;
  arbiter::v1::VipReport report;
  report.set_address("10.0.0.1");
  log.TellVip(report);
  report.mutable_configured_for()->set_seconds(9);
  report.mutable_gate_shut_for()->set_seconds(9);
  EXPECT_FALSE(log.TellVip(report));
}

TEST(ChangeLog, KnowsNodesWithManyCountersAsTheSame) {
  ChangeLog log;
  arbiter::v1::NodeReport a;
  arbiter::v1::NodeReport b;
  for (int i = 0; i < 100; ++i) {
    (*a.mutable_dropped_adverts())[std::to_string(i)] = 1;
    (*b.mutable_dropped_adverts())[std::to_string(99 - i)] = 1;
  }
  EXPECT_TRUE(log.TellNode(a));
  EXPECT_FALSE(log.TellNode(b));
}

TEST(ChangeLog, ForgetsWhatWasToldAndOnlyThat) {
  ChangeLog log;
  arbiter::v1::VipReport report;
  report.set_address("10.0.0.1");
  log.TellVip(report);
  EXPECT_TRUE(log.Forget("10.0.0.1"));
  EXPECT_FALSE(log.Forget("10.0.0.1"));
  EXPECT_TRUE(log.TellVip(report));
}

TEST(ChangeLog, OfANewStreamIsEmpty) {
  ChangeLog log;
  arbiter::v1::VipReport report;
  report.set_address("10.0.0.1");
  log.TellVip(report);
  log.Clear();
  EXPECT_TRUE(log.TellVip(report));
}

}  // namespace
}  // namespace probe::report
