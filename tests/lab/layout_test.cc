// One instance whose VIPs are not all where its adverts are. Whatever happens to the pair, all its VIPs end on the one
// right node, nobody is without an answer for long, and nothing flaps afterwards. A second site beside it, with
// keepalived alone, has the same layout and the same fault: what the figures are compared with.
#include "tests/lab/layout.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

// What happens to the pair, and what must come of it.
struct Blow {
  std::string name;
  std::function<void(Site&)> strike;
  std::string survivor;
  Hosts held_back;       // in the end
  std::string cause;     // the one that is named; empty: this is no incident
  bool lets_go = false;  // the survivor's daemon gives its addresses up in between, and takes them again
};

Blow Killed() {
  return {.name = "Killed",
          .strike = [](Site& site) { site.node("a").keepalived().Kill(); },
          .survivor = "b",
          .held_back = {"a"},
          .cause = "DAEMON_GONE"};
}

Blow Frozen() {
  return {.name = "Frozen",
          .strike = [](Site& site) { site.node("a").keepalived().Freeze(); },
          .survivor = "b",
          .held_back = {"a"},
          .cause = "DAEMON_FROZEN"};
}

Blow Thawed() {
  return {.name = "Thawed",
          .strike =
              [](Site& site) {
                site.node("a").keepalived().Freeze();
                EXPECT_TRUE(WaitUntil("b answers for each VIP", seconds(15), [&] {
                  bool met = true;
                  for (const std::string& vip : site.vips()) met = met && site.witness(vip).Latest().contains("b");
                  return Seen{met, site.Timelines()};
                }));
                LetPass(seconds(1));
                site.node("a").keepalived().Thaw();
              },
          .survivor = "a",
          .held_back = {},
          .cause = "DAEMON_FROZEN",
          .lets_go = true};
}

Blow Stopped() {
  return {.name = "Stopped",
          .strike = [](Site& site) { site.node("a").keepalived().Stop(); },
          .survivor = "b",
          .held_back = {},
          .cause = ""};
}

Blow VridsDiffer() {
  return {.name = "VridsDiffer",
          .strike =
              [](Site& site) {
                site.node("b").keepalived().Stop();
                site.node("b").instance().virtual_router_id = 65;
                site.node("b").StartKeepalived();
              },
          .survivor = "a",
          .held_back = {"b"},
          .cause = "VRID_MISMATCH"};
}

Blow HeartbeatCut() {
  return {.name = "HeartbeatCut",
          .strike = [](Site& site) { site.segment("sync").Cut("b"); },
          .survivor = "a",
          .held_back = {"b"},
          .cause = "LOST_IN_NETWORK"};
}

struct LayoutCase {
  Layout layout;
  Blow blow;
  bool a_has_the_highest_address = false;
  Duration watch = seconds(10);

  [[nodiscard]] std::string name() const {
    return absl::StrCat(layout.name, blow.name, a_has_the_highest_address ? "AHigher" : "BHigher");
  }
};

void PrintTo(const LayoutCase& layout_case, std::ostream* out) { *out << layout_case.name(); }

class LayoutTest : public testing::TestWithParam<LayoutCase> {
 protected:
  LayoutTest() {
    for (Site* site : {&alone_, &site_}) GetParam().layout.ApplyTo(*site);
  }

  void Start() {
    for (const char* node : {"a", "b"}) alone_.node(node).StartKeepalived();
    ASSERT_TRUE(site_.Start());
    ASSERT_TRUE(alone_.AwaitAnswers({"a"}));
    // b is up too, and would have the VIPs by now if it heard nothing.
    ASSERT_TRUE(site_.AwaitHealthy("a", seconds(10)));
  }

  void Strike() {
    since_alone_ = Now();
    blow_.strike(alone_);
    since_ = Now();
    blow_.strike(site_);
  }

  // The survivor alone answers for all, and the arbiter says so.
  testing::AssertionResult AwaitTheEnd() {
    if (const auto answers = site_.AwaitAnswers({blow_.survivor}, seconds(20)); !answers) return answers;
    if (blow_.name == "Killed") {
      // What was left behind is removed: the hold has nothing to hold back and may be over already.
      return WaitUntil("the leftovers are removed", seconds(10), [&] {
        bool met = true;
        for (const std::string& vip : site_.vips()) met = met && !site_.addresses().Has("a", vip);
        return Seen{met, site_.arbiter().Ctl({"status"}).out};
      });
    }
    if (blow_.held_back.empty()) return site_.AwaitHealthy(blow_.survivor, seconds(20));
    return site_.AwaitGuarded(blow_.survivor, blow_.held_back, seconds(15));
  }

