// Directives for many VIPs of one instance: one act, one proof, one write, one answer, however many they are.
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/probe/hold/held_node.h"

namespace probe::hold {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CountingStore : public fakes::FakeHoldStore {
 public:
  int writes = 0;
  absl::Status Save(const HoldMemory& memory) override {
    ++writes;
    return FakeHoldStore::Save(memory);
  }
};

// A node with one instance of `count` VIPs, every third of the other family.
class Crowd : public testing::Test {
 protected:
  Crowd() { Make(100); }

  void Make(int count) {
    vips.clear();
    states.clear();
    for (int i = 1; i <= count; ++i) {
      vips.push_back(Ip(i % 3 == 0 ? absl::StrCat("fd00::", i) : absl::StrCat("10.0.0.", i)));
    }
    for (const arbiter::IpAddress& vip : vips) {
      VipState& state = states[vip];
      state.vip = vip;
      state.configured = state.effective = state.in_daemon_config = true;
      state.daemon = DaemonState::kRunning;
      state.master_down_interval = milliseconds(3600);
      state.bound_together = vips;
      state.rungs = {{RungKind::kGate, true, "", {vip}},
                     {RungKind::kTrackFile, true, "", vips},
                     {RungKind::kRemoveAddress, true, "", {vip}}};
    }
    Start();
  }

  void Start() {
    keeper = std::make_unique<HoldKeeper>(acts, store, policy);
    ASSERT_TRUE(keeper->Restore({}, now, boot).ok());
    See();
    acts.Take();
    acts.looks = 0;
    store.writes = 0;
  }

  void See() {
    std::vector<VipState> all;
    for (auto& [vip, state] : states) {
      state.gate = acts.Gate(vip);
      all.push_back(state);
    }
    keeper->OnVips(all, now);
  }

  void Pass(Duration time) {
    const Instant end = now + time;
    for (int i = 0; i < 1000 && now < end; ++i) {
      const auto next = keeper->NextDeadline(now);
      const Duration step = next ? std::max(std::min(*next, end) - now, Duration(0)) : end - now;
      now += step;
      boot += step;
      acts.now = now;
      keeper->OnTick(now);
      if (step == Duration(0) && next && *next <= now && keeper->NextDeadline(now) == next) break;
    }
  }

  Directive Order(std::vector<arbiter::IpAddress> of, Action action) {
    return {{7, ++sequence}, boot, seconds(3), std::move(of), "7-1", std::move(action)};
  }
  void Obey(Action action) { keeper->OnDirective(Order(vips, std::move(action)), now, boot); }
  void Hold() { Obey(OrderHold{"split with a", "a", {Ip("10.9.0.2")}, seconds(3), {}}); }
  DirectiveResult Only() {
    std::vector<DirectiveResult> results = keeper->TakeOutput().results;
    EXPECT_THAT(results, SizeIs(1));
    return results.empty() ? DirectiveResult() : results.front();
  }
  std::string All() const {
    return absl::StrJoin(vips, " ", [](std::string* out, const auto& vip) { absl::StrAppend(out, vip.ToString()); });
  }
  int Shut() const {
    return static_cast<int>(std::count_if(vips.begin(), vips.end(),
                                          [this](const auto& vip) { return acts.Gate(vip) == GateState::kShut; }));
  }

