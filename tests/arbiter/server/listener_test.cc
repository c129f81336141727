// The arbiter's port: who is let in, and what happens when there are more than it has descriptors for.
#include "arbiter/server/listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/arbiter/process/raw_connections.h"
#include "tests/arbiter/server/test_probe.h"

namespace arbiter::server {
namespace {

constexpr int kFewDescriptors = 200;

// This process may have few descriptors while it lives.
class FewDescriptors {
 public:
  FewDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{kFewDescriptors, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

// Keeps what a listener accepts, and greets it with a byte.
class Taken {
 public:
  void Add(process::Descriptor connection) {
    send(connection.get(), "!", 1, MSG_NOSIGNAL);
    const absl::MutexLock lock(&mutex_);
    ++count_;
    highest_ = std::max(highest_, connection.get());
    connections_.push_back(std::move(connection));
  }
  void TurnAway() {
    const absl::MutexLock lock(&mutex_);
    ++turned_away_;
  }
  void CloseAll() {
    const absl::MutexLock lock(&mutex_);
    connections_.clear();
  }
  int count() {
    const absl::MutexLock lock(&mutex_);
    return count_;
  }
  int turned_away() {
    const absl::MutexLock lock(&mutex_);
    return turned_away_;
  }
  int highest() {
    const absl::MutexLock lock(&mutex_);
    return highest_;
  }

 private:
  absl::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
  int turned_away_ ABSL_GUARDED_BY(mutex_) = 0;
  int highest_ ABSL_GUARDED_BY(mutex_) = -1;
  std::vector<process::Descriptor> connections_ ABSL_GUARDED_BY(mutex_);
};

void Start(Listener* listener, Taken* taken) {
  listener->Start({.accepted = [taken](process::Descriptor connection) { taken->Add(std::move(connection)); },
                   .turned_away = [taken] { taken->TurnAway(); }});
}

std::unique_ptr<Listener> OpenFor(Taken* taken, const Endpoint& endpoint, const Limits& limits = {}) {
  auto listener = Listener::Open(endpoint, limits);
  EXPECT_TRUE(listener.ok()) << listener.status();
  Start(listener->get(), taken);
  return *std::move(listener);
}

TEST(Listener, GoesOnAfterItHadNoDescriptorLeft) {
  const FewDescriptors few;
  Taken taken;
  auto listener = Listener::Open({"127.0.0.1", 0}, {});
  ASSERT_TRUE(listener.ok()) << listener.status();
  std::vector<process::Descriptor> clients;
  do {
    clients.push_back(process::ConnectTo((*listener)->port()));
  } while (clients.back().get() >= 0);
  Start(listener->get(), &taken);  // it finds connections that wait, and nothing to take them with
  clients.clear();
  EXPECT_TRUE(Eventually([&] {
    taken.CloseAll();
    const process::Descriptor client = process::ConnectTo((*listener)->port());
    char greeting = 0;
    return recv(client.get(), &greeting, 1, 0) == 1;
  }));
}

TEST(Listener, LeavesTheLastDescriptorsToOthers) {
  const FewDescriptors few;
  Taken taken;
  const auto listener = OpenFor(&taken, {"127.0.0.1", 0});
  std::vector<process::Descriptor> clients;
  for (int i = 0; i < kFewDescriptors / 2; ++i) {  // both ends together need more than there are
    clients.push_back(process::ConnectTo(listener->port()));
  }
  EXPECT_TRUE(Eventually([&] { return taken.turned_away() > 0; }));
  EXPECT_LT(taken.highest(), kFewDescriptors - Listener::kSpareDescriptors);
}

Limits SlowPace() {
  Limits limits;
  limits.connections_at_once = 2;
  limits.connections_a_second = 20;
  return limits;
}

TEST(Listener, TakesUpWhatIsBeyondThePaceLaterAndRefusesNone) {
  Taken taken;
  const auto before = std::chrono::steady_clock::now();
  const auto listener = OpenFor(&taken, {"127.0.0.1", 0}, SlowPace());
  constexpr int kMany = 10;
  const std::vector<process::Descriptor> clients = process::ConnectMany(listener->port(), kMany, "");
  ASSERT_EQ(clients.size(), kMany);
  for (const process::Descriptor& client : clients) {
    char greeting = 0;
    EXPECT_EQ(recv(client.get(), &greeting, 1, 0), 1);
  }
  EXPECT_GE(std::chrono::steady_clock::now() - before, (kMany - 2) * std::chrono::milliseconds(50));
}

// Who has given up while it waited keeps nobody else waiting.
TEST(Listener, WhoHasHungUpIsNotTakenUp) {
  Taken taken;
  auto listener = Listener::Open({"127.0.0.1", 0}, SlowPace());
  ASSERT_TRUE(listener.ok()) << listener.status();
  for (int i = 0; i < 10; ++i) {
    process::ConnectMany((*listener)->port(), 1, "gone");
  }
  const process::Descriptor client = process::ConnectTo((*listener)->port());
  Start(listener->get(), &taken);
  char greeting = 0;
  EXPECT_EQ(recv(client.get(), &greeting, 1, 0), 1);
  EXPECT_LE(taken.count(), 1);  // the others came before it; it may not be counted yet
}

TEST(Listener, FreesItsPortWhenItStops) {
  Taken taken;
  const auto first = OpenFor(&taken, {"127.0.0.1", 0});
  const auto port = static_cast<std::uint16_t>(first->port());
  EXPECT_EQ(Listener::Open({"127.0.0.1", port}, {}).status().message(),
            "listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  first->Stop();
  EXPECT_TRUE(Listener::Open({"127.0.0.1", port}, {}).ok());
}

TEST(Listener, EveryAddressIncludesLoopback) {
  for (const char* host : {"0.0.0.0", "::"}) {
    Taken taken;
    const auto listener = OpenFor(&taken, {host, 0});
    const process::Descriptor client = process::ConnectTo(listener->port());
    EXPECT_TRUE(Eventually([&] { return taken.count() == 1; })) << host;
  }
}

}  // namespace
}  // namespace arbiter::server
