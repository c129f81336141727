// The node's line to an arbiter: finds one, says Hello, and finds one again when it is lost.
#ifndef PROBE_SESSION_SESSION_H_
#define PROBE_SESSION_SESSION_H_

#include <grpcpp/channel.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "arbiter/v1/probe_service.pb.h"
#include "probe/session/backoff.h"
#include "probe/session/homeward.h"
#include "probe/session/liveness.h"
#include "probe/session/mailbox.h"
#include "probe/session/stream.h"

namespace probe::session {

// One arbiter, and how to connect to it anew. A status is what the attempt ends with.
struct Arbiter {
  std::string address;  // for people
  std::function<absl::StatusOr<std::shared_ptr<grpc::Channel>>()> connect;
};

// An arbiter said Welcome: it expects a Snapshot.
struct Attached {
  std::string arbiter;
  arbiter::v1::Welcome welcome;
  std::string peer{};  // its end of the connection, as gRPC writes it
};

// The line is down, or could not be made.
struct Lost {
  std::string arbiter;
  absl::Status status;
  bool was_attached = false;
  // Not the same as was told before since the last Attached: worth a line in the log.
  bool news = true;
  Duration retry_in{};
};

using SessionEvent = std::variant<Attached, arbiter::v1::ArbiterMessage, Lost>;

// One thread owns it. gRPC's threads only ever post to its mailbox. Several arbiters are tried in turn, each attempt on
// a new connection, so that no backoff of gRPC's own is added to ours. One whose engine says nothing for as long as its
// Welcome allows is lost, whatever its connection says. From a later arbiter of the list it goes back to an earlier one
// that is there again: it says Hello there, on another stream, and takes the Welcome for the answer.
class Session {
 public:
  // No Welcome within this time: the next arbiter is tried.
  static constexpr Duration kWelcomeWithin = std::chrono::seconds(5);
  // Refused for a reason that waiting does not mend (a wrong certificate, another probe with this node's name).
  static constexpr Duration kRefusedPause = std::chrono::seconds(6);

  // Without arbiters it never connects. `seed` decides the jitter. The first attempt is made by the first OnTick.
  Session(std::vector<Arbiter> arbiters, std::uint64_t seed, Instant now);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  // Ends the call and waits until gRPC is done with it (milliseconds).
  ~Session();

  // What the next Hello says.
  void SetHello(arbiter::v1::Hello hello) { hello_ = std::move(hello); }

  // Poll for reading; then call Take.
  [[nodiscard]] int fd() const { return mailbox_->fd(); }
  std::vector<SessionEvent> Take(Instant now);
  // Whether Take has something, without a wait for the descriptor's turn.
  [[nodiscard]] bool HasMail() const { return mailbox_->HasMail(); }

  // Dropped while not attached: the next Snapshot says it all.
  void Send(arbiter::v1::ProbeMessage message);

  void OnTick(Instant now);
  [[nodiscard]] std::optional<Instant> NextDeadline() const;

  [[nodiscard]] bool attached() const { return attached_since_.has_value(); }
  [[nodiscard]] const std::string& arbiter() const { return arbiters_[current_].address; }

 private:
  void Connect(Instant now);
  // On a stream of its own, beside the session's.
  void LookFor(std::size_t arbiter, Instant now);
  void TakeLook(const Mail& mail, Instant now);
  void EndLook();
  void GoBack();
  void CheckLife(Instant now);
  void TakeMessage(arbiter::v1::ArbiterMessage message, Instant now, std::vector<SessionEvent>& events);
  Lost TakeEnd(const absl::Status& status, Instant now);
  [[nodiscard]] Duration PauseAfter(const absl::Status& status, Instant now);

  const std::vector<Arbiter> arbiters_;
  const std::shared_ptr<Mailbox> mailbox_;
  Backoff backoff_;
  Homeward homeward_;
  Liveness liveness_;
  arbiter::v1::Hello hello_;
  std::map<std::uint64_t, std::unique_ptr<Stream>> streams_;  // until each has ended
  std::uint64_t last_id_ = 0;
  std::uint64_t newest_stream_ = 0;  // the session's
  bool connected_ = false;           // the newest stream lives
  std::uint64_t look_ = 0;           // the stream on which an earlier arbiter is looked for; 0: none is
  std::size_t looked_for_ = 0;
  Instant look_until_{};
  std::optional<std::size_t> back_to_;  // the session ends for its sake
  std::size_t current_ = 0;
  std::optional<Instant> attached_since_;
  std::optional<Instant> deadline_;  // of the Welcome, or of the next attempt
  std::string closed_because_;       // by us
  std::map<std::size_t, absl::StatusCode> told_;
};

}  // namespace probe::session

#endif  // PROBE_SESSION_SESSION_H_
