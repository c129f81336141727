#include "arbiter/notify/body.h"

#include <gtest/gtest.h>

#include "arbiter/notify/json_text.h"
#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

const absl::Time kAt = absl::FromUnixSeconds(1'760'000'000);

TEST(Body, OfASplitForAJsonReceiver) {
  EXPECT_EQ(JsonBody(SampleSplit("w1-8-1", kAt)),
            R"({"id":"w1-8-1","event":"split","status":"firing","severity":"critical","arbiter":"w1","cluster":"prod",)"
            R"("vip":"192.0.2.10","incident":"8-1",)"
            R"("summary":"More than one node answers for 192.0.2.10 in cluster prod",)"
            R"("description":"192.0.2.10 is on a and b","cause":"VRID_MISMATCH",)"
            R"("advice":"give both \"virtual_router_id 66\"","at":"2025-10-09T08:53:20.000Z","count":"1"})");
}

TEST(Body, OfASplitForAlertmanagerEndsUnlessItIsRepeated) {
  EXPECT_EQ(AlertmanagerBody(SampleSplit("w1-8-1", kAt), kAt + absl::Minutes(10)),
            R"([{"labels":{"alertname":"ArbiterSplit","cluster":"prod","vip":"192.0.2.10","severity":"critical"},)"
            R"("annotations":{"summary":"More than one node answers for 192.0.2.10 in cluster prod",)"
            R"("description":"192.0.2.10 is on a and b","cause":"VRID_MISMATCH",)"
            R"("advice":"give both \"virtual_router_id 66\"","incident":"8-1","arbiter":"w1",)"
            R"("notification":"w1-8-1"},)"
            R"("startsAt":"2025-10-09T08:53:20.000Z","endsAt":"2025-10-09T09:08:20.000Z"}])");
}

TEST(Body, OfAHealingResolvesWhatTheSplitFired) {
  const std::vector<AlertLabels> fired = AlertsOf(SampleSplit());
  const std::vector<AlertLabels> resolved = AlertsOf(SampleHealed());
  ASSERT_EQ(fired.size(), 1U);
  ASSERT_EQ(resolved.size(), 2U);
  EXPECT_EQ(fired[0], resolved[0]);
  store::Notification failed = SampleSplit();
  failed.event = "could_not_heal";
  failed.node = "b";
  EXPECT_EQ(AlertsOf(failed)[0], resolved[1]);
  EXPECT_NE(AlertmanagerBody(SampleHealed("x", kAt), kAt).find(R"("endsAt":"2025-10-09T08:53:20.000Z"}])"),
            std::string::npos);
}

TEST(Body, ASplitThatHealsAtOnceIsShownForAWhileAndNothingElseIs) {
  store::Notification healed = SampleHealed("x", kAt);
  healed.since = kAt - absl::Milliseconds(300);
  const std::string body = AlertmanagerBody(healed, kAt);
  EXPECT_NE(body.find(R"("endsAt":"2025-10-09T08:55:19.700Z"},{"labels":{"alertname":"ArbiterCouldNotHeal")"),
            std::string::npos)
      << body;
  EXPECT_NE(body.find(R"("endsAt":"2025-10-09T08:53:20.000Z"}])"), std::string::npos) << body;
  healed.since = kAt - absl::Minutes(10);
  EXPECT_EQ(AlertmanagerBody(healed, kAt).find("08:55"), std::string::npos) << "it was shown long enough";
}

TEST(Body, ARepeatedAlertLastsLongerThanTheTimeBetweenRepetitions) { EXPECT_GT(kAlertLasts, 2 * kAlertRepeat); }

TEST(JsonText, EscapesAndReplacesWhatIsNoText) {
  EXPECT_EQ(JsonString("a\"\\\n\x01"), R"("a\"\\\n\u0001")");
  EXPECT_EQ(JsonString("gr\xC3\xBC\xC3\x9F"), "\"gr\xC3\xBC\xC3\x9F\"");
  for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_NE(JsonString(bad).find("\xEF\xBF\xBD"), std::string::npos) << bad;
    EXPECT_EQ(JsonString(bad).find('\xFF'), std::string::npos);
  }
}

}  // namespace
}  // namespace arbiter::notify
