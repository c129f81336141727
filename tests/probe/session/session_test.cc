// The session against a real gRPC server in this process.
#include "probe/session/session.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <deque>
#include <thread>

#include "absl/synchronization/mutex.h"

namespace probe::session {
namespace {

using arbiter::v1::ArbiterMessage;
using arbiter::v1::ProbeMessage;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// An arbiter that welcomes, echoes each heartbeat as a directive, and ends calls when it is told to.
class FakeArbiter final : public arbiter::v1::ProbeService::Service {
 public:
  grpc::Status Attach(grpc::ServerContext*, grpc::ServerReaderWriter<ArbiterMessage, ProbeMessage>* stream) override {
    ProbeMessage message;
    if (!stream->Read(&message) || !message.has_hello()) return {grpc::StatusCode::INVALID_ARGUMENT, "no Hello"};
    {
      const absl::MutexLock lock(&mutex_);
      hellos_.push_back(message.hello());
      if (!refusal_.ok()) return refusal_;
    }
    ArbiterMessage answer;
    answer.mutable_welcome()->set_term(5);
    if (gives_signs_of_life_) answer.mutable_welcome()->mutable_absent_after()->set_seconds(3);
    stream->Write(answer);
    while (stream->Read(&message)) {
      if (message.has_snapshot()) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
      // Of time 0 a sign of life alone.
      if (message.heartbeat().probe_time_ns() == 0) answer.mutable_alive();
      if (message.heartbeat().probe_time_ns() != 0) {
        answer.mutable_directive()->set_sequence(message.heartbeat().probe_time_ns());
      }
      stream->Write(answer);
    }
    return grpc::Status::OK;
  }

  void Refuse(const grpc::Status& status) {
    const absl::MutexLock lock(&mutex_);
    refusal_ = status;
  }
  // Before the first call.
  void GiveSignsOfLife() { gives_signs_of_life_ = true; }
  std::vector<arbiter::v1::Hello> hellos() {
    const absl::MutexLock lock(&mutex_);
    return hellos_;
  }

