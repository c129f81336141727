#include "tests/lab/crowd.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/lab/incident.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kOtherVrids = 100;  // what is added to make them differ
// A look at a thousand VIPs costs the machine what is measured.
constexpr milliseconds kBetweenLooks(100);

const Subnet& CrowdSubnet() {
  static const auto& subnet = *new Subnet{.ipv4 = "10.20.0.", .ipv6 = "fd00:20::", .ipv4_length = 16};
  return subnet;
}

std::string AddressOf(int instance, int vip) { return absl::StrCat("10.20.", instance + 1, ".", vip + 1); }

std::vector<WatchedVip> FirstAndLast(const CrowdSize& size) {
  std::vector<WatchedVip> watched = {{.address = AddressOf(0, 0)}};
  if (size.vips() > 1) watched.push_back({.address = AddressOf(size.instances - 1, size.vips_each - 1)});
  return watched;
}

Duration Apart(Instant one, Instant another) { return std::max(one, another) - std::min(one, another); }

std::vector<InstanceConfig> InstancesOf(const CrowdSize& size, int priority) {
  std::vector<InstanceConfig> instances;
  for (int i = 0; i < size.instances; ++i) {
    InstanceConfig instance = InstanceOf(V4(), priority);
    instance.name = absl::StrCat("VI_", i + 1);
    instance.virtual_router_id = i + 1;
    instance.virtual_ipaddress = {};
    for (int j = 0; j < size.vips_each; ++j) instance.virtual_ipaddress.push_back(AddressOf(i, j) + "/16");
    instances.push_back(std::move(instance));
  }
  return instances;
}

// How many VIPs are in which state. By the metrics: `status` of hundreds of VIPs, again and again, would take the
// processors from what is measured.
std::map<std::string, int> StatesOf(const Host& arbiter) {
  std::map<std::string, int> states;
  const std::string metrics = arbiter.Do({"curl", "-sf", "http://127.0.0.1:7431/metrics"});
  for (const absl::string_view line : absl::StrSplit(metrics, '\n')) {
    if (!absl::StartsWith(line, "arbiter_vips{")) continue;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, '"');  // ...state="held"} 250
    int count = 0;
    if (parts.size() == 5 && absl::SimpleAtoi(absl::StripPrefix(parts[4], "} "), &count) && count > 0) {
      states[absl::AsciiStrToUpper(parts[3])] = count;
    }
  }
  return states;
}

}  // namespace

std::string CrowdSize::name() const {
  return instances == 1 ? absl::StrCat(vips_each) : absl::StrCat(instances, "x", vips_each);
}

Crowd::Crowd(const CrowdSize& size, int questions_per_second)
    : size_(size),
      site_({.questions_per_second = questions_per_second, .vrrp = CrowdSubnet(), .vips = FirstAndLast(size)}) {
  site_.node("a").config.instances = InstancesOf(size, 100);
  site_.node("b").config.instances = InstancesOf(size, 90);
}

std::string Crowd::Address(int instance, int vip) const { return AddressOf(instance, vip); }

testing::AssertionResult Crowd::Start() {
  // One after the other: of many instances that start at the same time b would win some, until a pre-empts it.
  if (const auto daemons = site_.StartDaemons(); !daemons) return daemons;
  site_.node("a").StartKeepalived();
  if (const auto answers = site_.AwaitAnswers({"a"}, seconds(30)); !answers) return answers;
  if (const auto held = AwaitAll("HELD", seconds(20)); !held) return held;
  site_.node("b").StartKeepalived();
  const std::string last_instance = absl::StrCat("(VI_", size_.instances, ") Entering BACKUP STATE");
  return WaitUntil("b is backup", seconds(20), [&] {
    const std::string log = site_.node("b").keepalived().Log();
    return Seen{absl::StrContains(log, last_instance), log};
  });
}

testing::AssertionResult Crowd::AwaitAll(const std::string& state, Duration limit) const {
  return WaitUntil(
      absl::StrCat("all ", size_.vips(), " VIPs are ", state), limit,
      [&] {
        const std::map<std::string, int> states = StatesOf(site_.arbiter().host());
        const auto wanted = states.find(state);
        return Seen{states.size() == 1 && wanted != states.end() && wanted->second == size_.vips(),
                    absl::StrJoin(states, ", ", absl::PairFormatter(": "))};
      },
      kBetweenLooks);
}

