#include "tests/lab/answer_witness.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/lab/lab.h"
#include "tests/lab/wait.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AnswerWitnessTest : public testing::TestWithParam<std::string> {
 protected:
  void Give(const Host& host) const { host.Do({"ip", "address", "add", GetParam(), "dev", kVrrpInterface, "nodad"}); }
  void Take(const Host& host) const { host.Do({"ip", "address", "del", GetParam(), "dev", kVrrpInterface}); }
  std::string vip() const { return GetParam().substr(0, GetParam().find('/')); }
};

TEST_P(AnswerWitnessTest, SeesWhichHostsAnswerWhen) {
  Lab lab;
  const Host& a = lab.AddHost("a", 1);
  const Host& b = lab.AddHost("b", 2);
  const AnswerWitness witness(lab.AddHost("witness", 250), vip());
  const auto sees = [&](std::set<std::string> hosts) {
    return WaitUntil("the right hosts answer", seconds(5), [&, hosts] {
      return Seen{witness.Latest() == hosts && witness.Record().questions() > 1, witness.Record().Timeline()};
    });
  };
  EXPECT_TRUE(sees({}));
  Give(a);
  EXPECT_TRUE(sees({"a"}));
  Give(b);
  EXPECT_TRUE(sees({"a", "b"}));
  lab.vrrp().Cut("a", Way::kFromHost);
  EXPECT_TRUE(sees({"b"})) << "an answer that the port loses counts as none";
  lab.vrrp().Mend("a");
  Take(b);
  EXPECT_TRUE(sees({"a"}));
}

INSTANTIATE_TEST_SUITE_P(Families, AnswerWitnessTest, testing::Values("192.168.1.212/24", "fd00:1::212/64"),
                         [](const auto& parameter) { return parameter.index == 0 ? "V4" : "V6"; });

TEST(AnswerWitness, OfAnotherNetworkSeesWhoAnswersThere) {
  Lab lab;
  Network& lan = lab.AddSegment({.ipv4 = "172.16.0.", .ipv6 = "fd00:16::"});
  lab.AddHost("a", 1).Attach(lan, "lan");
  lab.host("a").Do({"ip", "address", "add", "172.16.0.212/24", "dev", "lan"});
  const Host& asker = lab.AddHost("asker", 250, lan);
  const AnswerWitness one(asker, "172.16.0.212");
  const AnswerWitness another(asker, "172.16.0.213");  // one host may ask for several
  EXPECT_TRUE(WaitUntil("a answers for what it has", seconds(5), [&] {
    return Seen{
        one.Latest() == std::set<std::string>{"a"} && another.Record().questions() > 1 && another.Latest().empty(),
        one.Record().Timeline()};
  }));
}

TEST(AnswerWitness, AsksAtTheRateItWasGiven) {
  Lab lab;
  const AnswerWitness witness(lab.AddHost("witness", 250), "192.168.1.212", 200);
  const Instant start = Now();
  ASSERT_TRUE(WaitUntil("two hundred questions", seconds(10), [&] {
    return Seen{witness.Record().questions() >= 200, ""};
  }));
  EXPECT_GE(Now() - start, milliseconds(900));
}

}  // namespace
}  // namespace lab
