#include "probe/keepalived/snippet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/probe/keepalived/read_text.h"

namespace probe::keepalived {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDirectory[] = "/run/arbiter-probe";

TEST(Snippet, GivesTheLinesAndTheirPlaces) {
  EXPECT_EQ(Snippet(ReadText("vrrp_sync_group G {\n group { B C }\n}\n" + InstanceText("VI_1", "") +
                             InstanceText("B", " virtual_router_id 8\n") + InstanceText("C", " virtual_router_id 9\n")),
                    kDirectory),
            R"(# Above every vrrp_sync_group and vrrp_instance, at the top of /etc/keepalived/keepalived.conf:
track_file arbiter_G {
    file "/run/arbiter-probe/G.demote"
    weight 0
    init_file 0
}
track_file arbiter_VI_1 {
    file "/run/arbiter-probe/VI_1.demote"
    weight 0
    init_file 0
}

# In vrrp_sync_group G (/etc/keepalived/keepalived.conf:1), between its braces:
    track_file {
        arbiter_G
    }

# In vrrp_instance VI_1 (/etc/keepalived/keepalived.conf:4), between its braces:
    track_file {
        arbiter_VI_1
    }

# Then reload keepalived. /run/arbiter-probe must exist before keepalived starts, or it drops the track files.
)");
}

TEST(Snippet, SaysWhatIsThereAlreadyAndNothingMore) {
  const std::string text = Snippet(ReadText("track_file x {\n file /run/arbiter-probe/A.demote\n weight 0\n}\n" +
                                            InstanceText("A", " track_file {\n x\n }\n")),
                                   kDirectory);
  EXPECT_EQ(text,
            "# vrrp_instance A (/etc/keepalived/keepalived.conf:5) has its track file already: "
            "/run/arbiter-probe/A.demote\n");
}

TEST(Snippet, SaysWhichNameCannotHaveOne) {
  const std::string text = Snippet(ReadText(InstanceText("a/b", "")), kDirectory);
  EXPECT_THAT(text, HasSubstr("# vrrp_instance a/b (/etc/keepalived/keepalived.conf:1): 'a/b' cannot be the name"));
  EXPECT_THAT(text, Not(HasSubstr("reload")));
}

TEST(Snippet, OfNothingIsEmpty) { EXPECT_EQ(Snippet(ReadText(""), kDirectory), ""); }

}  // namespace
}  // namespace probe::keepalived
