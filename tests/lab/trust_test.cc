// Whom the product believes: hosts that lie, and addresses that stay where they are.
#include <gmock/gmock.h>

#include <string>

#include "tests/lab/site.h"
#include "tests/lab/stranger.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr char kOwn[] = "172.17.0.1";

// An address of the node's own that every host with containers has.
void GiveDocker(const Host& host) {
  host.Do({"ip", "link", "add", "docker0", "type", "bridge"});
  host.Do({"ip", "addr", "add", "172.17.0.1/16", "dev", "docker0"});
  host.Do({"ip", "link", "set", "docker0", "up"});
}

bool HasDocker(const Host& host) {
  const auto shown = Execute(host.In({"ip", "-o", "addr", "show", "dev", "docker0"}), seconds(5));
  return shown.ok() && shown->out.find(kOwn) != std::string::npos;
}

class ForgedAdvertTest : public testing::TestWithParam<int> {};

TEST_P(ForgedAdvertTest, TakesNoAddressFromAnybody) {
  Site site;
  for (const char* name : {"a", "b"}) GiveDocker(site.node(name).host());
  ASSERT_TRUE(site.Start());
  const Host& stranger = site.lab().AddHost("stranger", 99);
  const auto error = static_cast<std::uint16_t>(GetParam());
  for (int i = 0; i < 30; ++i) {
    Inject(stranger, MakeAdvert({.vrid = 200, .priority = 100, .checksum_error = error, .address = {172, 17, 0, 1}}));
    LetPass(milliseconds(100));
  }
  EXPECT_THAT(site.Incidents(), IsEmpty());
  EXPECT_THAT(site.HeldBack(kOwn), IsEmpty());
  for (const char* name : {"a", "b"}) {
    EXPECT_TRUE(HasDocker(site.node(name).host())) << name;
    EXPECT_EQ(site.node(name).probe().Log().find(kOwn), std::string::npos) << site.node(name).probe().Log();
  }
  EXPECT_TRUE(site.AwaitHealthy("a", seconds(5)));
}

INSTANTIATE_TEST_SUITE_P(Checksums, ForgedAdvertTest, testing::Values(0, 1),
                         [](const auto& parameter) { return parameter.param == 0 ? "Right" : "Wrong"; });

TEST(Trust, WhatAnotherNodesDaemonNamesIsNotTakenFromANodeThatHadItBefore) {
  Site site;
  GiveDocker(site.node("b").host());
  site.node("a").instance().virtual_ipaddress.emplace_back("172.17.0.1/32");
  ASSERT_TRUE(site.Start());
  LetPass(seconds(3));
  EXPECT_THAT(site.HeldBack(kOwn), IsEmpty());
  EXPECT_TRUE(HasDocker(site.node("b").host()));
  EXPECT_NE(site.arbiter().Log().find("is left alone"), std::string::npos) << site.arbiter().Log();
}

}  // namespace
}  // namespace lab
