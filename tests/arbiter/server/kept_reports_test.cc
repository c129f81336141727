#include "arbiter/server/kept_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace arbiter::server {
namespace {

using testing::HasSubstr;

struct Message {
  std::vector<core::VipReport> reports;
  KeptReports::Messages vips;
  KeptReports::Messages shared;
};

IpAddress Ip(int number) {
  return IpAddress::Parse("10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256)).value();
}

// Reports of VIPs from `first` on, each with a text of `bytes`.
Message Of(int first, int count, std::size_t bytes) {
  Message message;
  for (int i = first; i < first + count; ++i) {
    message.reports.emplace_back().vip = Ip(i);
    v1::VipReport* vip = message.vips.Add();
    vip->set_address(Ip(i).ToString());
    vip->set_gate_reason(std::string(bytes, 'x'));
  }
  return message;
}

absl::Status Take(KeptReports& kept, const Message& message) {
  return kept.Take(message.reports, message.vips, message.shared);
}

TEST(KeptReports, CountVipsOverAllMessages) {
  KeptReports kept({.vips = 10, .bytes = 1'000'000});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Take(kept, Of(i, 1, 10)).ok());
  const absl::Status more = Take(kept, Of(10, 1, 10));
  EXPECT_TRUE(absl::IsResourceExhausted(more)) << more;
  EXPECT_THAT(std::string(more.message()), HasSubstr("11 VIPs, of a node at most 10"));
}

TEST(KeptReports, CountTheNewestWordOnEachOnly) {
  KeptReports kept({.vips = 10, .bytes = 10'000});
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(Take(kept, Of(0, 10, 500)).ok());
  EXPECT_EQ(kept.vips(), 10U);
  EXPECT_LE(kept.bytes(), 10'000U);
}

TEST(KeptReports, CountBytesOverAllMessages) {
  KeptReports kept({.vips = 1'000, .bytes = 10'000});
  absl::Status status;
  int taken = 0;
  for (; status.ok() && taken < 1'000; ++taken) status = Take(kept, Of(taken, 1, 500));
  EXPECT_LE(taken, 20);
  EXPECT_THAT(std::string(status.message()), HasSubstr("of a node at most 10000 are kept"));
}

TEST(KeptReports, ForgetWhatIsForgotten) {
  KeptReports kept({.vips = 10, .bytes = 100'000});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(Take(kept, Of(i, 1, 1'000)).ok());
    kept.Forget({Ip(i)});
    kept.Forget({Ip(i)});
  }
  EXPECT_EQ(kept.vips(), 0U);
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST(KeptReports, CountWhatAMessageHasInCommonOnce) {
  KeptReports kept({});
  Message message = Of(0, 100, 1);
  message.shared.Add()->set_segment(std::string(10'000, 'x'));
  for (v1::VipReport& vip : message.vips) vip.set_shared(1);
  ASSERT_TRUE(Take(kept, message).ok());
  EXPECT_GE(kept.bytes(), 10'000U);
  EXPECT_LE(kept.bytes(), 20'000U);
}

}  // namespace
}  // namespace arbiter::server
