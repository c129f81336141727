// What the arbiter is told, and when: a snapshot when it says welcome, then what changes, and heartbeats.
#ifndef PROBE_DAEMON_UPLINK_H_
#define PROBE_DAEMON_UPLINK_H_

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arbiter/v1/probe_service.pb.h"
#include "probe/report/change_log.h"
#include "probe/report/facts.h"
#include "probe/session/session.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

using Instant = std::chrono::steady_clock::time_point;

// Not thread-safe. Everything is dropped while no arbiter is there: the next snapshot says it all.
class Uplink {
 public:
  // `session` must outlive it.
  explicit Uplink(session::Session& session) : session_(session) {}

  // --- a stream's life
  void Attached(const arbiter::v1::Welcome& welcome, Instant now);
  void Lost() { state_ = State::kDown; }
  [[nodiscard]] bool attached() const { return state_ != State::kDown; }

  // --- the node as it is now; the first after Attached is the snapshot, later ones send what is new
  struct Picture {
    std::vector<arbiter::v1::VipReport> vips;  // those that may have changed
    std::set<arbiter::IpAddress> forgotten;
    std::optional<arbiter::v1::NodeReport> node;
    std::optional<std::vector<arbiter::v1::LocalHold>> holds;  // where they changed
  };
  // A snapshot needs all VIPs, the node and the holds.
  [[nodiscard]] bool NeedsAll() const { return state_ == State::kWelcomed; }
  void Send(Picture picture, Instant now);

  void SendResult(arbiter::v1::DirectiveResult result);
  void SendAffirmation(arbiter::v1::Affirmation affirmation);

  // Heartbeats.
  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  enum class State { kDown, kWelcomed, kTold };

  void SendSnapshot(Picture picture);
  void SendChange(Picture picture);
  void SendHeartbeat(Instant now);

  session::Session& session_;
  State state_ = State::kDown;
  report::ChangeLog told_;
  std::chrono::nanoseconds heartbeat_interval_{};
  Instant next_heartbeat_{};
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_UPLINK_H_