void Crowd::Reload(int vrid_offset) {
  std::vector<InstanceConfig>& instances = site_.node("b").config.instances;
  for (int i = 0; i < size_.instances; ++i) instances[i].virtual_router_id = i + 1 + vrid_offset;
  site_.node("b").ReloadKeepalived();
}

testing::AssertionResult Crowd::Split(CrowdSplit* split, Duration limit) {
  const Instant since = Now();
  Reload(kOtherVrids);
  const auto second_holder = WaitUntil("b has the first VIP too", seconds(20), [&] {
    return Seen{site_.addresses().LastAdded("b", first(), since).has_value(), site_.Timelines()};
  });
  if (!second_holder) return second_holder;
  const testing::AssertionResult guarded = AwaitAll("GUARDED", limit);
  split->until_guarded = Now() - *site_.addresses().LastAdded("b", first(), since);
  split->both_first = site_.witness(first()).Record().BothAnswered(since);
  split->both_last = site_.witness(last()).Record().BothAnswered(since);
  return guarded;
}

testing::AssertionResult Crowd::Mend(Duration limit) {
  Reload(0);
  if (const auto held = AwaitAll("HELD", limit); !held) return held;
  return site_.AwaitHealthy("a", seconds(5));
}

CrowdCalm Crowd::Watch(Duration span) {
  const Probe& probe = site_.node("b").probe();
  const Duration probe_before = probe.ProcessorTime();
  const Duration arbiter_before = site_.arbiter().ProcessorTime();
  const Instant start = Now();
  LetPass(span);
  const auto part = [passed = Now() - start](Duration used) {
    return std::chrono::duration<double>(used) / std::chrono::duration<double>(passed);
  };
  return {.probe = part(probe.ProcessorTime() - probe_before),
          .arbiter = part(site_.arbiter().ProcessorTime() - arbiter_before)};
}

testing::AssertionResult Crowd::Die(Death death, CrowdTakeover* takeover) {
  const Instant gone = Now();
  if (death == Death::kStopped) {
    site_.node("a").keepalived().Stop();
  } else {
    site_.lab().host("a").GoDark();
  }
  if (const auto answers = site_.AwaitAnswers({"b"}, seconds(20)); !answers) return answers;
  const AnswerRecord first_record = site_.witness(first()).Record();
  const AnswerRecord last_record = site_.witness(last()).Record();
  const auto first_answer = first_record.FirstAnswer("b", gone);
  const auto last_answer = last_record.FirstAnswer("b", gone);
  if (!first_answer.has_value() || !last_answer.has_value()) {
    return testing::AssertionFailure() << "b does not answer: " << site_.Timelines();
  }
  takeover->nobody_first = first_record.LongestSilence(gone);
  takeover->nobody_last = last_record.LongestSilence(gone);
  takeover->apart = Apart(*first_answer, *last_answer);
  const auto first_removed = site_.addresses().LastRemoved("a", first(), gone);
  const auto last_removed = site_.addresses().LastRemoved("a", last(), gone);
  takeover->removed_apart =
      first_removed.has_value() && last_removed.has_value() ? Apart(*first_removed, *last_removed) : Duration::zero();
  return testing::AssertionSuccess();
}

int Crowd::Incidents() const {
  return static_cast<int>(site_.arbiter().CtlJson({"incidents", "--limit", "0"})["incidents"].items().size());
}

std::set<std::string> Crowd::Causes() const {
  std::set<std::string> causes;
  for (const Json& incident : site_.arbiter().CtlJson({"incidents", "--limit", "0"})["incidents"].items()) {
    for (const std::string& cause : CausesOf(incident)) causes.insert(cause);
  }
  return causes;
}

int Crowd::Lines(const std::string& command) const {
  const std::string said = site_.arbiter().Ctl({command}).out;
  return static_cast<int>(std::count(said.begin(), said.end(), '\n'));
}

}  // namespace lab
