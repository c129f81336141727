#include "tests/arbiter/notify/http_receiver.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace arbiter::notify {
namespace {

constexpr char kHeadEnd[] = "\r\n\r\n";

// The Content-Length that a head names.
std::size_t LengthIn(const std::string& head) {
  const std::string key = "Content-Length: ";
  const std::size_t at = head.find(key);
  if (at == std::string::npos) return 0;
  const std::size_t begin = at + key.size();
  std::size_t length = 0;
  EXPECT_TRUE(absl::SimpleAtoi(head.substr(begin, head.find("\r\n", begin) - begin), &length));
  return length;
}

}  // namespace

HttpReceiver::HttpReceiver(std::vector<std::string> answers) : answers_(std::move(answers)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

HttpReceiver::~HttpReceiver() {
  shutdown(listener_, SHUT_RDWR);  // ends accept
  thread_.join();
  close(listener_);
}

std::string HttpReceiver::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

bool HttpReceiver::Await(std::size_t count) const {
  const absl::MutexLock lock(&mutex_);
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return requests_.size() >= count; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(20));
}

std::vector<Request> HttpReceiver::requests() const {
  const absl::MutexLock lock(&mutex_);
  return requests_;
}

void HttpReceiver::Serve() {
  for (int connection = 0; (connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    Answer(connection);
    close(connection);
  }
}

void HttpReceiver::Answer(int connection) {
  std::string text;
  std::array<char, 4096> chunk{};
  std::size_t head_end = std::string::npos;
  while (head_end == std::string::npos || text.size() < head_end + 4 + LengthIn(text.substr(0, head_end + 2))) {
    const ssize_t count = read(connection, chunk.data(), chunk.size());
    if (count <= 0) return;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    head_end = text.find(kHeadEnd);
  }
  const absl::MutexLock lock(&mutex_);
  const std::string answer = requests_.size() < answers_.size() ? answers_[requests_.size()] : "200 OK";
  const std::string reply = absl::StrCat("HTTP/1.1 ", answer, "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(send(connection, reply.data(), reply.size(), MSG_NOSIGNAL), static_cast<ssize_t>(reply.size()));
  requests_.push_back({text.substr(0, head_end), text.substr(head_end + 4)});
}

}  // namespace arbiter::notify
