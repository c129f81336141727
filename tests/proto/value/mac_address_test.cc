#include "proto/value/mac_address.h"

#include <gtest/gtest.h>

#include <string>

namespace arbiter {
namespace {

TEST(MacAddress, TextGoesThroughInLowerCase) {
  EXPECT_EQ(MacAddress::Parse("00:00:5E:00:01:42")->ToString(), "00:00:5e:00:01:42");
}

TEST(MacAddress, WhatIsNoMacIsRefused) {
  for (const std::string text :
       {"", "00:00:5e:00:01", "00:00:5e:00:01:4", "0:0:5e:0:1:42", "zz:00:5e:00:01:42", "00:00:5e:00:01:42:00"}) {
    EXPECT_FALSE(MacAddress::Parse(text).ok()) << text;
  }
}

TEST(MacAddress, VirtualRouterMacsFollowRfc9568) {
  EXPECT_EQ(MacAddress::VirtualRouter(66, false).ToString(), "00:00:5e:00:01:42");
  EXPECT_EQ(MacAddress::VirtualRouter(66, true).ToString(), "00:00:5e:00:02:42");
}

}  // namespace
}  // namespace arbiter
