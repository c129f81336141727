// A client of the VIP: pings it all along and knows what it lost.
#ifndef TESTS_LAB_CLIENT_H_
#define TESTS_LAB_CLIENT_H_

#include <mutex>
#include <string>

#include "proto/value/ip_address.h"
#include "tests/lab/host.h"
#include "tests/lab/metronome.h"
#include "tests/lab/ping_record.h"
#include "tests/lab/unique_fd.h"

namespace lab {

// Pings from `host` through its kernel's own neighbour table, as any client would, 20 times a second, on a thread of
// its own from construction on. The methods are thread-safe.
class Client {
 public:
  Client(const Host& host, const std::string& vip, int pings_per_second = 20);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() = default;

  [[nodiscard]] PingRecord Record() const;

 private:
  void Ping();
  void Hear();

  arbiter::IpAddress vip_;
  UniqueFd socket_;
  mutable std::mutex mutex_;
  PingRecord record_;
  Metronome metronome_;  // last: its thread uses the rest
};

}  // namespace lab

#endif  // TESTS_LAB_CLIENT_H_
