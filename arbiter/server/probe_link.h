// A probe's stream as the engine's thread sees it.
#ifndef ARBITER_SERVER_PROBE_LINK_H_
#define ARBITER_SERVER_PROBE_LINK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "arbiter/core/effect.h"
#include "arbiter/core/ids.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/v1/probe_service.pb.h"

namespace arbiter::server {

// Thread-safe; no call waits. Sends keep their order. After Close, or when the peer is gone, sends do nothing.
class ProbeLink {
 public:
  ProbeLink() = default;
  ProbeLink(const ProbeLink&) = delete;
  ProbeLink& operator=(const ProbeLink&) = delete;
  virtual ~ProbeLink() = default;

  // Fixed from the Hello on, before which nobody hands the link out.
  [[nodiscard]] virtual const core::NodeKey& node() const = 0;
  // Hello.instance: the same for two streams of one running probe.
  [[nodiscard]] virtual const std::string& instance() const = 0;
  [[nodiscard]] virtual std::string peer() const = 0;
  // By which certificate it speaks, and what its cluster rests on; empty without TLS.
  [[nodiscard]] virtual const std::string& certificate() const = 0;
  // Hello.newest_term: directives of an older term are refused by this probe.
  [[nodiscard]] virtual std::uint64_t newest_term() const = 0;

  // When the newest message came.
  [[nodiscard]] virtual core::Instant last_heard() const = 0;

  virtual void SendWelcome(const v1::Welcome& welcome) = 0;
  virtual void SendAsk(const core::AskAffirm& ask) = 0;
  // Carries the newest reading of the probe's own clock; waits for the first one where there is none yet.
  virtual void SendDirective(const core::Directive& directive) = 0;
  // Replaces an older list that was not yet sent.
  virtual void SendKnownVips(const std::vector<IpAddress>& vips) = 0;
  // For the engine's thread alone: what the probe takes as its sign of life. Nothing when an older one waits still.
  virtual void SendAlive() = 0;

  // Ends the stream with this status.
  virtual void Close(const absl::Status& status) = 0;

  // The engine's thread took one event that came from this link: it may read on.
  virtual void Taken() = 0;
  // The engine's thread is about to take the heartbeat that the link announced. Returns when it came.
  virtual core::Instant TakeHeartbeat() = 0;
};

}  // namespace arbiter::server

#endif  // ARBITER_SERVER_PROBE_LINK_H_
