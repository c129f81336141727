// Webhooks over loopback, with a real receiver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "arbiter/notify/body.h"
#include "arbiter/notify/delivery.h"
#include "tests/arbiter/notify/http_receiver.h"
#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class WebhookTest : public testing::Test {
 protected:
  absl::Status Deliver(const HttpReceiver& receiver, const std::string& path = "", Format format = Format::kJson) {
    Target target;
    target.name = "ops";
    target.webhook.url = receiver.url() + path;
    target.webhook.format = format;
    target.webhook.bearer_token_file = token_file_;
    return MakeWebhook(target)->Deliver(notification_, stopping_);
  }
  std::string token_file_;
  store::Notification notification_ = SampleSplit();
  std::atomic<bool> stopping_{false};
};

TEST_F(WebhookTest, PostsTheBodyAsJson) {
  const HttpReceiver receiver;
  const absl::Status status = Deliver(receiver, "/hook");
  ASSERT_TRUE(status.ok()) << status;
  const Request request = receiver.requests().at(0);
  EXPECT_THAT(request.head, StartsWith("POST /hook HTTP/1.1\r\n"));
  EXPECT_THAT(request.head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request.head, HasSubstr("Idempotency-Key: w1-8-1"));
  EXPECT_THAT(request.head, Not(HasSubstr("Authorization")));
  EXPECT_EQ(request.body, JsonBody(notification_));
}

TEST_F(WebhookTest, KnowsWhereAlertmanagerTakesAlerts) {
  const HttpReceiver receiver;
  ASSERT_TRUE(Deliver(receiver, "/", Format::kAlertmanager).ok());
  EXPECT_THAT(receiver.requests().at(0).head, StartsWith("POST /api/v2/alerts HTTP/1.1\r\n"));
  EXPECT_THAT(receiver.requests().at(0).body, StartsWith(R"([{"labels":{"alertname":"ArbiterSplit")"));
}

TEST_F(WebhookTest, SaysWhatIsWrongWithTheToken) {
  const HttpReceiver receiver;
  token_file_ = testing::TempDir();
  EXPECT_EQ(Deliver(receiver), absl::UnavailableError("read " + token_file_ + ": Is a directory"));
  token_file_ = testing::TempDir() + "webhook_two_lines";
  std::ofstream(token_file_) << " \n";
  EXPECT_EQ(Deliver(receiver), absl::UnavailableError("read " + token_file_ + ": there is no token in it"));
  std::ofstream(token_file_) << "two\nlines\n";
  EXPECT_EQ(Deliver(receiver), absl::UnavailableError("read " + token_file_ + ": a token is one line without spaces"));
  std::remove(token_file_.c_str());
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(WebhookTest, SendsTheTokenAndDoesNotTellItInAnError) {
  token_file_ = testing::TempDir() + "webhook_token";
  std::ofstream(token_file_) << "s3cret\n";
  const HttpReceiver receiver({"401 Unauthorized"});
  const absl::Status status = Deliver(receiver);
  std::remove(token_file_.c_str());
  EXPECT_THAT(receiver.requests().at(0).head, HasSubstr("Authorization: Bearer s3cret"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("s3cret")));
}

TEST_F(WebhookTest, WithoutItsTokenFileNothingIsSent) {
  const HttpReceiver receiver;
  token_file_ = "/nonexistent/token";
  const absl::Status status = Deliver(receiver);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/token"));
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(WebhookTest, TellsWhatToTryAgainFromWhatIsRefusedForGood) {
  const HttpReceiver receiver({"500 Oops", "302 Found", "429 Slow", "404 None", "400 Bad", "202 Accepted"});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Deliver(receiver).code(), absl::StatusCode::kUnavailable) << i;
  EXPECT_EQ(Deliver(receiver).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Deliver(receiver).ok());
}

TEST_F(WebhookTest, NobodyThereIsTriedAgain) {
  std::string url;
  {
    const HttpReceiver gone;
    url = gone.url();
  }
  Target target;
  target.webhook.url = url;
  EXPECT_EQ(MakeWebhook(target)->Deliver(notification_, stopping_).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace arbiter::notify
