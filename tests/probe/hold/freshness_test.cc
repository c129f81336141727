#include "probe/hold/freshness.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

namespace probe::hold {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

const arbiter::IpAddress kVip = arbiter::IpAddress::Parse("10.0.0.1").value();
const arbiter::IpAddress kOther = arbiter::IpAddress::Parse("10.0.0.9").value();

Directive Of(Fence fence, BootTime as_of, const arbiter::IpAddress& vip = kVip) {
  return {fence, as_of, seconds(3), {vip}, "", Announce{}};
}

TEST(Freshness, TellsWhichDirectivesAreTooOldLateOrRepeated) {
  HoldMemory memory;
  memory.newest_term = 7;
  memory.obeyed[kVip] = {7, 10};
  const struct {
    const char* what;
    Directive directive;
    const char* refusal;  // empty: obeyed
  } kCases[] = {
      {"newer", Of({7, 11}, seconds(100)), ""},
      {"as old as is allowed", Of({7, 11}, seconds(97)), ""},
      {"older term", Of({6, 99}, seconds(100)), "older term: 6, the newest seen here is 7"},
      {"newer term, lower sequence", Of({8, 1}, seconds(100)), ""},
      {"repeated", Of({7, 10}, seconds(100)), "repeated: sequence 10, 10 was obeyed already"},
      {"overtaken", Of({7, 9}, seconds(100)), "repeated: sequence 9"},
      {"same sequence for another VIP", Of({7, 10}, seconds(100), kOther), ""},
      {"late", Of({7, 11}, seconds(96)), "expired: 4.0s old, valid for 3.0s"},
      {"from before a reboot", Of({7, 11}, seconds(101)), "expired: it counts from a time"},
      {"the arbiter knew no time", Of({7, 11}, seconds(0)), "expired"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    std::string refusal = WhyStale(memory, c.directive, seconds(100));
    if (refusal.empty()) refusal = WhyRepeated(memory, c.directive.vips.front(), c.directive.fence);
    if (std::string(c.refusal).empty()) {
      EXPECT_THAT(refusal, IsEmpty());
    } else {
      EXPECT_THAT(refusal, HasSubstr(c.refusal));
    }
  }
}

TEST(Freshness, ForgetsTheFencesOfOlderTermsBecauseTheirTermRefusesThem) {
  HoldMemory memory;
  RememberObeyed(memory, {7, 10}, {{kVip}});
  RememberObeyed(memory, {8, 1}, {{kOther}});
  EXPECT_EQ(memory.newest_term, 8U);
  EXPECT_EQ(memory.obeyed.size(), 1U);
  EXPECT_THAT(WhyStale(memory, Of({7, 11}, {}), {}), HasSubstr("older term"));
}

TEST(Freshness, BelievesATermOnlyInStepsThatAnArbiterCouldMake) {
  HoldMemory memory;
  memory.newest_term = 7;
  for (const std::uint64_t term : {7 + kMostTermStep + 1, kTermLimit, ~std::uint64_t{0}}) {
    EXPECT_THAT(WhyStale(memory, Of({term, 1}, {}), {}), HasSubstr("is not believed")) << term;
    EXPECT_FALSE(RaiseTerm(memory, term)) << term;
  }
  EXPECT_EQ(memory.newest_term, 7U);
  EXPECT_THAT(WhyStale(memory, Of({7 + kMostTermStep, 1}, {}), {}), IsEmpty());
  EXPECT_TRUE(RaiseTerm(memory, 7 + kMostTermStep));
}

TEST(Freshness, TakesTheFirstTermFromWhereverItsArbitersAre) {
  HoldMemory memory;
  EXPECT_THAT(WhyStale(memory, Of({7'000'000, 1}, {}), {}), IsEmpty());
  EXPECT_FALSE(RaiseTerm(memory, kTermLimit)) << "no arbiter comes to that";
  EXPECT_TRUE(RaiseTerm(memory, 7'000'000));
  EXPECT_FALSE(RaiseTerm(memory, 7'000'000 + kMostTermStep + 1)) << "from then on in steps";
}

TEST(Freshness, TakesNoFirstTermAtAllWhileItHoldsSomethingBack) {
  HoldMemory memory;
  memory.holds[kVip].vip = kVip;
  EXPECT_THAT(WhyStale(memory, Of({7'000'000, 1}, {}), {}), HasSubstr("is not believed"));
  EXPECT_THAT(WhyStale(memory, Of({7, 1}, {}), {}), IsEmpty());
}

TEST(Freshness, SaysHowAPoisonedTermIsForgotten) {
  HoldMemory memory;
  memory.newest_term = ~std::uint64_t{0};  // remembered by an earlier version
  EXPECT_THAT(WhyStale(memory, Of({7, 1}, {}), {}), HasSubstr("arbiter-probe holds --forget-term"));
}

TEST(Freshness, NeverLowersTheTerm) {
  HoldMemory memory;
  RaiseTerm(memory, 9);
  RaiseTerm(memory, 4);
  EXPECT_EQ(memory.newest_term, 9U);
}

}  // namespace
}  // namespace probe::hold