  // Invariant 5a, by what the kernel said.
  void ExpectNothingTakenFromTheSurvivor() const {
    if (blow_.lets_go) return;
    for (const std::string& vip : site_.vips()) {
      EXPECT_FALSE(site_.addresses().LastRemoved(blow_.survivor, vip, since_).has_value())
          << vip << " was removed from " << blow_.survivor;
    }
  }

  void ExpectOneIncident() const {
    const std::vector<Json> incidents = site_.Incidents();
    const std::string seen = site_.arbiter().Ctl({"incidents"}).out;
    if (blow_.cause.empty()) {
      EXPECT_TRUE(incidents.empty()) << seen;
      return;
    }
    ASSERT_EQ(incidents.size(), 1U) << seen;
    EXPECT_EQ(VipsOf(incidents.front()), site_.vips()) << seen;
    EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{blow_.cause}) << seen;
    // Who was held back and has the VIPs in the end is the survivor, and is not listed as demoted.
    const Hosts demoted = blow_.lets_go ? Hosts{} : Hosts{blow_.survivor == "a" ? "b" : "a"};
    EXPECT_EQ(DemotedBy(incidents.front()), demoted) << seen;
  }

  void ReportSilence() const {
    const std::string what = absl::StrCat("layout ", GetParam().name());
    const Duration alone = alone_.LongestSilence(since_alone_);
    const Duration ours = site_.LongestSilence(since_);
    PrintFigure(absl::StrCat(what, ": nobody answered, keepalived alone"), alone);
    PrintFigure(absl::StrCat(what, ": nobody answered, with the arbiter"), ours);
    PrintFigure(absl::StrCat(what, ": both answered, keepalived alone"), alone_.BothAnswered(since_alone_));
    PrintFigure(absl::StrCat(what, ": both answered, with the arbiter"), site_.BothAnswered(since_));
    EXPECT_LE(ours, alone + kSilenceLimit + kNoise) << site_.Timelines();
  }

  const Blow& blow_ = GetParam().blow;
  Site alone_{GetParam().layout.Options(GetParam().a_has_the_highest_address)};
  Site site_{GetParam().layout.Options(GetParam().a_has_the_highest_address)};
  Instant since_alone_;
  Instant since_;
};

TEST_P(LayoutTest, AllVipsEndOnTheRightNodeAndNothingFlaps) {
  ASSERT_NO_FATAL_FAILURE(Start());
  Strike();
  const testing::AssertionResult ended = AwaitTheEnd();
  const Instant settled = Now();
  if (ended) LetPass(GetParam().watch);
  ReportSilence();
  ExpectNothingTakenFromTheSurvivor();
  ASSERT_TRUE(ended);
  EXPECT_TRUE(site_.AnsweredAlone(blow_.survivor, settled));
  ExpectOneIncident();
}

// Each blow to each layout. Where the tie-break may be asked, with the higher address on either side.
std::vector<LayoutCase> Cases() {
  std::vector<LayoutCase> cases;
  for (const Layout& layout : {TwoSegments(), ExcludedIpv6(), HeartbeatLink(), VmacAndSegment()}) {
    // One of each layout is watched for long.
    cases.push_back({layout, Killed(), true, seconds(30)});
    cases.push_back({layout, Killed(), false});
    for (const bool a_higher : {true, false}) {
      cases.push_back({layout, Frozen(), a_higher});
      cases.push_back({layout, VridsDiffer(), a_higher});
    }
    cases.push_back({layout, Thawed(), true});
    cases.push_back({layout, Stopped(), true});
  }
  for (const bool a_higher : {true, false}) cases.push_back({HeartbeatLink(), HeartbeatCut(), a_higher});
  cases.push_back({ExcludedIpv4(), Killed(), true});
  cases.push_back({ExcludedIpv4(), VridsDiffer(), false});
  cases.push_back({SyncGroup(), Killed(), true});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, LayoutTest, testing::ValuesIn(Cases()),
                         [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