 private:
  std::atomic<bool> gives_signs_of_life_ = false;
  absl::Mutex mutex_;
  grpc::Status refusal_ ABSL_GUARDED_BY(mutex_);
  std::vector<arbiter::v1::Hello> hellos_ ABSL_GUARDED_BY(mutex_);
};

class SessionTest : public testing::Test {
 protected:
  SessionTest() { Listen(); }
  ~SessionTest() override {
    session_.reset();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  void Listen() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&arbiter_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  Arbiter At(int port) {
    const std::string address = "127.0.0.1:" + std::to_string(port);
    return {address, [address] { return grpc::CreateChannel(address, grpc::InsecureChannelCredentials()); }};
  }

  void Begin(std::vector<Arbiter> arbiters) {
    session_ = std::make_unique<Session>(std::move(arbiters), 1, now_);
    arbiter::v1::Hello hello;
    hello.set_node("a");
    session_->SetHello(hello);
    session_->OnTick(now_);
  }

  // The next event; the session's clock jumps over its waits.
  SessionEvent Next() {
    while (events_.empty()) {
      pollfd ready{session_->fd(), POLLIN, 0};
      if (poll(&ready, 1, 20'000) != 1) {
        ADD_FAILURE() << "no event within 20 s";
        return Lost();
      }
      for (SessionEvent& event : session_->Take(now_)) events_.push_back(std::move(event));
    }
    SessionEvent event = std::move(events_.front());
    events_.pop_front();
    if (const auto* lost = std::get_if<Lost>(&event)) {
      now_ += lost->retry_in;
      session_->OnTick(now_);
    }
    return event;
  }

  template <typename T>
  T NextOf() {
    SessionEvent event = Next();
    if (T* wanted = std::get_if<T>(&event)) return std::move(*wanted);
    ADD_FAILURE() << "another kind of event: " << event.index();
    return T();
  }

  FakeArbiter arbiter_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Session> session_;
  std::deque<SessionEvent> events_;
  Instant now_ = Instant() + seconds(1000);
};

TEST_F(SessionTest, SaysHelloAndIsWelcomed) {
  Begin({At(port_)});
  EXPECT_EQ(NextOf<Attached>().welcome.term(), 5U);
  EXPECT_TRUE(session_->attached());
  EXPECT_EQ(arbiter_.hellos().at(0).node(), "a");
}

TEST_F(SessionTest, WithoutArbitersNeverConnects) {
  Begin({});
  EXPECT_EQ(session_->NextDeadline(), std::nullopt);
  EXPECT_FALSE(session_->HasMail());
  EXPECT_FALSE(session_->attached());
}

TEST_F(SessionTest, AnAttemptThatIsRefusedBeforeItIsMadeIsToldAndTheNextArbiterTried) {
  const Arbiter refused{"127.0.0.1:1", [] { return absl::PermissionDeniedError("it is a process of uid 65534"); }};
  Begin({refused, At(port_)});
  const Lost lost = NextOf<Lost>();
  EXPECT_EQ(lost.status, absl::PermissionDeniedError("it is a process of uid 65534"));
  EXPECT_EQ(lost.arbiter, "127.0.0.1:1");
  EXPECT_TRUE(lost.news);
  EXPECT_GE(lost.retry_in, Session::kRefusedPause / 2) << "waiting does not mend it";
  EXPECT_EQ(NextOf<Attached>().welcome.term(), 5U);
}

TEST_F(SessionTest, CarriesMessagesBothWaysInOrder) {
  Begin({At(port_)});
  NextOf<Attached>();
  for (std::uint64_t i = 1; i <= 300; ++i) {
    ProbeMessage message;
    message.mutable_heartbeat()->set_probe_time_ns(i);
    session_->Send(message);
  }
  for (std::uint64_t i = 1; i <= 300; ++i) ASSERT_EQ(NextOf<ArbiterMessage>().directive().sequence(), i);
}

TEST_F(SessionTest, ComesBackAfterALoss) {
  Begin({At(port_)});
  NextOf<Attached>();
  ProbeMessage end;
  end.mutable_snapshot();
  session_->Send(end);
  const Lost lost = NextOf<Lost>();
  EXPECT_TRUE(lost.was_attached);
  EXPECT_TRUE(lost.news);
  EXPECT_THAT(std::string(lost.status.message()), HasSubstr("shutting down"));
  EXPECT_LE(lost.retry_in, Backoff::kFirst);
  NextOf<Attached>();
}

TEST_F(SessionTest, TriesTheArbitersInTurn) {
  Begin({At(1), At(port_)});
  EXPECT_EQ(NextOf<Lost>().arbiter, "127.0.0.1:1");
  NextOf<Attached>();
  EXPECT_EQ(session_->arbiter(), "127.0.0.1:" + std::to_string(port_));
}

TEST_F(SessionTest, TellsTheSameTroubleOnlyOnce) {
  Begin({At(1)});
  EXPECT_TRUE(NextOf<Lost>().news);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(NextOf<Lost>().news);
}

TEST_F(SessionTest, ComesBackSlowlyWhereItWasRefused) {
  arbiter_.Refuse({grpc::StatusCode::ALREADY_EXISTS, "a live probe has the node name a"});
  Begin({At(port_)});
  const Lost lost = NextOf<Lost>();
  EXPECT_EQ(lost.status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_GE(lost.retry_in, Session::kRefusedPause / 2);
  EXPECT_FALSE(NextOf<Lost>().news);
  arbiter_.Refuse(grpc::Status::OK);
  // The third attempt has begun, and may have been refused before that.
  SessionEvent event = Next();
  if (std::holds_alternative<Lost>(event)) event = Next();
  EXPECT_TRUE(std::holds_alternative<Attached>(event)) << event.index();
}

TEST_F(SessionTest, FindsAnArbiterThatStartsLater) {
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
  Begin({At(port_)});
  NextOf<Lost>();
  Listen();
  while (!std::holds_alternative<Attached>(Next())) {
  }
}

TEST_F(SessionTest, GivesUpOnAnArbiterThatNeverWelcomes) {
  // A listening socket that accepts and says nothing.
  grpc::ServerBuilder builder;
  int silent_port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &silent_port);
  arbiter::v1::ProbeService::AsyncService silent;
  builder.RegisterService(&silent);
  const std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  Begin({At(silent_port)});
  EXPECT_EQ(session_->NextDeadline(), now_ + Session::kWelcomeWithin);
  now_ += Session::kWelcomeWithin;
  session_->OnTick(now_);
  EXPECT_EQ(NextOf<Lost>().status.message(), "no Welcome in time");
  session_.reset();
  server->Shutdown(std::chrono::system_clock::now());
  queue->Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) {
  }
}

TEST_F(SessionTest, LosesAnArbiterThatKeepsItsConnectionAndSaysNothing) {
  arbiter_.GiveSignsOfLife();
  Begin({At(port_)});
  NextOf<Attached>();
  ProbeMessage heartbeat;
  heartbeat.mutable_heartbeat();
  for (int second = 0; second < 5; ++second) {
    now_ += seconds(1);
    session_->Send(heartbeat);
    pollfd ready{session_->fd(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 20'000), 1);
    EXPECT_TRUE(session_->Take(now_).empty()) << "nobody else is told of a sign of life";
    session_->OnTick(now_);
    EXPECT_EQ(session_->NextDeadline(), now_ + seconds(3));
  }
  for (int second = 0; second < 3; ++second) {
    EXPECT_TRUE(session_->attached());
    now_ += seconds(1);
    session_->OnTick(now_);
  }
  const Lost lost = NextOf<Lost>();
  EXPECT_TRUE(lost.was_attached);
  EXPECT_THAT(std::string(lost.status.message()), HasSubstr("has said nothing for 3.0s, though"));
  NextOf<Attached>();
}

TEST_F(SessionTest, KeepsAnOlderArbiterThatGivesNoSignsOfLife) {
  Begin({At(port_)});
  NextOf<Attached>();
  EXPECT_EQ(session_->NextDeadline(), std::nullopt);
  for (int second = 0; second < 60; ++second) {
    now_ += seconds(1);
    session_->OnTick(now_);
  }
  EXPECT_TRUE(session_->attached());
}

TEST_F(SessionTest, GoesBackToTheFirstArbiterThatAnswersAgain) {
  FakeArbiter second;
  int second_port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &second_port);
  builder.RegisterService(&second);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
  Begin({At(port_), At(second_port)});
  NextOf<Lost>();
  NextOf<Attached>();
  EXPECT_EQ(session_->arbiter(), "127.0.0.1:" + std::to_string(second_port));
  Listen();
  // Each look is one wait of the session, and then what becomes of it.
  while (events_.empty() && session_->NextDeadline().has_value()) {
    now_ = *session_->NextDeadline();
    session_->OnTick(now_);
    const std::optional<Instant> looks_until = session_->NextDeadline();
    while (session_->NextDeadline() == looks_until && events_.empty()) {
      pollfd ready{session_->fd(), POLLIN, 0};
      ASSERT_EQ(poll(&ready, 1, 20'000), 1);
      for (SessionEvent& event : session_->Take(now_)) events_.push_back(std::move(event));
    }
  }
  EXPECT_EQ(arbiter_.hellos().size(), static_cast<std::size_t>(Homeward::kAnswers));
  const Lost lost = NextOf<Lost>();
  EXPECT_THAT(std::string(lost.status.message()), HasSubstr("comes before it in the list and answers again"));
  EXPECT_EQ(lost.retry_in, Duration::zero());
  NextOf<Attached>();
  EXPECT_EQ(session_->arbiter(), "127.0.0.1:" + std::to_string(port_));
  EXPECT_EQ(second.hellos().size(), 1U);
  session_.reset();
  server->Shutdown(std::chrono::system_clock::now());
}

TEST_F(SessionTest, SendsNothingBeforeTheWelcome) {
  Begin({At(1)});
  session_->Send(ProbeMessage());
  EXPECT_FALSE(session_->attached());
}

}  // namespace
}  // namespace probe::session