  std::vector<arbiter::IpAddress> vips;
  std::map<arbiter::IpAddress, VipState> states;
  fakes::FakeActuators acts;
  CountingStore store;
  Policy policy;
  Instant now = Instant() + seconds(1000);
  BootTime boot = seconds(500);
  std::uint64_t sequence = 0;
  std::unique_ptr<HoldKeeper> keeper;
};

TEST_F(Crowd, IsShutForAWhileByOneActWithOneProofAndOneAnswer) {
  Obey(ShutForAWhile{seconds(2)});
  EXPECT_THAT(acts.Take(), ElementsAre(absl::StrCat("shut ", All(), " for 2.0s")));
  EXPECT_EQ(acts.looks, 1);
  EXPECT_EQ(store.writes, 1);
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  EXPECT_EQ(result.vips, vips);
  EXPECT_THAT(result.exceptions, IsEmpty());
  EXPECT_THAT(result.rungs, SizeIs(1));
}

TEST_F(Crowd, IsHeldByOneActOneTrackFileOneCommandAndOneLine) {
  Hold();
  EXPECT_THAT(acts.Take(), ElementsAre(absl::StrCat("shut ", All()), absl::StrCat("track 10.0.0.1 1"),
                                       absl::StrCat("on_demoted ", All())));
  EXPECT_EQ(acts.looks, 1);
  EXPECT_EQ(store.writes, 1);
  Output output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].vips, vips);
  EXPECT_EQ(output.results[0].outcome, Outcome::kDone);
  ASSERT_THAT(output.notes, SizeIs(1));
  EXPECT_EQ(output.notes[0].text, "10.0.0.1 ... 10.0.0.100 (100 VIPs): held back, split with a");
  EXPECT_EQ(output.holds_changed, std::set<arbiter::IpAddress>(vips.begin(), vips.end()));
  EXPECT_THAT(store.saved.holds, SizeIs(100));
  // The daemon yields: the second answer, and the account of it all.
  now += milliseconds(3);
  for (auto& [vip, state] : states) state.configured = false;
  See();
  output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].fence, (Fence{7, 1}));
  ASSERT_THAT(output.results[0].rungs, SizeIs(2));
  EXPECT_EQ(output.results[0].rungs[1].took, milliseconds(3));
  ASSERT_THAT(output.notes, SizeIs(1));
  EXPECT_THAT(output.notes[0].text, HasSubstr("(100 VIPs): answers nobody; gate worked"));
}

TEST_F(Crowd, IsTriedTakenBackAndReleasedByOneActEach) {
  Hold();
  acts.Take();
  (void)keeper->TakeOutput();
  const auto order = absl::StrJoin(vips, " ", [](auto* out, const auto& vip) { absl::StrAppend(out, vip.ToString()); });
  Obey(StartTrial{true, seconds(3)});
  EXPECT_THAT(acts.Take(), ElementsAre(absl::StrCat("adverts-only ", order, " for 3.0s"), "track 10.0.0.1 0"));
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  Obey(EndTrial{});
  EXPECT_THAT(acts.Take(), ElementsAre(absl::StrCat("shut ", order), "track 10.0.0.1 1"));
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  Obey(Release{"the survivor is gone"});
  std::vector<std::string> done = acts.Take();
  ASSERT_GE(done.size(), 2U);
  EXPECT_EQ(done[0], absl::StrCat("open ", order));
  EXPECT_EQ(done[1], "track 10.0.0.1 0");
  const Output output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].vips, vips);
  EXPECT_THAT(keeper->holds(), IsEmpty());
  EXPECT_THAT(store.saved.holds, IsEmpty());
  Pass(milliseconds(50));
  done = acts.Take();
  EXPECT_EQ(std::count_if(done.begin(), done.end(), [](const auto& act) { return act.starts_with("announce"); }), 36)
      << "in bursts, 64 with the release itself";
}

TEST_F(Crowd, OfWhichOneHasGoneIsHeldButForThatOne) {
  states[vips[41]].configured = states[vips[41]].in_daemon_config = false;
  See();
  Hold();
  const Output output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  const DirectiveResult& result = output.results[0];
  EXPECT_EQ(result.outcome, Outcome::kDone);
  EXPECT_EQ(result.vips, vips);
  ASSERT_THAT(result.exceptions, SizeIs(1));
  EXPECT_EQ(result.exceptions[0].vip, vips[41]);
  EXPECT_EQ(result.exceptions[0].outcome, Outcome::kRefused);
  EXPECT_THAT(result.exceptions[0].detail, HasSubstr("nothing to do"));
  EXPECT_EQ(Shut(), 99);
  EXPECT_THAT(output.notes, Contains(Field(&Note::text, HasSubstr("fd00::42: directive 7/1 refused"))));
}

TEST_F(Crowd, OfWhichOneGateDoesNotShutIsAnsweredWithThatException) {
  acts.fails_for[vips[7]] = absl::FailedPreconditionError("no interface is known");
  Obey(ShutForAWhile{seconds(2)});
  DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  ASSERT_THAT(result.exceptions, SizeIs(1));
  EXPECT_EQ(result.exceptions[0], (VipOutcome{vips[7], Outcome::kFailed, "no interface is known"}));
  acts.fails.clear();
}

TEST_F(Crowd, IsAnsweredWhenTheLastOneIsKnown) {
  acts.fails_for[vips[7]] = absl::FailedPreconditionError("no interface is known");
  Hold();
  EXPECT_THAT(keeper->TakeOutput().results, IsEmpty()) << "its track file may still do it";
  Pass(policy.track_file_within);
  const DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  ASSERT_THAT(result.exceptions, SizeIs(1));
  EXPECT_EQ(result.exceptions[0].outcome, Outcome::kFailed);
  EXPECT_THAT(result.exceptions[0].detail, HasSubstr("no interface is known"));
}

