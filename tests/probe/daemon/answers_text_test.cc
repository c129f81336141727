#include "probe/daemon/answers_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probe::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AnswersText, TellsWhoAnswersAndNotWhoOnlyClaims) {
  const auto mac = [](const char* text) { return arbiter::MacAddress::Parse(text).value(); };
  const auto v4 = arbiter::IpAddress::Parse("192.168.1.212").value();
  const auto v6 = arbiter::IpAddress::Parse("fd00:1::212").value();
  const auto held_back = arbiter::IpAddress::Parse("192.168.1.213").value();
  const std::string text = AnswersText({{v4, {{mac("02:00:00:00:00:66"), "eth0", "ARP reply", {}, true}}},
                                        {v6,
                                         {{mac("02:00:00:00:00:67"), "eth0", "gratuitous ARP", {}, false},
                                          {mac("02:00:00:00:00:68"), "lan", "neighbour advertisement", {}, true}}},
                                        {held_back, {{mac("02:00:00:00:00:69"), "eth0", "ARP reply", {}, true}}}},
                                       {v4, v6});
  EXPECT_THAT(ReadAnswers(text),
              ElementsAre(doctor::Answering{v4, "02:00:00:00:00:66", "eth0", "ARP reply"},
                          doctor::Answering{v6, "02:00:00:00:00:68", "lan", "neighbour advertisement"}));
}

TEST(AnswersText, OfWhatIsNoneHasNothing) {
  EXPECT_THAT(ReadAnswers(""), IsEmpty());
  EXPECT_THAT(ReadAnswers("a request that this probe does not know\n1.2.3\n"), IsEmpty());
}

}  // namespace
}  // namespace probe::daemon
