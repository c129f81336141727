// What can happen, by name: the faults, how the world stands when the dust has settled, and that it is healthy again
// once all is repaired. Node a has the higher priority and is active at the start.
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/sim/run.h"

namespace sim {
namespace {

// `node`: `fault`, and `seconds` go by.
struct Act {
  char node;
  std::string fault;
  double seconds = 8;
};

struct Scenario {
  std::string name;
  std::vector<Act> acts;
  std::string ends;
  SmallWorld shape = {};
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

SmallWorld ThreeNodes() { return {.nodes = 3}; }
SmallWorld TrackFiles() { return {.track_file = true}; }
SmallWorld NoGate() { return {.track_file = true, .gate = false}; }
// Two VIPs whose priorities point opposite ways.
SmallWorld Opposite() { return {.vips = 2, .opposite = true}; }
SmallWorld OneGroup() { return {.vips = 2, .track_file = true, .opposite = true, .sync_group = true}; }
SmallWorld OneGroupNoGate() {
  return {.vips = 2, .track_file = true, .gate = false, .opposite = true, .sync_group = true};
}

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> kScenarios = {
      // The network
      {"asymmetric: backup hears nobody, active hears backup",
       {{'b', "its switch port lets nothing in"}},
       "a answers, b is held back"},
      {"asymmetric: active hears nobody, backup hears active",
       {{'a', "its switch port lets nothing in"}},
       "a answers, no incident"},
      {"asymmetric: adverts of the active are lost on the way to the backup",
       {{'a', "its adverts to another node are lost"}},
       "a answers, b is held back"},
      {"asymmetric: nothing leaves the active",
       {{'a', "its switch port lets nothing out"}},
       "b answers, a is held back"},
      {"the active is cut off from its clients: the lower priority survives",
       {{'a', "its switch port passes nothing"}},
       "b answers, a is held back"},
      {"the backup is cut off: it takes over for nobody",
       {{'b', "its switch port passes nothing"}},
       "a answers, b is held back"},
      {"cut off, held back, and the cable is repaired: keepalived's own order returns",
       {{'a', "its switch port passes nothing"}, {'a', "all cables are healed", 20}},
       "a answers"},
      {"the survivor is cut off while the other is held back: the other is let in",
       {{'b', "a VRID is changed"}, {'a', "its switch port passes nothing", 12}},
       "b answers, a is held back"},
      {"three nodes: one hears nobody",
       {{'c', "its switch port lets nothing in"}},
       "a answers, c is held back",
       ThreeNodes()},
      {"three nodes: all packet filters drop VRRP",
       {{'a', "all packet filters drop VRRP"}},
       "a answers, b and c are held back",
       ThreeNodes()},
      // Packet filters and configuration
      {"the backup's packet filter drops VRRP", {{'b', "its packet filter drops VRRP"}}, "a answers, b is held back"},
      {"filtered, held back, and the rule is removed: the hold ends by itself",
       {{'b', "its packet filter drops VRRP"}, {'b', "its packet filter lets VRRP in", 20}},
       "a answers"},
      {"the VRIDs differ", {{'b', "a VRID is changed"}}, "a answers, b is held back"},
      {"the VRIDs differ, and somebody corrects it",
       {{'b', "a VRID is changed"}, {'b', "a VRID is changed", 20}},
       "a answers"},
      {"the passwords differ", {{'b', "a password is changed"}}, "a answers, b is held back"},
      {"the VRRP versions differ", {{'b', "a VRRP version is changed"}}, "a answers, b is held back"},
      {"the VRIDs differ, with track files: the held daemon yields as well",
       {{'b', "a VRID is changed"}},
       "a answers, b is held back",
       TrackFiles()},
      {"the VRIDs differ, and there is no gate", {{'b', "a VRID is changed"}}, "a answers, b is held back", NoGate()},
      // Daemons and hosts
      {"the active's daemon is killed and leaves its address: it is removed, and nothing is left to hold",
       {{'a', "its daemon is killed"}},
       "b answers"},
      {"the active's daemon is frozen", {{'a', "its daemon is frozen"}}, "b answers, a is held back"},
      {"the active's daemon is frozen and thaws",
       {{'a', "its daemon is frozen"}, {'a', "its daemon is thawed", 20}},
       "a answers"},
      {"the active's daemon is stopped: a healthy change of hands",
       {{'a', "its daemon is stopped"}},
       "b answers, no incident"},
      {"the active's host goes dark: nobody is told anything", {{'a', "the host goes dark"}}, "b answers, no incident"},
      {"the address is added on the backup by hand",
       {{'b', "an address is added by hand", 2}},
       "a answers, b is held back"},
      {"the active's probe is frozen, then a split: nobody is demoted for the silent one's sake",
       {{'a', "its probe is frozen", 5}, {'b', "its packet filter drops VRRP"}},
       "a and b answer, no incident"},
      {"the same, and the probe thaws",
       {{'a', "its probe is frozen", 5}, {'b', "its packet filter drops VRRP"}, {'a', "its probe is thawed"}},
       "a answers, b is held back"},
      // While a node is held back
      {"held back, then the survivor's host goes dark",
       {{'b', "a VRID is changed"}, {'a', "the host goes dark"}},
       "b answers"},
      {"held back, then the survivor's daemon is stopped",
       {{'b', "a VRID is changed"}, {'a', "its daemon is stopped", 2}},
       "b answers"},
      {"held back, then the arbiter is gone: the hold stands",
       {{'b', "a VRID is changed"}, {'a', "the arbiter crashes", 30}},
       "a answers, b is held back"},
      {"held back, then the arbiter is gone for good, then the survivor",
       {{'b', "a VRID is changed"}, {'a', "the arbiter crashes", 5}, {'a', "the host goes dark", 7}},
       "b answers"},
      {"held back, and the arbiter starts anew: the incident goes on",
       {{'b', "a VRID is changed"}, {'a', "the arbiter crashes", 1}, {'a', "the arbiter is started"}},
       "a answers, b is held back"},
      {"held back, and its probe starts anew",
       {{'b', "a VRID is changed"}, {'b', "its probe is killed", 1}, {'b', "its probe is started"}},
       "a answers, b is held back"},
      {"held back, and somebody flushes the ruleset",
       {{'b', "a VRID is changed"}, {'b', "its ruleset is flushed", 1}},
       "a answers, b is held back"},
      {"held back, and its management network is cut: the hold stands",
       {{'b', "a VRID is changed"}, {'b', "its management network is cut", 30}},
       "a answers, b is held back"},
      // Operators and the arbiter itself
      {"an operator lets it in while the cause persists: held back anew",
       {{'b', "a VRID is changed"}, {'b', "an operator releases it"}},
       "a answers, b is held back"},
      {"an operator observes: two answer, and it is on record",
       {{'a', "an operator sets observe", 1}, {'b', "a VRID is changed"}},
       "a and b answer"},
      {"an operator demotes the only holder: refused", {{'a', "an operator demotes it"}}, "a answers, no incident"},
      {"no arbiter when it splits: two answer until there is one",
       {{'a', "the arbiter crashes", 1}, {'b', "a VRID is changed"}},
       "a and b answer, no incident"},
      {"no arbiter when it splits, and it comes",
       {{'a', "the arbiter crashes", 1}, {'b', "a VRID is changed"}, {'a', "the arbiter is started"}},
       "a answers, b is held back"},
      {"the arbiter's whole network is cut: nobody is told anything",
       {{'a', "the arbiter's network is cut", 20}},
       "a answers, no incident"},
      // Found by seeds
      {"the disk has room again while the survivor's probe stands still: the hold is ordered when it is back",
       {{'a', "the arbiter's disk is full", 1},
        {'b', "a VRID is changed"},
        {'a', "its probe is frozen", 4},
        {'a', "the arbiter's disk has room", 2},
        {'a', "its probe is thawed"}},
       "a answers, b is held back"},
      {"a hold waits for the disk, an operator observes, and another one survives: it is told nothing",
       {{'a', "the arbiter's disk is full", 1},
        {'a', "a VRRP version is changed", 10},
        {'a', "an operator sets observe", 0.1},
        {'a', "its switch port passes nothing", 4},
        {'a', "the arbiter's disk has room", 0.2},
        {'a', "an operator sets enforce", 8}},
       "b answers, a is held back",
       ThreeNodes()},
      {"an arbiter comes back to an old verdict that is wrong by now: the contest decides, not the record",
       {{'a', "its adverts to another node are lost"},
        {'a', "the arbiter crashes", 9},
        {'a', "its switch port passes nothing", 1},
        {'a', "the arbiter is started"}},
       "b answers, a is held back"},
      // Several VIPs
      {"two VIPs, opposite priorities: each node keeps its own",
       {{'a', "all packet filters drop VRRP"}},
       "a answers, b is held back | b answers, a is held back",
       Opposite()},
      {"two VIPs, opposite priorities, one sync group: one node keeps both",
       {{'a', "all packet filters drop VRRP"}},
       "a answers, b is held back | a answers, b is held back",
       OneGroup()},
      {"two VIPs, opposite priorities, one sync group, no gate: nobody ends with neither",
       {{'a', "all packet filters drop VRRP"}},
       "a answers, b is held back | a answers, b is held back",
       OneGroupNoGate()},
  };
  return kScenarios;
}

std::string Count(const std::vector<std::string>& names, const std::string& one, const std::string& many) {
  return absl::StrCat(absl::StrJoin(names, " and "), names.size() == 1 ? one : many);
}

// "a answers, b is held back", VIP by VIP.
std::string StandsNow(World& world) {
  std::vector<std::string> texts;
  for (const IpAddress& vip : world.vips()) {
    const std::vector<std::string> answering = world.Answering(vip, false);
    std::vector<std::string> held;
    for (const auto& node : world.nodes()) {
      if (node->IsHeld(vip)) held.push_back(node->name());
    }
    std::string text = answering.empty() ? "nobody answers" : Count(answering, " answers", " answer");
    if (!held.empty()) absl::StrAppend(&text, ", ", Count(held, " is held back", " are held back"));
    const auto& disk = world.witness().disk();
    if (disk.empty()) absl::StrAppend(&text, ", no incident");
    texts.push_back(std::move(text));
  }
  return absl::StrJoin(texts, " | ");
}

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, Ends) {
  const Scenario& scenario = GetParam();
  Plan plan;
  plan.world = MakeWorld(scenario.shape, 1);
  plan.before = std::chrono::seconds(6);
  for (const Act& act : scenario.acts) {
    const auto pause = Duration(static_cast<std::int64_t>(act.seconds * 1e9));
    plan.faults.push_back({&FaultNamed(act.fault), static_cast<std::size_t>(act.node - 'a'), pause});
  }
  std::string stands;
  const Result result = sim::Run(plan, [&](World& world) { stands = StandsNow(world); });
  const std::string history = absl::StrJoin(result.last_events, "\n");
  EXPECT_EQ(stands, scenario.ends) << history;
  EXPECT_EQ(result.broken, "") << "once all is repaired:\n" << history;
}

// "asymmetric: backup hears nobody" -> asymmetric_backup_hears_nobody
std::string AsTestName(const testing::TestParamInfo<Scenario>& info) {
  std::string name;
  for (const char c : info.param.name) {
    const bool letter = absl::ascii_isalnum(static_cast<unsigned char>(c));
    if (letter) name += c;
    if (!letter && !name.empty() && name.back() != '_' && c != '\'') name += '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenario, ScenarioTest, testing::ValuesIn(Scenarios()), AsTestName);

}  // namespace
}  // namespace sim