TEST_F(Crowd, IsRefusedForTheVipsThatHaveObeyedANewerOneOnly) {
  Directive older = Order(vips, ShutForAWhile{seconds(2)});
  const Directive newer = Order({vips[0], vips[1]}, ShutForAWhile{seconds(2)});
  keeper->OnDirective(newer, now, boot);
  (void)keeper->TakeOutput();
  keeper->OnDirective(older, now, boot);
  DirectiveResult result = Only();
  EXPECT_EQ(result.outcome, Outcome::kDone);
  ASSERT_THAT(result.exceptions, SizeIs(2));
  EXPECT_THAT(result.exceptions, Each(Field(&VipOutcome::detail, HasSubstr("repeated"))));
  acts.Take();
  keeper->OnDirective(older, now, boot);
  result = Only();
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(result.detail, HasSubstr("repeated: sequence 1"));
  EXPECT_THAT(acts.acts, IsEmpty());
}

TEST_F(Crowd, IsRefusedWholeByOneLineWhenItComesTooLate) {
  Directive late = Order(vips, ShutForAWhile{seconds(2)});
  late.as_of = boot - seconds(60);
  keeper->OnDirective(late, now, boot);
  const Output output = keeper->TakeOutput();
  ASSERT_THAT(output.results, SizeIs(1));
  EXPECT_EQ(output.results[0].outcome, Outcome::kRefused);
  EXPECT_THAT(output.results[0].exceptions, IsEmpty());
  EXPECT_THAT(output.notes, SizeIs(1));
  EXPECT_EQ(store.writes, 0);
}

TEST_F(Crowd, HasAMemberHeldByADirectiveOfItsOwnAsAnOlderArbiterGivesThem) {
  for (const arbiter::IpAddress& vip : vips) {
    keeper->OnDirective(Order({vip}, OrderHold{"split with a", "a", {}, seconds(3), {}}), now, boot);
    EXPECT_EQ(Only().vips, std::vector<arbiter::IpAddress>{vip});
  }
  EXPECT_EQ(Shut(), 100);
  EXPECT_TRUE(acts.track_files[vips.back()]) << "the file drops nothing else any more";
  Obey(Release{});
  EXPECT_EQ(Only().outcome, Outcome::kDone);
  EXPECT_EQ(Shut(), 0);
}

TEST_F(Crowd, IsPutInForceAgainByOneActAfterARestart) {
  Hold();
  acts.FlushGates();
  acts.Take();
  keeper = std::make_unique<HoldKeeper>(acts, store, policy);
  ASSERT_TRUE(keeper->Restore({}, now, boot).ok());
  ASSERT_THAT(acts.Take(), SizeIs(1));
  EXPECT_EQ(Shut(), 100);
  const Output output = keeper->TakeOutput();
  ASSERT_THAT(output.notes, SizeIs(1));
  EXPECT_THAT(output.notes[0].text, HasSubstr("(100 VIPs): still held back, split with a"));
}

TEST_F(Crowd, IsPutBackByOneActAfterAFlush) {
  Make(250);
  Hold();
  acts.FlushGates();
  acts.Take();
  acts.looks = 0;
  keeper->OnGateTampered(now);
  EXPECT_THAT(acts.Take(), SizeIs(1));
  EXPECT_EQ(acts.looks, 1);
  EXPECT_EQ(Shut(), 250);
}

TEST_F(Crowd, ThatIsSeenOpenIsPutBackByOneAct) {
  Hold();
  acts.FlushGates();
  acts.Take();
  See();
  EXPECT_THAT(acts.Take(), SizeIs(1));
  EXPECT_EQ(Shut(), 100);
}

TEST_F(Crowd, HasItsTimedGatesLookedAtOnceWhenTheyEnd) {
  Obey(ShutForAWhile{seconds(2)});
  (void)keeper->TakeOutput();
  acts.looks = 0;
  Pass(seconds(2));
  EXPECT_EQ(acts.looks, 1);
  EXPECT_THAT(keeper->TakeOutput().gates_changed, SizeIs(100));
}

TEST_F(Crowd, OfAnotherInstanceIsNotTouchedByWhatChangesHere) {
  const std::vector<arbiter::IpAddress> some(vips.begin(), vips.begin() + 10);
  keeper->OnDirective(Order(some, ShutForAWhile{seconds(2)}), now, boot);
  EXPECT_THAT(keeper->TakeOutput().gates_changed, SizeIs(10));
}

