// Two arbiters that do not know each other, in the probes' lists in one order.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/lab/fault.h"
#include "tests/lab/site.h"

namespace lab {
namespace {

using std::chrono::seconds;

class TwoArbitersTest : public testing::Test {
 protected:
  TwoArbitersTest() : second_(site_.lab().AddManagementHost("second", 239), Directory()) {
    for (const char* name : {"a", "b"}) {
      std::string& arbiters = site_.node(name).probe().options().arbiter;
      arbiters = absl::StrCat(arbiters, ",", second_.endpoint());
    }
  }

  std::filesystem::path Directory() {
    const std::filesystem::path directory = site_.lab().directory() / "second";
    std::filesystem::create_directories(directory);
    return directory;
  }

  testing::AssertionResult AwaitLog(const std::string& node, const std::string& text, Duration limit) {
    return WaitUntil(absl::StrCat(node, " says \"", text, "\""), limit, [&] {
      return Seen{absl::StrContains(site_.node(node).probe().Log(), text), site_.node(node).probe().Log()};
    });
  }

  static std::string AttachedAt(const Arbiter& arbiter) {
    return absl::StrCat(" at=", arbiter.endpoint(), " id=");  // of one that is not attached there is no id
  }

  void Guard() {
    ASSERT_TRUE(site_.Start());
    second_.Start();  // not before: who finds the first not up yet would go there
    VridsDiffer().cause(site_);
    ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
  }

  Site site_;
  Arbiter second_;
};

// The first arbiter dies and comes back: each probe goes to the second and returns in its own time, so that for a while
// the held node is at one of them and the survivor at the other.
TEST_F(TwoArbitersTest, KeepAHoldThroughAllMoves) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant start = Now();
  site_.arbiter().Kill();
  for (const char* name : {"a", "b"}) ASSERT_TRUE(AwaitLog(name, AttachedAt(second_), seconds(20)));
  LetPass(seconds(2));
  site_.arbiter().Start();
  for (const char* name : {"a", "b"}) ASSERT_TRUE(AwaitLog(name, "answers again", seconds(45)));
  ASSERT_TRUE(site_.AwaitConnected());
  ASSERT_TRUE(site_.AwaitGuarded("a", {"b"}));
  EXPECT_TRUE(site_.AnsweredAlone("a", start)) << site_.Timelines();
}

// The held node alone is cut off from the first arbiter, and goes to the second, which knows neither survivor nor hold.
TEST_F(TwoArbitersTest, TheSecondKeepsAHoldWhoseSurvivorItDoesNotKnowAndSaysSo) {
  ASSERT_NO_FATAL_FAILURE(Guard());
  const Instant start = Now();
  site_.node("b").host().Do({"nft",
                             "add table inet cut; add chain inet cut out { type filter hook output priority 0; }; "
                             "add rule inet cut out ip daddr " +
                                 site_.arbiter().host().control_address() + " reject with tcp reset"});
  ASSERT_TRUE(AwaitLog("b", AttachedAt(second_), seconds(30)));
  ASSERT_TRUE(WaitUntil("the second arbiter warns", seconds(20), [&] {
    const std::string status = second_.Ctl({"status"}).out;
    return Seen{absl::StrContains(status, "not attached to this arbiter"), status};
  }));
  LetPass(seconds(5));
  EXPECT_TRUE(site_.AnsweredAlone("a", start)) << site_.Timelines();
  // And the hold is no trap: where the survivor goes the held node takes over.
  site_.lab().host("a").GoDark();
  EXPECT_TRUE(site_.AwaitAnswers({"b"}, seconds(20)));
}

}  // namespace
}  // namespace lab
