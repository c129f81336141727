// What a reload changed counts at once, and what was before counts no more: after it the next mistake, an address by
// hand on the backup, is judged as if nothing had been.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

// A value that has to be the same on both nodes: wrong at first, then corrected by a reload.
struct Setting {
  std::string name;
  std::function<void(InstanceConfig&)> right;
  std::function<void(InstanceConfig&)> wrong;
};

Setting Vrid() {
  return {.name = "Vrid",
          .right = [](InstanceConfig& instance) { instance.virtual_router_id = 66; },
          .wrong = [](InstanceConfig& instance) { instance.virtual_router_id = 65; }};
}

Setting List() {
  const auto with = [](const std::string& second) {
    return [second](InstanceConfig& instance) { instance.virtual_ipaddress = {"192.168.1.212/24", second}; };
  };
  return {.name = "List", .right = with("192.168.1.213/24"), .wrong = with("192.168.1.214/24")};
}

Setting Interface() {
  const auto over = [](const std::string& interface) {
    return [interface](InstanceConfig& instance) {
      instance.interface = interface;
      instance.virtual_ipaddress = {"192.168.1.212/24 dev eth0"};
    };
  };
  return {.name = "Interface", .right = over("sync"), .wrong = over("eth0")};
}

Setting Version() {
  return {.name = "Version",
          .right = [](InstanceConfig& instance) { instance.version = 3; },
          .wrong = [](InstanceConfig& instance) { instance.version = 2; }};
}

struct ReloadCase {
  Setting setting;
  std::string node;  // the one that is reloaded

  [[nodiscard]] std::string name() const { return absl::StrCat(setting.name, "On", node == "a" ? "Active" : "Backup"); }
};

void PrintTo(const ReloadCase& reload, std::ostream* out) { *out << reload.name(); }

class ReloadTest : public testing::TestWithParam<ReloadCase> {
 protected:
  // Two nodes that differ, then no more.
  void CorrectByReload() {
    const ReloadCase& reload = GetParam();
    for (const char* name : {"a", "b"}) reload.setting.right(site_.node(name).instance());
    reload.setting.wrong(site_.node(reload.node).instance());
    ASSERT_TRUE(site_.Start());
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
    reload.setting.right(site_.node(reload.node).instance());
    site_.node(reload.node).ReloadKeepalived();
    ASSERT_TRUE(site_.AwaitHealthy("a", seconds(30)));
    for (const Json& incident : site_.Incidents()) before_.insert(incident["id"].text());
    LetPass(seconds(1));
    EXPECT_TRUE(WaitUntil("a is shown as what it is", seconds(5), [&] {
      const Json holder = site_.Vip()["holders"].With("node", "a");
      return Seen{holder["advertising"].truth() && holder["priority"].number() == 100, site_.Vip().ToString()};
    }));
  }

  [[nodiscard]] std::vector<Json> NewIncidents() const {
    std::vector<Json> incidents = site_.Incidents();
    incidents.erase(std::remove_if(incidents.begin(), incidents.end(),
                                   [&](const Json& incident) { return before_.contains(incident["id"].text()); }),
                    incidents.end());
    return incidents;
  }

  Site site_{{.segments = {{.interface = "sync", .subnet = {.ipv4 = "10.99.0.", .ipv6 = "fd00:99::"}}}}};
  std::set<std::string> before_;
};

TEST_P(ReloadTest, TheNextMistakeIsJudgedByWhatIsNow) {
  ASSERT_NO_FATAL_FAILURE(CorrectByReload());
  const Instant since = Now();
  site_.node("b").host().Do({"ip", "addr", "add", "192.168.1.212/24", "dev", "eth0"});
  EXPECT_TRUE(WaitUntil("the split is seen", seconds(10), [&] {
    return Seen{!NewIncidents().empty(), site_.arbiter().Ctl({"incidents"}).out};
  }));
  ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
  const Instant guarded = Now();
  LetPass(seconds(4));  // evidence still comes in
  const AnswerRecord answers = site_.witness().Record();
  EXPECT_LE(answers.LongestSilenceOf("a", since), kNoise) << answers.Timeline(since);
  EXPECT_TRUE(site_.AnsweredAlone("a", guarded));
  const std::vector<Json> incidents = NewIncidents();
  const std::string seen = site_.arbiter().Ctl({"incidents"}).out;
  ASSERT_EQ(incidents.size(), 1U) << seen;
  EXPECT_EQ(incidents.front()["survivor"].text(), "a") << seen;
  EXPECT_EQ(DemotedBy(incidents.front()), Hosts{"b"}) << seen;
  EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{"MANUAL_ADDRESS"})
      << site_.arbiter().Ctl({"incident", incidents.front()["id"].text()}).out;
}

INSTANTIATE_TEST_SUITE_P(Settings, ReloadTest,
                         testing::Values(ReloadCase{Vrid(), "a"}, ReloadCase{Vrid(), "b"}, ReloadCase{List(), "a"},
                                         ReloadCase{List(), "b"}, ReloadCase{Interface(), "a"},
                                         ReloadCase{Interface(), "b"}, ReloadCase{Version(), "a"},
                                         ReloadCase{Version(), "b"}),
                         [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
