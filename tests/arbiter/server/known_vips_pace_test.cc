#include "arbiter/server/known_vips_pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace arbiter::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr core::Instant kNow{seconds(1000)};

TEST(KnownVipsPace, AFirstChangeIsToldAtOnce) {
  KnownVipsPace pace;
  EXPECT_EQ(pace.Due(), std::nullopt);
  pace.Changed("prod");
  ASSERT_TRUE(pace.Due().has_value());
  EXPECT_LE(*pace.Due(), kNow);
  EXPECT_THAT(pace.Take(kNow), ElementsAre("prod"));
  EXPECT_EQ(pace.Due(), std::nullopt);
}

TEST(KnownVipsPace, ChangesSoonAfterwardsAreToldTogether) {
  KnownVipsPace pace;
  pace.Changed("prod");
  EXPECT_THAT(pace.Take(kNow), ElementsAre("prod"));
  pace.Told("prod", kNow, 2, 4);
  pace.Changed("prod");
  pace.Changed("prod");
  EXPECT_EQ(pace.Due(), kNow + milliseconds(100));
  EXPECT_THAT(pace.Take(kNow + milliseconds(99)), IsEmpty());
  EXPECT_THAT(pace.Take(kNow + milliseconds(100)), ElementsAre("prod"));
}

TEST(KnownVipsPace, WhatCostsMuchIsToldMoreSeldom) {
  KnownVipsPace pace;
  pace.Changed("huge");
  EXPECT_THAT(pace.Take(kNow), ElementsAre("huge"));
  pace.Told("huge", kNow, 1000, 2000);
  pace.Changed("huge");
  EXPECT_EQ(pace.Due(), kNow + seconds(1));
}

TEST(KnownVipsPace, OneClusterDoesNotWaitForAnother) {
  KnownVipsPace pace;
  pace.Changed("huge");
  EXPECT_THAT(pace.Take(kNow), ElementsAre("huge"));
  pace.Told("huge", kNow, 1000, 2000);
  pace.Changed("huge");
  pace.Changed("small");
  EXPECT_THAT(pace.Take(kNow + milliseconds(1)), ElementsAre("small"));
}

}  // namespace
}  // namespace arbiter::server
