// What a receiver has not acknowledged outlives the process.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "arbiter/notify/body.h"
#include "arbiter/notify/notifier.h"
#include "arbiter/store/sqlite_store.h"
#include "tests/arbiter/notify/http_receiver.h"
#include "tests/arbiter/notify/sample.h"

namespace arbiter::notify {
namespace {

class RestartTest : public testing::Test {
 protected:
  RestartTest() {
    std::string pattern = testing::TempDir() + "outbox.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~RestartTest() override { std::filesystem::remove_all(folder_); }

  static std::vector<Target> TargetsOf(const std::string& url) {
    Target target;
    target.name = "ops";
    target.webhook.url = url;
    return {target};
  }
  static Courier::Limits Quick() {
    Courier::Limits limits;
    limits.waits = {absl::Milliseconds(5), absl::Milliseconds(20)};
    return limits;
  }
  // Writes at once.
  static Notifier::Hooks HooksOf(store::Store* store) {
    return {.keep =
                [store](const store::OutboxEntry& entry) {
                  store::Batch batch;
                  batch.outbox = {entry};
                  EXPECT_TRUE(store->Write(batch).ok());
                },
            .told =
                [store](const store::Notification& told) {
                  store::Batch batch;
                  batch.told = {told};
                  EXPECT_TRUE(store->Write(batch).ok());
                },
            .forget =
                [store](const std::string& target, const std::string& id) {
                  store::Batch batch;
                  batch.delivered = {{target, id}};
                  EXPECT_TRUE(store->Write(batch).ok());
                },
            .say = [](bool, const std::string&, const std::string&) {}};
  }
  static std::vector<core::Effect> SplitOf(const char* incident) {
    core::Note note;
    note.severity = core::Note::Severity::kError;
    note.cluster = "prod";
    note.vip = *IpAddress::Parse("192.0.2.10");
    note.incident = incident;
    note.kind = "split";
    return {note};
  }
  static std::vector<core::Effect> NodeIs(bool there) {
    core::Note note;
    note.severity = there ? core::Note::Severity::kInfo : core::Note::Severity::kWarning;
    note.cluster = "prod";
    note.node = "a";
    note.kind = "node";
    return {note};
  }
  // One life of a notifier on the store; `live` drives it until the first target has acknowledged `sent`.
  void Live(const HttpReceiver& receiver, std::uint64_t sent, const std::function<void(Notifier*)>& live) {
    store::SqliteStore store(folder_, {});
    const auto remembered = store.Open();
    ASSERT_TRUE(remembered.ok()) << remembered.status();
    Notifier notifier("w1", TargetsOf(receiver.url()), Quick());
    notifier.Start(*remembered, HooksOf(&store));
    live(&notifier);
    EXPECT_TRUE(AwaitSent(notifier, sent));
    notifier.Stop();
  }
  // The first target has acknowledged so many; false when it has not within 20 s.
  static bool AwaitSent(const Notifier& notifier, std::uint64_t count) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (notifier.Status().at(0).sent < count) {
      if (absl::Now() > limit) return false;
      absl::SleepFor(absl::Milliseconds(2));
    }
    return true;
  }
  std::size_t Waiting() {
    store::SqliteStore store(folder_, {});
    return store.Open().value().outbox.size();
  }

  std::string folder_;
};

TEST_F(RestartTest, ANotificationOfAProcessThatWasKilledIsDelivered) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    store::SqliteStore store(folder_, {});
    if (!store.Open().ok()) _exit(1);
    store::Batch batch;
    batch.outbox = {{"ops", SampleSplit("w1-1-1")}, {"ops", SampleHealed("w1-1-2")}, {"gone", SampleSplit("w1-1-1")}};
    if (!store.Write(batch).ok()) _exit(2);
    kill(getpid(), SIGKILL);
  }
  int how = 0;
  ASSERT_EQ(waitpid(child, &how, 0), child);
  ASSERT_TRUE(WIFSIGNALED(how)) << how;

  const HttpReceiver receiver({"503 Not yet", "503 Not yet"});
  {
    store::SqliteStore store(folder_, {});
    const auto remembered = store.Open();
    ASSERT_TRUE(remembered.ok()) << remembered.status();
    Notifier notifier("w1", TargetsOf(receiver.url()), Quick());
    notifier.Start(*remembered, HooksOf(&store));
    EXPECT_TRUE(AwaitSent(notifier, 2));
    notifier.Stop();
  }
  const std::vector<Request> requests = receiver.requests();
  ASSERT_EQ(requests.size(), 4U);
  for (int i = 0; i < 3; ++i) EXPECT_NE(requests[static_cast<std::size_t>(i)].body.find("w1-1-1"), std::string::npos);
  EXPECT_NE(requests[3].body.find("w1-1-2"), std::string::npos);
  EXPECT_EQ(Waiting(), 0U) << "what was acknowledged, or has no target any more, is forgotten";
}

TEST_F(RestartTest, ANodeThatWasToldLostIsToldBackByTheNextLife) {
  const HttpReceiver receiver;
  Live(receiver, 1, [](Notifier* notifier) {
    notifier->OnEffects(NodeIs(false));
    notifier->Tick(std::chrono::steady_clock::now() + Mapping::kGrace);
  });
  Live(receiver, 1, [](Notifier* notifier) { notifier->OnEffects(NodeIs(true)); });
  const std::vector<Request> requests = receiver.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].body.find(R"("status":"firing")"), std::string::npos) << requests[0].body;
  EXPECT_NE(requests[1].body.find(R"("status":"resolved")"), std::string::npos) << requests[1].body;
  Live(receiver, 0, [](Notifier* notifier) { notifier->OnEffects(NodeIs(true)); });
  EXPECT_EQ(receiver.requests().size(), 2U) << "and that once";
}

TEST_F(RestartTest, ATargetThatIsDownKeepsItsNotificationsAndDelaysNobody) {
  const HttpReceiver receiver;
  std::vector<Target> targets = TargetsOf(receiver.url());
  targets.push_back(TargetsOf("http://127.0.0.1:1").front());
  targets.back().name = "down";
  {
    store::SqliteStore store(folder_, {});
    const auto remembered = store.Open();
    ASSERT_TRUE(remembered.ok());
    Notifier notifier("w1", targets, Quick());
    notifier.Start(*remembered, HooksOf(&store));
    notifier.OnEffects(SplitOf("1-1"));
    EXPECT_TRUE(AwaitSent(notifier, 1));
    notifier.Stop();
    EXPECT_EQ(notifier.Status().at(1).waiting, 1U);
  }
  EXPECT_EQ(Waiting(), 1U);
}

TEST_F(RestartTest, WithoutADiskItIsDeliveredFromMemory) {
  const HttpReceiver receiver;
  Notifier notifier("w1", TargetsOf(receiver.url()), Quick());
  notifier.Start({}, {.keep = [](const store::OutboxEntry&) {},
                      .told = [](const store::Notification&) {},
                      .forget = [](const std::string&, const std::string&) {},
                      .say = [](bool, const std::string&, const std::string&) {}});
  notifier.OnEffects(SplitOf("1-1"));
  EXPECT_TRUE(receiver.Await(1));
}

}  // namespace
}  // namespace arbiter::notify
