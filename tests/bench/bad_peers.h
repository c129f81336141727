// Peers that take more than their due, each busy on a thread of its own until it is stopped.
#ifndef TESTS_BENCH_BAD_PEERS_H_
#define TESTS_BENCH_BAD_PEERS_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/bench_server.h"

namespace bench {

class BadPeer {
 public:
  BadPeer() = default;
  BadPeer(const BadPeer&) = delete;
  BadPeer& operator=(const BadPeer&) = delete;
  virtual ~BadPeer() = default;

  [[nodiscard]] virtual std::string Name() const = 0;
  virtual void Begin() = 0;
  // Stops it, and says in one line what the arbiter did with it.
  virtual std::string End() = 0;
};

// They speak for the node "bad", each in a cluster of its own. The server outlives them.
std::vector<std::unique_ptr<BadPeer>> AllBadPeers(const BenchServer& server);

// Connections on which the handshake never ends: nothing is sent, or (with TLS) a ClientHello and no more.
std::unique_ptr<BadPeer> HalfOpenConnections(int port, int count, bool client_hello);

}  // namespace bench

#endif  // TESTS_BENCH_BAD_PEERS_H_