TEST_F(Crowd, AsksTheSegmentAboutAFewAndIsReleasedTogether) {
  Hold();
  (void)keeper->TakeOutput();
  acts.Take();
  Pass(milliseconds(3600));
  std::vector<std::string> done = acts.Take();
  EXPECT_THAT(done, Contains("ask 10.0.0.1 10.0.0.100 fd00::3 fd00::99"));
  keeper->OnSegmentAnswer(Ip("10.0.0.1"), false, now);
  keeper->OnSegmentAnswer(Ip("fd00::3"), false, now);
  EXPECT_THAT(keeper->holds(), SizeIs(100)) << "not all have been heard of";
  acts.Take();
  store.writes = 0;
  keeper->OnSegmentAnswer(Ip("10.0.0.100"), false, now);
  EXPECT_THAT(keeper->holds(), SizeIs(33)) << "what is known of one family says nothing of the other";
  keeper->OnSegmentAnswer(Ip("fd00::99"), false, now);
  EXPECT_THAT(keeper->holds(), IsEmpty());
  EXPECT_EQ(store.writes, 2);
  ASSERT_THAT(store.saved.released, SizeIs(2));
  EXPECT_EQ(store.saved.released[0].vips.size() + store.saved.released[1].vips.size(), 100U);
  // Told as two results, of the directive that had begun it all.
  (void)keeper->TakeOutput();
  keeper->OnArbiterConnected(true, now);
  EXPECT_THAT(keeper->TakeOutput().results,
              ElementsAre(Field(&DirectiveResult::vips, SizeIs(67)), Field(&DirectiveResult::vips, SizeIs(33))));
}

TEST_F(Crowd, StaysHeldWhenSomebodyAnswersForOneOfTheFew) {
  Hold();
  Pass(milliseconds(3600));
  acts.Take();
  keeper->OnSegmentAnswer(Ip("10.0.0.1"), false, now);
  keeper->OnSegmentAnswer(Ip("10.0.0.100"), true, now);
  keeper->OnSegmentAnswer(Ip("10.0.0.1"), false, now);
  EXPECT_THAT(keeper->holds(), SizeIs(100));
  Pass(seconds(1));
  EXPECT_THAT(acts.Take(), Contains(HasSubstr("ask 10.0.0.1 10.0.0.100")));
}

TEST_F(Crowd, IsAskedAboutAFewAtATimeWhileAdvertsNameOneOfThem) {
  Hold();
  acts.Take();
  std::set<std::string> asked;
  for (int i = 0; i < 60; ++i) {
    keeper->OnAdvert({Ip("10.9.0.2"), 66, {vips[50]}}, now);
    Pass(seconds(1));
    for (const std::string& act : acts.Take()) {
      const std::vector<std::string> words = absl::StrSplit(act, ' ');
      ASSERT_EQ(words[0], "ask");
      EXPECT_LE(words.size(), 21U);
      for (std::size_t w = 1; w < words.size(); ++w) {
        asked.insert(words[w]);
        keeper->OnSegmentAnswer(Ip(words[w]), true, now);
      }
    }
  }
  EXPECT_THAT(asked, SizeIs(100)) << "each has its turn";
  EXPECT_THAT(keeper->holds(), SizeIs(100));
}

TEST_F(Crowd, LosesTheOneForWhichNobodyAnswers) {
  Make(5);
  See();
  Hold();
  for (int i = 0; i < 8; ++i) {
    keeper->OnAdvert({Ip("10.9.0.2"), 66, {vips[0]}}, now);
    Pass(seconds(1));
    for (const std::string& act : acts.Take()) {
      const std::vector<std::string> words = absl::StrSplit(act, ' ');
      for (std::size_t w = 1; words[0] == "ask" && w < words.size(); ++w) {
        keeper->OnSegmentAnswer(Ip(words[w]), Ip(words[w]) != vips[1], now);
      }
    }
  }
  EXPECT_THAT(keeper->holds(), SizeIs(4));
  EXPECT_FALSE(keeper->IsHeld(vips[1]));
}

