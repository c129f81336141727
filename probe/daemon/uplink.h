// What the arbiter is told, and when: a snapshot when it says welcome, then what changes, and heartbeats.
#ifndef PROBE_DAEMON_UPLINK_H_
#define PROBE_DAEMON_UPLINK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "arbiter/v1/probe_service.pb.h"
#include "probe/report/change_log.h"
#include "probe/report/compact.h"
#include "probe/report/facts.h"
#include "probe/report/vip_report.h"
#include "proto/value/ip_address.h"

namespace probe::daemon {

using Instant = std::chrono::steady_clock::time_point;

// Not thread-safe. Everything is dropped while no arbiter is there: the next snapshot says it all.
class Uplink {
 public:
  // What this probe understands (Hello.protocol).
  static constexpr std::uint32_t kProtocol = 2;
  using Report = report::ReportParts;

  // Where its messages go.
  using SendMessage = std::function<void(arbiter::v1::ProbeMessage)>;
  explicit Uplink(SendMessage send) : send_(std::move(send)) {}

  // --- a stream's life
  void Attached(const arbiter::v1::Welcome& welcome, Instant now);
  void Lost() { state_ = State::kDown; }
  [[nodiscard]] bool attached() const { return state_ != State::kDown; }
  // What the arbiter understands (Welcome.protocol).
  [[nodiscard]] std::uint32_t protocol() const { return protocol_; }

  // --- the node as it is now; the first after Attached is the snapshot, later ones send what is new
  struct Picture {
    std::vector<Report> vips;  // those that may have changed
    std::set<arbiter::IpAddress> forgotten;
    std::optional<arbiter::v1::NodeReport> node;
    std::optional<std::vector<arbiter::v1::LocalHold>> holds;  // where they changed
  };
  // A snapshot needs all VIPs, the node and the holds.
  [[nodiscard]] bool NeedsAll() const { return state_ == State::kWelcomed; }
  void Send(Picture picture, Instant now);

  // `vips` are those of the result, as they are now. An arbiter that does not know of several in one result gets one
  // for each.
  void SendResult(const arbiter::v1::DirectiveResult& result, const std::vector<Report>& vips);
  // One message, whatever the number of VIPs.
  void SendAffirmation(arbiter::v1::Affirmation affirmation, const std::vector<Report>& vips);

  // Heartbeats.
  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

 private:
  enum class State { kDown, kWelcomed, kTold };

  // The reports that are news, in as many messages as the arbiter's limits ask for; `first` is the first of them.
  void SendReports(const std::vector<Report>& news, arbiter::v1::ProbeMessage first);
  void SendSnapshot(Picture picture);
  void SendChange(Picture picture);
  void SendHeartbeat(Instant now);

  const SendMessage send_;
  State state_ = State::kDown;
  std::uint32_t protocol_ = 0;
  report::ChangeLog told_;
  std::chrono::nanoseconds heartbeat_interval_{};
  Instant next_heartbeat_{};
};

}  // namespace probe::daemon

#endif  // PROBE_DAEMON_UPLINK_H_
