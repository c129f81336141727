// Who survives a contest, and who would have with the precedent.
#include "arbiter/core/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace arbiter::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Candidate Advertising(std::string node, std::uint8_t priority, std::size_t precedent = 0) {
  Candidate candidate;
  candidate.node = std::move(node);
  candidate.advertises = true;
  candidate.reach = Reach{1, 1, {}, {}};
  candidate.priority = priority;
  candidate.precedent = precedent;
  return candidate;
}

Candidate Silent(Candidate candidate) {
  candidate.advertises = false;
  return candidate;
}

Candidate CutOff(Candidate candidate) {
  candidate.reach = Reach{1, 0, {}, {}};
  return candidate;
}

std::vector<std::string> Order(const std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  for (const Candidate& candidate : Rank(candidates).order) names.push_back(candidate.node);
  return names;
}

TEST(Ranking, OfSeveralPrecedentsTheWeightierCountsMost) {
  EXPECT_THAT(Order({Advertising("a", 110), Advertising("b", 100, 1), Advertising("c", 90, 2)}),
              ElementsAre("c", "b", "a"));
}

TEST(Ranking, APrecedentThatDoesNotAdvertiseLeavesTheWordToTheNextOne) {
  EXPECT_THAT(Order({Advertising("d", 110), Silent(Advertising("b", 100, 2)), Advertising("c", 90, 1)}),
              ElementsAre("c", "d", "b"));
}

std::vector<std::string> Level(const std::vector<Candidate>& candidates) {
  const std::set<std::string> level = LevelWithFirst(Rank(candidates).order);
  return {level.begin(), level.end()};
}

TEST(LevelWithFirst, WhomOnlyThePrecedentOrThePriorityPutsBehind) {
  EXPECT_THAT(Level({Advertising("a", 110, 1), Advertising("b", 100), Advertising("c", 90)}), ElementsAre("b", "c"));
}

TEST(LevelWithFirst, NotWhoIsCutOffOrDoesNotAdvertise) {
  EXPECT_THAT(Level({Advertising("a", 90), CutOff(Advertising("b", 100)), Silent(Advertising("c", 100))}), IsEmpty());
}

TEST(LevelWithFirst, NobodyOfNobody) { EXPECT_THAT(LevelWithFirst({}), IsEmpty()); }

}  // namespace
}  // namespace arbiter::core