TEST_F(Crowd, OfADeadDaemonIsTakenOffAndPutBackWhereNobodyAnswers) {
  Make(3);
  for (auto& [vip, state] : states) state.daemon = DaemonState::kGone;
  See();
  Hold();
  EXPECT_THAT(acts.Take(), AllOf(Contains("remove 10.0.0.1"), Contains("remove fd00::3")));
  for (auto& [vip, state] : states) state.configured = false;
  See();
  EXPECT_EQ(store.saved.holds.size(), 3U);
  keeper->OnTick(now);
  Start();  // remembered over a restart
  Obey(Release{"the survivor is gone"});
  std::vector<std::string> done = acts.Take();
  EXPECT_THAT(done, Contains("ask 10.0.0.1 10.0.0.2 fd00::3"));
  keeper->OnSegmentAnswer(Ip("10.0.0.1"), false, now);
  keeper->OnSegmentAnswer(Ip("10.0.0.2"), true, now);
  EXPECT_THAT(acts.Take(), ElementsAre("put-back 10.0.0.1/24 on eth0"));
  states[Ip("10.0.0.1")].configured = true;
  See();
  EXPECT_THAT(acts.Take(), Contains("announce 10.0.0.1"));
  keeper->OnSegmentAnswer(Ip("10.0.0.2"), false, now);
  EXPECT_THAT(acts.Take(), IsEmpty()) << "somebody else serves it";
  Pass(seconds(2));
  EXPECT_THAT(acts.Take(), Contains("ask fd00::3")) << "that question was lost";
}

TEST_F(Crowd, IsNotPutBackUnderADaemonThatOwnsIt) {
  Make(2);
  for (auto& [vip, state] : states) state.daemon = DaemonState::kGone;
  See();
  Hold();
  for (auto& [vip, state] : states) {
    state.configured = false;
    state.daemon = DaemonState::kRunning;
  }
  See();
  acts.Take();
  Obey(Release{});
  EXPECT_THAT(acts.Take(), Not(Contains(HasSubstr("ask"))));
}

TEST_F(Crowd, IsLeftAloneUntilSomethingIsDue) {
  keeper->OnArbiterConnected(true, now);
  Hold();
  for (auto& [vip, state] : states) state.configured = false;
  See();
  (void)keeper->NextDeadline(now);
  acts.Take();
  acts.looks = 0;
  for (int i = 0; i < 100; ++i) {
    now += seconds(1);
    keeper->OnTick(now);
  }
  EXPECT_EQ(keeper->NextDeadline(now), std::nullopt);
  EXPECT_THAT(acts.Take(), IsEmpty());
  EXPECT_EQ(acts.looks, 0);
}

TEST(Fold, SaysWhatBecameOfMostAndTheOthersAsExceptions) {
  const arbiter::IpAddress a = Ip("10.0.0.1");
  const arbiter::IpAddress b = Ip("fd00::1");
  const struct {
    const char* what;
    std::vector<VipOutcome> outcomes;
    Outcome outcome;
    const char* detail;
    std::size_t exceptions;
  } kCases[] = {
      {"one", {{a, Outcome::kFailed, "x"}}, Outcome::kFailed, "x", 0},
      {"the same twice", {{a, Outcome::kDone, "x"}, {b, Outcome::kDone, "x"}}, Outcome::kDone, "x", 0},
      {"two reasons", {{a, Outcome::kRefused, "x"}, {b, Outcome::kRefused, "y"}}, Outcome::kRefused, "x; y", 0},
      {"done outranks", {{a, Outcome::kRefused, "x"}, {b, Outcome::kDone, ""}}, Outcome::kDone, "", 1},
      {"failed outranks refused", {{a, Outcome::kRefused, "x"}, {b, Outcome::kFailed, "y"}}, Outcome::kFailed, "y", 1},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.what);
    const DirectiveResult result = Fold({7, 1}, c.outcomes);
    EXPECT_EQ(result.outcome, c.outcome);
    EXPECT_EQ(result.detail, c.detail);
    EXPECT_THAT(result.exceptions, SizeIs(c.exceptions));
    EXPECT_THAT(result.vips, SizeIs(c.outcomes.size()));
  }
}

TEST(Listed, FoldsMoreThanTwo) {
  const std::vector<arbiter::IpAddress> vips = {Ip("10.0.0.1"), Ip("10.0.0.2"), Ip("fd00::1")};
  EXPECT_EQ(Listed({}), "");
  EXPECT_EQ(Listed(Vips(vips).first(1)), "10.0.0.1");
  EXPECT_EQ(Listed(Vips(vips).first(2)), "10.0.0.1, 10.0.0.2");
  EXPECT_EQ(Listed(vips), "10.0.0.1 ... fd00::1 (3 VIPs)");
}

}  // namespace
}  // namespace probe::hold
