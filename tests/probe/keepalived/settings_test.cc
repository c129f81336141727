#include "probe/keepalived/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using arbiter::IpAddress;
using arbiter::model::InstanceConfig;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr char kText[] = R"(vrrp_sync_group G {
    group {
        VI_1
    }
}
vrrp_instance VI_1 {
    interface eth1
    virtual_router_id 7
    priority 90
    version 3
    advert_int 0.5
    state MASTER
    nopreempt
    use_vmac
    vmac_xmit_base
    dont_track_primary
    unicast_src_ip 10.0.0.8
    unicast_peer {
        10.0.0.9
    }
    virtual_ipaddress {
        10.0.0.1
        10.0.0.2
    }
    virtual_ipaddress_excluded {
        fd00::1
    }
}
)";

std::string Line(int number) { return std::string(kRoot) + ":" + std::to_string(number); }

TEST(SettingsOf, TellsWhatTheFileSaysAndWhere) {
  const Config config = ReadText(kText);
  ASSERT_EQ(config.instances.size(), 1U);
  InstanceConfig settings = SettingsOf(config.instances[0], Scopes(config), {});
  EXPECT_EQ(settings.name, "VI_1");
  EXPECT_EQ(settings.interface, "eth1");
  EXPECT_EQ(settings.vrid, 7);
  EXPECT_EQ(settings.priority, 90);
  EXPECT_EQ(settings.version, 3);
  EXPECT_EQ(settings.advert_interval, std::chrono::milliseconds(500));
  EXPECT_EQ(settings.initial_state, "MASTER");
  EXPECT_EQ(settings.sync_group, "G");
  EXPECT_TRUE(settings.use_vmac && settings.vmac_xmit_base && settings.ignores_link);
  EXPECT_THAT(settings.addresses, ElementsAre(*IpAddress::Parse("10.0.0.1"), *IpAddress::Parse("10.0.0.2")));
  EXPECT_THAT(settings.excluded_addresses, ElementsAre(*IpAddress::Parse("fd00::1")));
  EXPECT_EQ(settings.unicast_source, *IpAddress::Parse("10.0.0.8"));
  EXPECT_THAT(settings.unicast_peers, ElementsAre(*IpAddress::Parse("10.0.0.9")));
  EXPECT_EQ(settings.auth_fingerprint, "") << "without a key";
  EXPECT_THAT(settings.origin,
              AllOf(Contains(Pair("vrrp_instance", Line(6))), Contains(Pair("interface", Line(7))),
                    Contains(Pair("virtual_router_id", Line(8))), Contains(Pair("vmac_xmit_base", Line(15))),
                    Contains(Pair("unicast_peer", Line(19))), Contains(Pair("virtual_ipaddress", Line(22))),
                    Contains(Pair("virtual_ipaddress_excluded", Line(26)))));
  EXPECT_THAT(settings.origin, Not(Contains(Key("10.0.0.2")))) << "a report has no room for each";
  AddAddressOrigins(config.instances[0], &settings);
  EXPECT_THAT(settings.origin, AllOf(Contains(Pair("10.0.0.2", Line(23))), Contains(Pair("fd00::1", Line(26)))));
}

TEST(SettingsOf, ComparesPasswordsUnderAKey) {
  const auto fingerprint = [](const char* password) {
    const Config config = ReadText(
        InstanceText("VI_1", std::string("authentication {\n auth_type PASS\n auth_pass ") + password + "\n }\n"));
    const std::array<std::uint8_t, 4> key{1, 2, 3, 4};
    return SettingsOf(config.instances.at(0), Scopes(config), key).auth_fingerprint;
  };
  EXPECT_EQ(fingerprint("secret"), fingerprint("secret"));
  EXPECT_NE(fingerprint("secret"), fingerprint("terces"));
  EXPECT_EQ(fingerprint("secret").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace probe::keepalived
