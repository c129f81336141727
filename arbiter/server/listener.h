// Listens on the arbiter's port and accepts its connections; what they say is somebody else's business.
#ifndef ARBITER_SERVER_LISTENER_H_
#define ARBITER_SERVER_LISTENER_H_

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "arbiter/process/descriptor.h"
#include "arbiter/server/limits.h"
#include "proto/value/endpoint.h"
#include "proto/value/token_bucket.h"

namespace arbiter::server {

// gRPC's own listener ends for ever when the process has no descriptor left: whoever opens enough connections and says
// nothing would leave an arbiter that never answers anybody new (grpc/grpc issue 20418). This one turns a connection
// away while fewer than kSpareDescriptors are free, and goes on. New connections are taken up at the pace of the
// limits. Those beyond it wait in the kernel's backlog, for a second at most; where that is full the kernel does not
// answer, and the peer's knocks again a second later.
class Listener {
 public:
  // What becomes of a connection. Both are called on the listener's thread.
  struct Events {
    std::function<void(process::Descriptor connection)> accepted;  // a socket that does not block
    std::function<void()> turned_away;
  };

  // What the database, files and gRPC itself need besides connections.
  static constexpr int kSpareDescriptors = 64;

  // Bound and listening when it returns, with nothing accepted before Start. Port 0: one that is free. "listen on
  // 127.0.0.1:7430: Address already in use" and the like.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const Endpoint& endpoint, const Limits& limits);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] int port() const { return port_; }

  // Once.
  void Start(Events events);
  // Nothing is called any more when it returns. The port is free then.
  void Stop();

 private:
  Listener(std::vector<process::Descriptor> sockets, process::Descriptor stop, const Limits& limits);

  void Run();
  // For how long no connection may be taken up.
  [[nodiscard]] core::Duration Wait() const;
  // Accepts one connection where one waits. False: there is no descriptor at all; to be tried again later.
  bool Accept(int socket);

  std::vector<process::Descriptor> sockets_;
  const process::Descriptor stop_;  // an eventfd: readable when the thread has to end
  const int port_;
  const int first_spare_;  // of the descriptors that no connection gets
  Events events_;
  TokenBucket pace_;  // of the thread
  std::thread thread_;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_LISTENER_H_
