// `sniff` while it listens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <sstream>
#include <thread>

#include "probe/daemon/sniff_command.h"
#include "probe/netlink/unique_fd.h"
#include "tests/lab/wait.h"
#include "tests/probe/capture/wire_fixture.h"

namespace probe::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using vrrp::BuildEthernet;

// Text that one thread writes and another looks at.
class SharedText : public std::stringbuf {
 public:
  std::string Now() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 protected:
  int sync() override {
    const std::lock_guard lock(mutex_);
    text_ = str();
    return 0;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

class SniffLiveTest : public capture::WireTest {
 protected:
  // Runs the command in the namespace until `work`, called once it listens, is done and it has been told to stop.
  template <typename Work>
  int Sniff(SniffOptions options, const Work& work) {
    const netlink::UniqueFd stop(eventfd(0, EFD_CLOEXEC));
    options.stop_fd = stop.get();
    int code = -1;
    std::thread command([&] {
      netns().Enter([&] {
        thread_ = pthread_self();
        std::ostream out(&out_);
        std::ostream err(&err_);
        code = RunSniff(options, out, err);
        err.flush();
      });
      ended_ = true;
    });
    EXPECT_TRUE(Await(err_, "listening on"));
    work();
    const std::uint64_t one = 1;
    EXPECT_EQ(write(stop.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    command.join();
    return code;
  }

  testing::AssertionResult Await(SharedText& text, const std::string& part) {
    return lab::WaitUntil(part, std::chrono::seconds(10), [&] {
      const std::string now = text.Now();
      return lab::Seen{now.find(part) != std::string::npos || ended_, now};
    });
  }

  SharedText out_;
  SharedText err_;
  std::atomic<bool> ended_ = false;
  pthread_t thread_{};
};

TEST_F(SniffLiveTest, PrintsEachAdvertAsItPassesWithInterfaceAndDirection) {
  const int code = Sniff({.interfaces = {"left", "right"}}, [this] {
    Send("left", {BuildEthernet({})});
    EXPECT_TRUE(Await(out_, " left sent 192.168.1.11 > 224.0.0.18 ttl 255"));
    EXPECT_TRUE(Await(out_, " right received 192.168.1.11 > 224.0.0.18 ttl 255"));
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(err_.Now(), "sniff: listening on left, right; Ctrl-C ends\n");
}

TEST_F(SniffLiveTest, ListensOnAllEthernetLikeInterfacesThatAreUp) {
  Ip("link add unused type veth peer name unused2\n");
  Sniff({}, [] {});
  EXPECT_EQ(err_.Now(), "sniff: listening on left, right; Ctrl-C ends\n");
}

TEST_F(SniffLiveTest, EndsOnASignalAndSaysWhatItCouldNotRead) {
  vrrp::AdvertSpec type2;
  type2.type = 2;
  const int code = Sniff({.interfaces = {"right"}, .json = true}, [&] {
    Send("left", {BuildEthernet(type2), BuildEthernet({})});
    EXPECT_TRUE(Await(out_, R"("vrid":66)"));
    pthread_kill(thread_, SIGTERM);
    EXPECT_TRUE(lab::WaitUntil("the end", std::chrono::seconds(10), [this] { return lab::Seen{ended_, "running"}; }));
  });
  EXPECT_EQ(code, 0);
  EXPECT_THAT(err_.Now(), HasSubstr("sniff: 1 packet not readable (vrrp-type)"));
}

TEST_F(SniffLiveTest, OutlivesOneOfItsInterfacesAndFailsWithTheLast) {
  Ip("link add far type veth peer name near\n"
     "link set far up\n"
     "link set near up\n");
  const int code = Sniff({.interfaces = {"right", "near"}}, [this] {
    Ip("link delete left\n");
    EXPECT_TRUE(Await(err_, "capture on right: the interface is gone"));
    Send("far", {BuildEthernet({})});
    EXPECT_TRUE(Await(out_, " near received "));
    Ip("link delete far\n");
    EXPECT_TRUE(Await(err_, "capture on near: the interface is gone"));
    EXPECT_TRUE(lab::WaitUntil("the end", std::chrono::seconds(10), [this] { return lab::Seen{ended_, "running"}; }));
  });
  EXPECT_EQ(code, 1);
}

TEST_F(SniffLiveTest, SaysInOneLineWhyItCannotListen) {
  const auto run = [](const SniffOptions& options, std::string& err) {
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    const int code = RunSniff(options, out_stream, err_stream);
    err = err_stream.str();
    return code;
  };
  std::string err;
  netns().Enter([&] { EXPECT_EQ(run({.interfaces = {"right", "nowhere"}}, err), 1); });
  EXPECT_EQ(err, "sniff: capture on nowhere: no such interface (`ip link` lists them)\n");
  netns().Enter([&] {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    ASSERT_EQ(syscall(SYS_capset, &header, none), 0);
    EXPECT_EQ(run({}, err), 77);
  });
  EXPECT_EQ(err, "sniff: capture on left: not permitted; run as root or grant CAP_NET_RAW\n");
  Ip("link set left down\n"
     "link set right down\n");
  netns().Enter([&] { EXPECT_EQ(run({}, err), 1); });
  EXPECT_EQ(err, "sniff: no Ethernet-like interface is up (`ip link` lists them)\n");
}

}  // namespace
}  // namespace probe::daemon
