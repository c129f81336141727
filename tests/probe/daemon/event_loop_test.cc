#include "probe/daemon/event_loop.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

namespace probe::daemon {
namespace {

using netlink::UniqueFd;

class EventLoopTest : public testing::Test {
 protected:
  static UniqueFd Readable() { return UniqueFd(eventfd(1, EFD_NONBLOCK)); }
  void Once() { ASSERT_TRUE(loop->RunOnce(std::chrono::steady_clock::now()).ok()); }

  std::unique_ptr<EventLoop> loop = EventLoop::Open().value();
};

TEST_F(EventLoopTest, CallsWhatIsReadableUntilItIsUnwatched) {
  const UniqueFd fd = Readable();
  int calls = 0;
  loop->Watch(fd.get(), [&] { ++calls; });
  Once();
  Once();
  EXPECT_EQ(calls, 2);
  loop->Unwatch(fd.get());
  Once();
  EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, CallsFirstWhatMustNotWait) {
  const std::array<UniqueFd, 5> fds = {Readable(), Readable(), Readable(), Readable(), Readable()};
  std::string order;
  for (std::size_t i = 0; i < fds.size(); ++i) {
    const auto turn = i == 3 ? EventLoop::Turn::kFirst : EventLoop::Turn::kInOrder;
    loop->Watch(fds[i].get(), turn, [&order, i] { order += std::to_string(i); });
  }
  Once();
  ASSERT_EQ(order.size(), 5U);
  EXPECT_EQ(order.front(), '3');
}

TEST_F(EventLoopTest, ReturnsAtTheDeadline) {
  const UniqueFd fd(eventfd(0, EFD_NONBLOCK));
  loop->Watch(fd.get(), [] { ADD_FAILURE() << "nothing is readable"; });
  const Instant until = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  ASSERT_TRUE(loop->RunOnce(until).ok());
  EXPECT_GE(std::chrono::steady_clock::now(), until);
}

TEST_F(EventLoopTest, LetsCallbacksUnwatchThemselvesAndEachOther) {
  std::array<UniqueFd, 2> fds = {Readable(), Readable()};
  int calls = 0;
  for (const UniqueFd& fd : fds) {
    loop->Watch(fd.get(), [&] {
      ++calls;
      for (const UniqueFd& each : fds) loop->Unwatch(each.get());
    });
  }
  Once();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, DoesNotCallANewOwnerOfANumberForWhatWasReadableBefore) {
  std::array<UniqueFd, 2> fds = {Readable(), Readable()};
  bool wrong = false;
  int calls = 0;
  for (const UniqueFd& fd : fds) {
    loop->Watch(fd.get(), [&] {
      if (++calls > 1) return;
      for (UniqueFd& each : fds) {
        loop->Unwatch(each.get());
        loop->Watch(each.get(), [&] { wrong = true; });
      }
    });
  }
  Once();
  EXPECT_FALSE(wrong);
  Once();
  EXPECT_TRUE(wrong);
}

}  // namespace
}  // namespace probe::daemon
