#include "probe/hold/track_files.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/fakes/fake_actuators.h"

namespace probe::hold {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const arbiter::IpAddress kA = arbiter::IpAddress::Parse("10.0.0.1").value();
const arbiter::IpAddress kB = arbiter::IpAddress::Parse("10.0.0.2").value();

VipState SharedBy(const arbiter::IpAddress& vip, std::vector<arbiter::IpAddress> scope, bool usable = true) {
  VipState state;
  state.vip = vip;
  state.rungs = {{RungKind::kTrackFile, usable, "", std::move(scope)}};
  return state;
}

TEST(TrackFiles, DemoteBehindAGateOnlyWhenAllThatTheyDropIsHeldBack) {
  const struct {
    const char* what;
    std::map<arbiter::IpAddress, Wish> wishes;
    bool demotes;
  } kCases[] = {
      {"nothing is held", {}, false},
      {"one of two behind its gate", {{kA, Wish::kDemoteIfAllAreHeld}}, false},
      {"both behind their gates", {{kA, Wish::kDemoteIfAllAreHeld}, {kB, Wish::kDemoteIfAllAreHeld}}, true},
      {"one of two has no gate", {{kA, Wish::kDemote}}, true},
      {"one has no gate, one has", {{kA, Wish::kDemote}, {kB, Wish::kDemoteIfAllAreHeld}}, true},
      {"one is on trial", {{kA, Wish::kDemoteIfAllAreHeld}, {kB, Wish::kNone}}, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    fakes::FakeActuators acts;
    TrackFiles files(acts);
    EXPECT_EQ(files.Settle(SharedBy(kA, {kA, kB}), c.wishes).value(), c.demotes);
    EXPECT_EQ(acts.track_files[kA], c.demotes);
  }
}

TEST(TrackFiles, AreWrittenAtFirstSightAndThenOnlyWhenTheyChange) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(files.Settle(SharedBy(kA, {kA}), {}).ok());
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 0"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(files.Settle(SharedBy(kA, {kA}), {{kA, Wish::kDemote}}).value());
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1"));
}

TEST(TrackFiles, OfManyVipsAreEachWrittenOnce) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  const arbiter::IpAddress c = arbiter::IpAddress::Parse("fd00::1").value();
  const arbiter::IpAddress d = arbiter::IpAddress::Parse("fd00::2").value();
  // d is not among what its own rung says that it drops, and c's file cannot be used.
  const VipState states[] = {SharedBy(kA, {kA, kB}), SharedBy(kB, {kA, kB}), SharedBy(c, {c}, false),
                             SharedBy(d, {kA, kB})};
  const std::vector<const VipState*> all = {&states[0], &states[1], &states[2], &states[3]};
  const auto settled = files.Settle(all, {{kA, Wish::kDemoteIfAllAreHeld}, {kB, Wish::kDemoteIfAllAreHeld}});
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 1", "track fd00::2 0"));
  EXPECT_TRUE(settled.at(kA).value());
  EXPECT_TRUE(settled.at(kB).value());
  EXPECT_FALSE(settled.at(c).value());
  EXPECT_FALSE(settled.at(d).value());
}

TEST(TrackFiles, AreWrittenAnewAfterAReload) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  ASSERT_TRUE(files.Settle(SharedBy(kA, {kA}), {}).ok());
  files.Doubt();
  acts.Take();
  ASSERT_TRUE(files.Settle(SharedBy(kA, {kA}), {}).ok());
  EXPECT_THAT(acts.Take(), ElementsAre("track 10.0.0.1 0"));
}

TEST(TrackFiles, AreLeftAloneWhereTheDaemonDoesNotReadThem) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  EXPECT_FALSE(files.Settle(SharedBy(kA, {kA}, false), {{kA, Wish::kDemote}}).value());
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST(TrackFiles, ThatDemoteAreTakenBackEvenWhenTheyAreNoLongerUsable) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  ASSERT_TRUE(files.Settle(SharedBy(kA, {kA}), {{kA, Wish::kDemote}}).value());
  EXPECT_FALSE(files.Settle(SharedBy(kA, {kA}, false), {}).value());
  EXPECT_FALSE(acts.track_files[kA]);
}

TEST(TrackFiles, AreTriedAgainAfterAFailure) {
  fakes::FakeActuators acts;
  TrackFiles files(acts);
  acts.fails["track"] = absl::UnavailableError("write: no space");
  EXPECT_FALSE(files.Settle(SharedBy(kA, {kA}), {{kA, Wish::kDemote}}).ok());
  acts.fails.clear();
  EXPECT_TRUE(files.Settle(SharedBy(kA, {kA}), {{kA, Wish::kDemote}}).value());
}

}  // namespace
}  // namespace probe::hold
