// Linux answers for an address on whatever interface the question comes in, unless `arp_ignore` forbids it: a VIP on
// docker0, on a leg in another network or on `lo` of the backup is a split where the kernel answers for it, and
// nobody's business where it does not. What the kernel does is asked first, with keepalived alone.
#include <gtest/gtest.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/figure.h"
#include "tests/lab/incident.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct WeakHostCase {
  std::string device;              // where the backup has the VIP
  int arp_ignore = 0;              // of the backup
  std::string setting_of = "all";  // the interface whose setting it is
  Flavour flavour = V4();

  [[nodiscard]] std::string name() const {
    return absl::StrCat(device, "ArpIgnore", arp_ignore, setting_of == "all" ? "" : "Of" + setting_of,
                        flavour.v6 ? "V6" : "");
  }
};

void PrintTo(const WeakHostCase& weak, std::ostream* out) { *out << weak.name(); }

class WeakHostTest : public testing::TestWithParam<WeakHostCase> {
 protected:
  WeakHostTest() {
    // Of b alone: what it has there nobody else is asked for.
    Network& elsewhere = site_.lab().AddSegment({.ipv4 = "172.16.0.", .ipv6 = "fd00:16::"});
    site_.lab().host("b").Attach(elsewhere, "lan");
    b().Do({"ip", "link", "add", "docker0", "type", "bridge"});
    b().Do({"ip", "addr", "add", "172.17.0.1/16", "dev", "docker0"});
    b().Do({"ip", "link", "set", "docker0", "up"});
    const std::string setting = absl::StrCat("net.ipv4.conf.", GetParam().setting_of, ".arp_ignore");
    b().Do({"sysctl", "-q", "-w", absl::StrCat(setting, "=", GetParam().arp_ignore)});
    for (const char* node : {"a", "b"}) site_.node(node).probe().options().interfaces = {};
  }

  [[nodiscard]] const Host& b() { return site_.node("b").host(); }

  void Put(const std::string& verb) {
    const std::string length = GetParam().flavour.v6 ? "/128" : "/32";
    b().Do({"ip", "addr", verb, site_.vip() + length, "dev", GetParam().device});
  }

  bool IsThere() {
    return absl::StrContains(b().Do({"ip", "-o", "addr", "show", "dev", GetParam().device}), site_.vip() + "/");
  }

  // Whether the kernel answers for it on the network that clients are on.
  bool KernelAnswers() {
    const Instant put = Now();
    Put("add");
    EXPECT_TRUE(WaitUntil("the witness has asked often enough", seconds(5), [&] {
      return Seen{site_.witness().Record().LastAnswer("a") > put + milliseconds(500), site_.Timelines()};
    }));
    const bool answers = site_.witness().Record().FirstAnswer("b", put).has_value();
    Put("del");
    EXPECT_TRUE(site_.AwaitAnswers({"a"}));
    std::printf("figure: weak host, VIP on %s: the kernel %s\n", GetParam().name().c_str(),
                answers ? "answers for it" : "is silent");
    return answers;
  }

  void ExpectHealed(Instant since) {
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
    const Instant guarded = Now();
    const Duration both = site_.BothAnswered(since);
    PrintFigure(absl::StrCat("weak host, VIP on ", GetParam().name(), ": both answered"), both);
    EXPECT_LE(both, seconds(1));
    LetPass(seconds(4));
    EXPECT_TRUE(site_.AnsweredAlone("a", guarded));
    const std::vector<Json> incidents = site_.Incidents();
    ASSERT_EQ(incidents.size(), 1U) << site_.arbiter().Ctl({"incidents"}).out;
    EXPECT_EQ(CausesOf(incidents.front()), std::vector<std::string>{"MANUAL_ADDRESS"})
        << site_.arbiter().Ctl({"incident", incidents.front()["id"].text()}).out;
    EXPECT_TRUE(IsThere()) << "removed under a live daemon whose configuration names it";
  }

  void ExpectLeftAlone(Instant since) {
    const Instant end = Now() + seconds(5);
    while (Now() < end) {
      ASSERT_EQ(site_.VipState(), "HELD") << site_.arbiter().Ctl({"status"}).out;
      LetPass(milliseconds(250));
    }
    EXPECT_TRUE(site_.AnsweredAlone("a", since));
    EXPECT_TRUE(site_.Incidents().empty()) << site_.arbiter().Ctl({"incidents"}).out;
    EXPECT_TRUE(site_.HeldBack().empty());
    EXPECT_TRUE(IsThere());
    if (GetParam().device == "lo") {  // LVS-DR's way to have it
      EXPECT_EQ(site_.arbiter().Ctl({"check"}).exit_code, 0) << site_.arbiter().Ctl({"check"}).out;
    }
  }

  Site site_{{.flavour = GetParam().flavour}};
};

TEST_P(WeakHostTest, IsASplitWhereTheKernelAnswersAndNothingWhereItDoesNot) {
  ASSERT_TRUE(site_.StartKeepalived());
  const bool split = KernelAnswers();
  ASSERT_TRUE(site_.StartDaemons());
  ASSERT_TRUE(site_.AwaitHealthy("a", seconds(10)));
  ASSERT_TRUE(WaitUntil("a is known to advertise", seconds(10), [&] {
    return Seen{site_.Vip()["holders"].With("node", "a")["advertising"].truth(), site_.Vip().ToString()};
  }));
  LetPass(seconds(3));  // a site that has run for a while: everybody's adverts were seen by everybody
  const Instant since = Now();
  Put("add");
  if (split) {
    ExpectHealed(since);
  } else {
    ExpectLeftAlone(since);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Places, WeakHostTest,
    testing::Values(WeakHostCase{"docker0", 0}, WeakHostCase{"docker0", 1}, WeakHostCase{"docker0", 2},
                    WeakHostCase{"docker0", 8}, WeakHostCase{"lan", 0}, WeakHostCase{"lan", 1}, WeakHostCase{"lan", 2},
                    WeakHostCase{"lan", 8}, WeakHostCase{"lo", 0}, WeakHostCase{"lo", 1}, WeakHostCase{"lo", 2},
                    WeakHostCase{"lo", 8},
                    // The setting of the interface that the question comes in on is the one that counts.
                    WeakHostCase{"docker0", 1, "eth0"}, WeakHostCase{"docker0", 1, "docker0"},
                    // Neighbour discovery is stricter.
                    WeakHostCase{"lan", 0, "all", V6()}, WeakHostCase{"lo", 0, "all", V6()}),
    [](const auto& parameter) { return parameter.param.name(); });

}  // namespace
}  // namespace lab
