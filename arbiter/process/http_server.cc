#include "arbiter/process/http_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "arbiter/process/listen_address.h"

namespace arbiter::process {
namespace {

constexpr int kBacklog = 1024;  // beyond it a connection waits a second for its next SYN
constexpr std::chrono::milliseconds kAcceptAgainAfter(100);
constexpr int kBadRequest = 400;

std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }

absl::string_view Phrase(int code) {
  switch (code) {
    case 200:
      return "OK";
    case kBadRequest:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "";  // RFC 9112, section 4: it may be empty
  }
}

std::string BytesOf(const HttpAnswer& answer, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", answer.code, " ", Phrase(answer.code), "\r\nContent-Type: ", answer.type,
                      "\r\nContent-Length: ", answer.body.size(), "\r\nConnection: close\r\n\r\n",
                      with_body ? answer.body : "");
}

bool MayComeLater(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const Endpoint& listen, const HttpLimits& limits,
                                                             Answer answer) {
  absl::StatusOr<std::vector<Descriptor>> sockets = ListenOn(listen, kBacklog);
  if (!sockets.ok()) {
    return sockets.status();
  }
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) {
    return absl::ErrnoToStatus(errno, "make an eventfd for the HTTP server");
  }
  return std::unique_ptr<HttpServer>(new HttpServer(*std::move(sockets), std::move(wake), limits, std::move(answer)));
}

HttpServer::HttpServer(std::vector<Descriptor> sockets, Descriptor wake, const HttpLimits& limits, Answer answer)
    : limits_(limits),
      answer_(std::move(answer)),
      sockets_(std::move(sockets)),
      wake_(std::move(wake)),
      port_(PortOf(sockets_.front())) {
  threads_.emplace_back([this] { Carry(); });
  for (int i = 0; i < limits_.answering; ++i) {
    threads_.emplace_back([this] { MakeAnswers(); });
  }
}

HttpServer::~HttpServer() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  Wake();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void HttpServer::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);  // full: it is readable anyway
}

void HttpServer::MakeAnswers() {
  while (true) {
    Question question;
    {
      const auto something = [this]()
                                 ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !questions_.empty(); };
      const absl::MutexLock lock(&mutex_, absl::Condition(&something));
      if (stopping_) {
        return;
      }
      question = std::move(questions_.front());
      questions_.pop_front();
    }
    std::string bytes = BytesOf(answer_(question.request), question.request.method != "HEAD");
    {
      const absl::MutexLock lock(&mutex_);
      answers_.emplace_back(question.connection, std::move(bytes));
    }
    Wake();
  }
}

void HttpServer::Carry() {
  while (true) {
    std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
    const bool accepts = Now() >= accept_again_;
    for (const Descriptor& socket : sockets_) {
      polled.push_back({socket.get(), static_cast<short>(accepts ? POLLIN : 0), 0});
    }
    std::vector<std::uint64_t> ids;
    for (const auto& [id, connection] : connections_) {
      // One whose answer is being made is looked at for its end only.
      const int wanted = connection.state == State::kReading   ? POLLIN
                         : connection.state == State::kWriting ? POLLOUT
                                                               : 0;
      polled.push_back({connection.fd.get(), static_cast<short>(wanted), 0});
      ids.push_back(id);
    }
    poll(polled.data(), polled.size(), Wait(Now()));
    const Clock::time_point now = Now();
    TakeAnswers(now);
    {
      const absl::MutexLock lock(&mutex_);
      if (stopping_) {
        return;
      }
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto found = connections_.find(ids[i]);
      const bool ready = polled[1 + sockets_.size() + i].revents != 0;
      if (ready && found != connections_.end() && !Serve(found->first, found->second, now)) {
        connections_.erase(found);
      }
    }
    CloseLate(now);
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      if (polled[1 + i].revents != 0) {
        Accept(sockets_[i].get(), now);
      }
    }
  }
}

int HttpServer::Wait(Clock::time_point now) const {
  std::optional<std::chrono::nanoseconds> wait;
  const auto take = [&wait](std::chrono::nanoseconds one) { wait = std::min(wait.value_or(one), one); };
  if (accept_again_ > now) {
    take(accept_again_ - now);
  }
  for (const auto& [id, connection] : connections_) {
    if (connection.state != State::kAnswering) {
      take(connection.since + Allowed(connection) - now);
    }
  }
  if (!wait.has_value()) {
    return -1;
  }
  return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(std::max(*wait, std::chrono::nanoseconds::zero())).count());
}

