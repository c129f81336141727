#include "probe/session/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace probe::session {
namespace {

bool Readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

TEST(Mailbox, IsReadableExactlyWhileSomethingWaits) {
  Mailbox mailbox;
  EXPECT_FALSE(Readable(mailbox.fd()));
  mailbox.Post({1, StreamEnded{}});
  mailbox.Post({2, StreamEnded{}});
  EXPECT_TRUE(Readable(mailbox.fd()));
  const std::vector<Mail> taken = mailbox.Take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].stream, 1U);
  EXPECT_EQ(taken[1].stream, 2U);
  EXPECT_FALSE(Readable(mailbox.fd()));
}

TEST(Mailbox, SaysWhenItIsFull) {
  Mailbox mailbox;
  for (std::size_t i = 1; i < Mailbox::kFull; ++i) ASSERT_TRUE(mailbox.Post({1, StreamEnded{}}));
  EXPECT_FALSE(mailbox.Post({1, StreamEnded{}}));
  mailbox.Take();
  EXPECT_TRUE(mailbox.Post({1, StreamEnded{}}));
}

}  // namespace
}  // namespace probe::session
