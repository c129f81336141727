#include "arbiter/store/record_codec.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "tests/arbiter/store/sample.h"

namespace arbiter::store {
namespace {

TEST(RecordCodec, EveryFieldGoesThereAndBack) {
  const FakeClocks clocks;
  core::IncidentRecord incident = Closed(SampleIncident("1-1", clocks.now().steady), clocks.now().steady);
  incident.enforced = false;
  incident.holds = SampleIncident("1-1", clocks.now().steady).holds;
  EXPECT_TRUE(DecodeIncident(EncodeIncident(incident, clocks.now()), clocks.now())->record == incident);
}

TEST(RecordCodec, EveryCauseAndStateGoesThereAndBack) {
  const FakeClocks clocks;
  core::IncidentRecord incident = SampleIncident("1-1", clocks.now().steady);
  for (int cause = 0; cause <= static_cast<int>(core::Cause::kReversePathFilter); ++cause) {
    incident.causes.push_back({static_cast<core::Cause>(cause), "evidence", "advice"});
  }
  for (int state = 0; state <= static_cast<int>(core::IncidentState::kClosed); ++state) {
    incident.state = static_cast<core::IncidentState>(state);
    EXPECT_TRUE(DecodeIncident(EncodeIncident(incident, clocks.now()), clocks.now())->record == incident);
  }
}

TEST(RecordCodec, EveryCauseHasTheNameThatOperatorsSee) {
  const FakeClocks clocks;
  core::IncidentRecord incident = SampleIncident("1-1", clocks.now().steady);
  incident.causes = {{core::Cause::kIsolatedNode, "", ""}};
  // Field 13 holding {field 1: 15}: the number of ISOLATED_NODE, which must never change.
  EXPECT_NE(EncodeIncident(incident, clocks.now()).find("\x6a\x02\x08\x0f"), std::string::npos);
}

TEST(RecordCodec, GarbageIsDataLossOrAnIncidentAndNeverACrash) {
  const FakeClocks clocks;
  const std::string good = EncodeIncident(SampleIncident("1-1", clocks.now().steady), clocks.now());
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    const absl::StatusOr<StoredIncident> incident = DecodeIncident(bytes, clocks.now());
    if (!incident.ok()) {
      EXPECT_EQ(incident.status().code(), absl::StatusCode::kDataLoss);
    }
  }
}

}  // namespace
}  // namespace arbiter::store
