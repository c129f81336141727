// Where packets come from, live: a descriptor to poll and a way to take what has come.
#ifndef PROBE_CAPTURE_PACKET_SOURCE_H_
#define PROBE_CAPTURE_PACKET_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "probe/vrrp/glance.h"
#include "probe/vrrp/origin.h"
#include "probe/vrrp/parse.h"

namespace probe::capture {

// One packet, parsed.
struct Packet {
  // When the kernel saw it, for people to read; decisions take the time at which the packet is handled.
  absl::Time time;
  vrrp::Direction direction = vrrp::Direction::kUnknown;
  vrrp::ParseResult content;
};

using PacketSink = absl::FunctionRef<void(const Packet&)>;

// Not thread-safe.
class PacketSource {
 public:
  // Drain returns after about so many packets even when there are more, so that a flood cannot keep the loop from its
  // other work.
  static constexpr std::size_t kMaxPerDrain = 64;
  // Of those that its sieve passes over, which cost little.
  static constexpr std::size_t kMaxPassedOverPerDrain = 256;

  PacketSource() = default;
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;
  virtual ~PacketSource() = default;

  // For poll and epoll, level-triggered: readable while there is something to drain. Lives as long as this object.
  [[nodiscard]] virtual int fd() const = 0;

  // Hands over what has come, oldest first; never blocks. An error is final: the source is to be closed.
  virtual absl::Status Drain(PacketSink sink) = 0;

  // Asked for each packet before it is read; false: it is passed over. Without one all are read.
  using Sieve = std::function<bool(const vrrp::Glance&, vrrp::Direction)>;
  void SetSieve(Sieve sieve) { sieve_ = std::move(sieve); }
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }

 protected:
  // Whether to read it; counts it otherwise. `glance` is called where there is a sieve.
  template <typename Glance>
  bool Passes(vrrp::Direction direction, Glance glance) {
    if (sieve_ == nullptr || sieve_(glance(), direction)) return true;
    ++passed_over_;
    return false;
  }

 private:
  Sieve sieve_;
  std::uint64_t passed_over_ = 0;
};

}  // namespace probe::capture

#endif  // PROBE_CAPTURE_PACKET_SOURCE_H_
