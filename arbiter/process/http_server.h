// A small HTTP/1.1 server for questions that are short and answers that are made at once: one request a connection.
#ifndef ARBITER_PROCESS_HTTP_SERVER_H_
#define ARBITER_PROCESS_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "arbiter/process/descriptor.h"
#include "arbiter/process/http_request.h"
#include "proto/value/endpoint.h"

namespace arbiter::process {

struct HttpLimits {
  std::size_t connections = 64;
  // From the connection to the end of its request, and from the answer to the moment at which it is taken.
  std::chrono::nanoseconds request_within = std::chrono::seconds(5);
  std::chrono::nanoseconds answer_within = std::chrono::seconds(10);
  // Requests that are answered at once: one that waits for the engine must not stand before the others.
  int answering = 2;
};

struct HttpAnswer {
  int code = 200;
  std::string type = "text/plain";
  std::string body;
};

// One thread carries all connections and waits for none of them; threads of their own make the answers. So a peer that
// trickles its request or does not read its answer costs a connection, and where all are taken one that has not asked
// is closed for a newcomer. Listens from Open to its destruction.
class HttpServer {
 public:
  // Called on the answering threads, several at once.
  using Answer = std::function<HttpAnswer(const HttpRequest&)>;

  // "listen on 127.0.0.1:7431: Address already in use" and the like. Port 0: one that is free.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const Endpoint& listen, const HttpLimits& limits,
                                                          Answer answer);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t { kReading, kAnswering, kWriting };
  struct Connection {
    Descriptor fd;
    State state = State::kReading;
    Clock::time_point since{};  // in this state
    std::string bytes;          // of the request, then of the answer
    std::size_t written = 0;
  };
  using Connections = std::map<std::uint64_t, Connection>;  // by order of coming
  struct Question {
    std::uint64_t connection = 0;
    HttpRequest request;
  };

  HttpServer(std::vector<Descriptor> sockets, Descriptor wake, const HttpLimits& limits, Answer answer);

  // --- the thread of the connections
  void Carry();
  // How long to wait for something to happen, in milliseconds.
  [[nodiscard]] int Wait(Clock::time_point now) const;
  void Accept(int socket, Clock::time_point now);
  // The oldest that has sent a part of its request: who means to ask sends it whole, but a busy host may be late with
  // it. Where there is none, the oldest that has sent nothing.
  [[nodiscard]] Connections::const_iterator FirstToLeave() const;
  // False: the connection is over.
  bool Serve(std::uint64_t id, Connection& connection, Clock::time_point now);
  bool Read(std::uint64_t id, Connection& connection, Clock::time_point now);
  static bool Write(Connection& connection);
  static void BeginAnswer(Connection& connection, std::string bytes, Clock::time_point now);
  [[nodiscard]] std::chrono::nanoseconds Allowed(const Connection& connection) const;
  void CloseLate(Clock::time_point now);
  void TakeAnswers(Clock::time_point now);

  // --- the others
  void MakeAnswers();
  void Wake();

  const HttpLimits limits_;
  const Answer answer_;
  const std::vector<Descriptor> sockets_;
  const Descriptor wake_;  // an eventfd
  const int port_;
  Connections connections_;  // of their thread
  std::uint64_t newest_ = 0;
  Clock::time_point accept_again_{};  // there was no descriptor left

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Question> questions_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::uint64_t, std::string>> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace arbiter::process

#endif  // ARBITER_PROCESS_HTTP_SERVER_H_
