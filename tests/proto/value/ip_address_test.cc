#include "proto/value/ip_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace arbiter {
namespace {

IpAddress Ip(absl::string_view text) { return *IpAddress::Parse(text); }

TEST(IpAddress, TextGoesThroughUnchanged) {
  for (const std::string text : {"0.0.0.0", "192.168.1.212", "255.255.255.255", "::", "2001:db8::212", "fe80::1"}) {
    const auto parsed = IpAddress::Parse(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(parsed->ToString(), text);
  }
}

TEST(IpAddress, WhatIsNoAddressIsRefusedByName) {
  for (const std::string text :
       {"", "192.168.1", "192.168.1.212/24", "1.2.3.4.5", "fe80::1%eth0", "eth0", "300.1.1.1"}) {
    const auto parsed = IpAddress::Parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(std::string(parsed.status().message()).find("'" + text + "'"), std::string::npos);
  }
}

TEST(IpAddress, BytesOfAnyOtherLengthAreRefused) {
  EXPECT_TRUE(IpAddress::FromBytes(std::vector<std::uint8_t>(4)).ok());
  EXPECT_TRUE(IpAddress::FromBytes(std::vector<std::uint8_t>(16)).ok());
  for (const std::size_t length : {0U, 3U, 5U, 15U, 17U}) {
    EXPECT_FALSE(IpAddress::FromBytes(std::vector<std::uint8_t>(length)).ok()) << length;
  }
}

TEST(IpAddress, OrderIsNumericWithinAFamily) {
  EXPECT_LT(Ip("9.0.0.1"), Ip("10.0.0.1"));
  EXPECT_LT(Ip("192.168.1.1"), Ip("192.168.1.2"));
  EXPECT_LT(Ip("255.255.255.255"), Ip("::"));
}

TEST(IpAddress, OrderIsThatOfTheBytes) {
  const std::vector<std::string> ascending = {
      "0.0.0.1",      "1.0.0.0", "255.255.255.255", "::",      "::1",        "::100",      "::1:0:0:0",
      "::1:0:0:0:0",  "1::",     "100::",           "fe80::1", "fe80::ff00", "fe80:0:1::", "ff02::1:0:0:0",
      "ff02::1:0:0:1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(Ip(ascending[i]) <=> Ip(ascending[j]), i <=> j) << ascending[i] << ", " << ascending[j];
    }
  }
}

TEST(IpAddress, PrefixesAreComparedBitByBit) {
  EXPECT_TRUE(Ip("192.168.1.1").SamePrefix(Ip("192.168.1.254"), 24));
  EXPECT_FALSE(Ip("192.168.1.1").SamePrefix(Ip("192.168.2.1"), 24));
  EXPECT_TRUE(Ip("10.0.0.127").SamePrefix(Ip("10.0.0.1"), 25));
  EXPECT_FALSE(Ip("10.0.0.128").SamePrefix(Ip("10.0.0.1"), 25));
  EXPECT_TRUE(Ip("1.2.3.4").SamePrefix(Ip("200.2.3.4"), 0));
  EXPECT_FALSE(Ip("1.2.3.4").SamePrefix(Ip("::1"), 0));
}

TEST(IpAddress, SpecialRangesAreKnown) {
  EXPECT_TRUE(Ip("127.0.0.53").IsLoopback());
  EXPECT_TRUE(Ip("::1").IsLoopback());
  EXPECT_FALSE(Ip("::2").IsLoopback());
  EXPECT_TRUE(Ip("fe80::1").IsLinkLocal());
  EXPECT_TRUE(Ip("169.254.1.1").IsLinkLocal());
  EXPECT_TRUE(Ip("224.0.0.18").IsMulticast());
  EXPECT_TRUE(Ip("ff02::12").IsMulticast());
  EXPECT_TRUE(IpAddress().IsUnspecified());
}

}  // namespace
}  // namespace arbiter
