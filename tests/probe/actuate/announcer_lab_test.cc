#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/actuate/announcer.h"
#include "probe/netlink/kernel_reader.h"
#include "tests/lab/lab.h"
#include "tests/lab/wait.h"
#include "tests/probe/actuate/gate_lab.h"

namespace probe::actuate {
namespace {

using lab::Seen;
using lab::WaitUntil;
using std::chrono::seconds;

class AnnouncerLab : public testing::TestWithParam<const char*> {
 protected:
  AnnouncerLab() : a_(lab_.AddHost("a", 1)), client_(lab_.AddHost("client", 2)) {
    const std::string prefix = Ip(GetParam()).is_v4() ? "/24" : "/64";
    a_.Do({"ip", "addr", "add", GetParam() + prefix, "dev", "eth0"});
    if (Ip(GetParam()).is_v6()) a_.Do({"ip", "addr", "replace", GetParam() + prefix, "dev", "eth0", "nodad"});
    // The client believes that the VIP is where nobody is.
    client_.Do(
        {"ip", "neigh", "replace", GetParam(), "lladdr", "02:00:00:00:00:99", "nud", "reachable", "dev", "eth0"});
  }

  absl::Status Announce() {
    absl::Status status;
    a_.netns().Enter([&] {
      auto reader = netlink::KernelReader::Open();
      auto announcer = Announcer::Open();
      ASSERT_TRUE(reader.ok() && announcer.ok());
      const auto places = reader->Find(Ip(GetParam()));
      ASSERT_TRUE(places.ok() && !places->empty());
      const auto announcement = MakeAnnouncement(places->front());
      ASSERT_TRUE(announcement.ok()) << announcement.status();
      mac_ = announcement->mac.ToString();
      status = announcer->Announce(*announcement);
    });
    return status;
  }

  [[nodiscard]] std::string Believed() const { return client_.Do({"ip", "neigh", "show", GetParam()}); }

  lab::Lab lab_;
  lab::Host& a_;
  lab::Host& client_;
  std::string mac_;
};

TEST_P(AnnouncerLab, CorrectsWhatAClientBelieves) {
  ASSERT_THAT(Believed(), testing::HasSubstr("02:00:00:00:00:99"));
  ASSERT_TRUE(Announce().ok());
  EXPECT_TRUE(WaitUntil("the client knows better", seconds(5), [&] {
    return Seen{Believed().find(mac_) != std::string::npos, Believed()};
  }));
}

TEST_P(AnnouncerLab, BehindAShutGateSaysThatNothingLeft) {
  const auto gate = OpenGateOn(a_);
  ASSERT_TRUE(gate->Shut(KeyOn(GetParam()), "the test").ok());
  const absl::Status status = Announce();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(GetParam()));
  EXPECT_THAT(Believed(), testing::HasSubstr("02:00:00:00:00:99"));
}

INSTANTIATE_TEST_SUITE_P(Families, AnnouncerLab, testing::Values("192.168.1.212", "fd00:1::212"),
                         [](const auto& test) { return Ip(test.param).is_v4() ? "V4" : "V6"; });

}  // namespace
}  // namespace probe::actuate