std::chrono::nanoseconds HttpServer::Allowed(const Connection& connection) const {
  return connection.state == State::kReading ? limits_.request_within : limits_.answer_within;
}

void HttpServer::CloseLate(Clock::time_point now) {
  std::erase_if(connections_, [&](const auto& entry) {
    const Connection& connection = entry.second;
    return connection.state != State::kAnswering && now - connection.since >= Allowed(connection);
  });
}

void HttpServer::TakeAnswers(Clock::time_point now) {
  std::uint64_t wakes = 0;
  [[maybe_unused]] const ssize_t count = read(wake_.get(), &wakes, sizeof wakes);  // nothing there: nobody woke it
  std::vector<std::pair<std::uint64_t, std::string>> answers;
  {
    const absl::MutexLock lock(&mutex_);
    answers = std::exchange(answers_, {});
  }
  for (auto& [id, bytes] : answers) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
      continue;  // its peer has left
    }
    BeginAnswer(found->second, std::move(bytes), now);
    if (!Write(found->second)) {
      connections_.erase(found);
    }
  }
}

void HttpServer::Accept(int socket, Clock::time_point now) {
  Descriptor fd(accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (fd.get() < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      accept_again_ = now + kAcceptAgainAfter;
    }
    return;
  }
  if (connections_.size() >= limits_.connections) {
    const auto leaves = FirstToLeave();
    if (leaves == connections_.end()) {
      return;  // all have asked and are being answered
    }
    connections_.erase(leaves);
  }
  const std::uint64_t id = ++newest_;
  const auto placed = connections_.emplace(id, Connection{std::move(fd), State::kReading, now, {}, 0}).first;
  // Whoever has a question has sent it by now.
  if (!Read(id, placed->second, now)) {
    connections_.erase(placed);
  }
}

HttpServer::Connections::const_iterator HttpServer::FirstToLeave() const {
  auto silent = connections_.end();
  for (auto one = connections_.begin(); one != connections_.end(); ++one) {
    if (one->second.state != State::kReading) {
      continue;
    }
    if (!one->second.bytes.empty()) {
      return one;
    }
    if (silent == connections_.end()) {
      silent = one;
    }
  }
  return silent;
}

bool HttpServer::Serve(std::uint64_t id, Connection& connection, Clock::time_point now) {
  switch (connection.state) {
    case State::kReading:
      return Read(id, connection, now);
    case State::kAnswering:
      return false;  // polled for nothing else than its end
    case State::kWriting:
      return Write(connection);
  }
  return false;
}

bool HttpServer::Read(std::uint64_t id, Connection& connection, Clock::time_point now) {
  std::array<char, 4096> buffer{};
  const ssize_t count = recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    return count < 0 && MayComeLater(errno);
  }
  connection.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  absl::StatusOr<std::optional<HttpRequest>> request = ReadHttpRequest(connection.bytes);
  if (!request.ok()) {
    BeginAnswer(connection, BytesOf({kBadRequest, "text/plain", absl::StrCat(request.status().message(), "\n")}, true),
                now);
    return Write(connection);
  }
  if (!request->has_value()) {
    return true;
  }
  connection.state = State::kAnswering;
  connection.since = now;
  connection.bytes.clear();
  const absl::MutexLock lock(&mutex_);
  questions_.push_back({id, **std::move(request)});
  return true;
}

void HttpServer::BeginAnswer(Connection& connection, std::string bytes, Clock::time_point now) {
  connection.state = State::kWriting;
  connection.since = now;
  connection.bytes = std::move(bytes);
  connection.written = 0;
}

bool HttpServer::Write(Connection& connection) {
  const ssize_t count = send(connection.fd.get(), connection.bytes.data() + connection.written,
                             connection.bytes.size() - connection.written, MSG_NOSIGNAL);
  if (count < 0) {
    return MayComeLater(errno);
  }
  connection.written += static_cast<std::size_t>(count);
  return connection.written < connection.bytes.size();
}

}  // namespace arbiter::process
