#include "tests/lab/keepalived_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lab {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(KeepalivedConfig, WritesAnInstanceWithItsTrackFile) {
  const std::string text = Render({.instances = {{.name = "VI_2",
                                                  .virtual_router_id = 65,
                                                  .priority = 90,
                                                  .virtual_ipaddress = {"192.168.1.212/24"},
                                                  .track_file = "/run/x/VI_2.demote"}}});
  EXPECT_THAT(text, HasSubstr("track_file arbiter_VI_2 {\nfile \"/run/x/VI_2.demote\"\nweight 0\ninit_file 0\n}\n"));
  EXPECT_THAT(text, HasSubstr("vrrp_instance VI_2 {\n"));
  EXPECT_THAT(text, HasSubstr("virtual_router_id 65\npriority 90\n"));
  EXPECT_THAT(text, HasSubstr("virtual_ipaddress {\n192.168.1.212/24\n}\n"));
  EXPECT_THAT(text, HasSubstr("track_file {\narbiter_VI_2\n}\n"));
}

TEST(KeepalivedConfig, LeavesOutWhatIsNotSet) {
  const std::string text = Render({.instances = {{.virtual_ipaddress = {"192.168.1.212/24"}}}});
  for (const char* word : {"track_file", "authentication", "unicast", "vmac", "nopreempt", "sync_group", "excluded"}) {
    EXPECT_THAT(text, Not(HasSubstr(word)));
  }
}

TEST(KeepalivedConfig, WritesASyncGroup) {
  const std::string text = Render({.instances = {}, .sync_groups = {{.name = "G", .instances = {"VI_1", "VI_2"}}}});
  EXPECT_THAT(text, HasSubstr("vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n"));
}

}  // namespace
}  // namespace lab
