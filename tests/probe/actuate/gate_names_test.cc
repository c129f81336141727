#include "probe/actuate/gate_names.h"

#include <gtest/gtest.h>

#include <set>

namespace probe::actuate {
namespace {

TEST(GateNames, AnyInterfaceNameBecomesAnIdentifierAndIsReadBack) {
  for (const char* name : {"eth0", "eth0.100", "br-lan", "bond_0", "a@b", "x:1", "0foo", "__", "_5f", "wg+"}) {
    const std::string encoded = EncodeInterface(name);
    EXPECT_EQ(encoded.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"),
              std::string::npos)
        << encoded;
    EXPECT_EQ(DecodeInterface(encoded), name);
  }
}

TEST(GateNames, DifferentInterfacesHaveDifferentNames) {
  std::set<std::string> seen;
  for (const char* name : {"a_b", "a@b", "a__b", "a_40b", "a-b", "a.b"}) seen.insert(EncodeInterface(name));
  EXPECT_EQ(seen.size(), 6U);
}

TEST(GateNames, ASetIsKnownByItsName) {
  for (int i = 0; i < kGateSets; ++i) {
    const auto set = static_cast<GateSet>(i);
    const auto read = ReadSetName(SetName(set, "bond_0"));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->set, set);
    EXPECT_EQ(read->interface, "bond_0");
  }
}

TEST(GateNames, StrangersAreNotOurs) {
  for (const char* name : {"", "shut_ip4", "shut_ip4_", "shut_ip5_eth0", "pass_ip4_a_4", "blocklist"}) {
    EXPECT_FALSE(ReadSetName(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace probe::actuate
