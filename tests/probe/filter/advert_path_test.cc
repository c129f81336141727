#include "probe/filter/advert_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/keepalived/config_reader.h"
#include "tests/probe/keepalived/map_source.h"

namespace probe::filter {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> WaysOutOf(const std::string& more, const std::string& vip = "192.168.1.212/24") {
  keepalived::MapSource file(
      {{"/k.conf", "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 66\n priority 90\n " + more +
                       "\n virtual_ipaddress {\n  " + vip + "\n }\n}\n"}});
  const keepalived::Config config = keepalived::ReadConfigFrom(&file, "/k.conf", {}).value();
  std::vector<std::string> ways;
  for (const AdvertPath& way : WaysOut(config.instances.front())) ways.push_back(way.ToString());
  return ways;
}

TEST(AdvertPath, ComesBackAsItWasWritten) {
  for (const char* text :
       {"in eth0 192.168.1.1 224.0.0.18 66 112", "out eth0.7 - 224.0.0.18 255 51", "in br0 fe80::1 ff02::12 1 112"}) {
    const auto path = AdvertPath::Parse(text);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(path->ToString(), text);
  }
}

TEST(AdvertPath, WhatIsNoneIsRefused) {
  for (const char* text : {"", "in", "in eth0 192.168.1.1 224.0.0.18 66", "by eth0 192.168.1.1 224.0.0.18 66 112",
                           "in eth0 x 224.0.0.18 66 112", "in eth0 - - 66 112", "in eth0 - 224.0.0.18 256 112",
                           "in  - 224.0.0.18 66 112", "in eth0 - 224.0.0.18 66 112 "}) {
    EXPECT_TRUE(absl::IsInvalidArgument(AdvertPath::Parse(text).status())) << text;
  }
}

TEST(WaysOut, GoToTheGroupOrToEachPeer) {
  EXPECT_THAT(WaysOutOf(""), ElementsAre("out eth0 - 224.0.0.18 66 112"));
  EXPECT_THAT(WaysOutOf("", "fd00::1/64"), ElementsAre("out eth0 - ff02::12 66 112"));
  EXPECT_THAT(WaysOutOf("mcast_src_ip 10.0.0.9"), ElementsAre("out eth0 10.0.0.9 224.0.0.18 66 112"));
  EXPECT_THAT(WaysOutOf("authentication {\n auth_type AH\n auth_pass x\n }"),
              ElementsAre("out eth0 - 224.0.0.18 66 51"));
  EXPECT_THAT(WaysOutOf("unicast_src_ip 10.0.0.1\n unicast_peer {\n 10.0.0.2\n 10.0.0.3\n }"),
              ElementsAre("out eth0 10.0.0.1 10.0.0.2 66 112", "out eth0 10.0.0.1 10.0.0.3 66 112"));
}

}  // namespace
}  // namespace probe::filter
