#include "probe/daemon/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace probe::daemon {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

constexpr Health::Instant kStart{seconds(1000)};

HealthView Listening() { return {.interfaces = {"eth0"}, .problems = {}, .addresses = {}, .attached = true}; }

TEST(Health, IsAliveWhileTheLoopShowsSomething) {
  Health health(kStart);
  EXPECT_TRUE(health.Alive(kStart).good);
  EXPECT_FALSE(health.Alive(kStart + Health::kAliveWithin).good);
  health.Show(Listening(), kStart + Health::kAliveWithin);
  EXPECT_TRUE(health.Alive(kStart + Health::kAliveWithin).good);
  const Health::Answer stopped = health.Alive(kStart + Health::kAliveWithin + seconds(12));
  EXPECT_FALSE(stopped.good);
  EXPECT_THAT(stopped.text, HasSubstr("stood still for 12.0s"));
}

TEST(Health, IsReadyOnceItListensWhoeverTheArbiterIs) {
  Health health(kStart);
  EXPECT_FALSE(health.Ready(kStart).good);
  health.Show(Listening(), kStart);
  EXPECT_TRUE(health.Ready(kStart).good);
  EXPECT_EQ(health.Ready(kStart).text, "ok: listens on eth0; attached to an arbiter");
  HealthView alone = Listening();
  alone.attached = false;
  health.Show(alone, kStart);
  EXPECT_TRUE(health.Ready(kStart).good);
  EXPECT_THAT(health.Ready(kStart).text, HasSubstr("attached to no arbiter"));
}

TEST(Health, IsNotReadyWithoutEarsOrEyes) {
  Health health(kStart);
  HealthView deaf = Listening();
  deaf.interfaces.clear();
  deaf.problems = {"interface eth9: there is no such interface"};
  health.Show(deaf, kStart);
  EXPECT_FALSE(health.Ready(kStart).good);
  EXPECT_THAT(health.Ready(kStart).text, AllOf(HasSubstr("listens on no interface"), HasSubstr("eth9")));
  HealthView blind = Listening();
  blind.addresses = absl::InternalError("dump addresses: no buffer");
  health.Show(blind, kStart);
  EXPECT_FALSE(health.Ready(kStart).good);
  EXPECT_THAT(health.Ready(kStart).text, HasSubstr("no buffer"));
}

TEST(Health, OfALoopThatStandsStillIsNotReady) {
  Health health(kStart);
  health.Show(Listening(), kStart);
  EXPECT_FALSE(health.Ready(kStart + Health::kAliveWithin).good);
}

TEST(Health, SaysWhichInterfaceIsMissing) {
  Health health(kStart);
  HealthView view = Listening();
  view.problems = {"interface eth9: there is no such interface"};
  health.Show(view, kStart);
  EXPECT_TRUE(health.Ready(kStart).good);
  EXPECT_THAT(health.Ready(kStart).text, HasSubstr("eth9"));
}

}  // namespace
}  // namespace probe::daemon
