// The arbiter's durable memory: incidents with their holds, modes that operators set, the term, and an audit log of
// every directive and operator action. What a directive rests on is written here before the directive leaves.
//
// Incidents carry Instants, and an Instant means nothing after a restart. So what is stored is calendar time, converted
// with one reading of both clocks at each write and load: an age becomes a calendar time and an age again. An age is
// never negative, whatever the calendar clock did meanwhile.
#ifndef ARBITER_STORE_STORE_H_
#define ARBITER_STORE_STORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "arbiter/core/event.h"
#include "arbiter/core/incident.h"
#include "arbiter/core/vocabulary.h"
#include "arbiter/store/notification.h"

namespace arbiter::store {

// Both clocks, read at one moment.
struct ClockReading {
  core::Instant steady{};
  absl::Time wall;
};
using ClockSource = std::function<ClockReading()>;

// The machine's own clocks.
ClockReading ReadClocks();

// What earlier lives left behind: the fields of core::Started. `term` is already durable and newer than any before it.
struct Remembered {
  std::uint64_t term = 0;
  std::vector<core::IncidentRecord> open_incidents;  // oldest first
  std::vector<core::ModeRecord> modes;
  std::vector<OutboxEntry> outbox;   // oldest first
  std::vector<Notification> told{};  // what receivers were told of and not yet that it is over
};

// An incident with the calendar times of its Instants, for a person to read.
struct StoredIncident {
  core::IncidentRecord record;
  absl::Time opened;
  std::optional<absl::Time> confirmed;
  std::optional<absl::Time> healed;
  std::optional<absl::Time> closed;
  std::vector<absl::Time> timeline;                // one for each entry of record.timeline
  std::vector<std::optional<absl::Time>> ended{};  // of record.causes, in their order; shorter: the rest has not ended
};

// The calendar times of an incident that the core has at hand.
StoredIncident WithWallTimes(const core::IncidentRecord& record, const ClockReading& now);

struct IncidentQuery {
  std::string cluster{};  // empty: all
  bool open_only = false;
  std::size_t page_size = 100;  // 0: 100; never more than 1000
  std::string page_token{};     // IncidentPage::next_page_token of the page before; empty: from the newest
};

struct IncidentPage {
  std::vector<StoredIncident> incidents;  // newest first; an incident keeps its place for ever
  std::string next_page_token;            // empty: this was the last page
};

// Who had what done. Fields that do not apply stay empty.
struct AuditEntry {
  absl::Time at;
  std::string who{};   // an operator's name, or "arbiter"
  std::string what{};  // "directive hold", "set mode observe", ...
  std::string cluster{};
  std::string node{};
  std::string vip{};
  std::string incident{};
  std::uint64_t term = 0;
  std::uint64_t sequence = 0;
  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

struct AuditQuery {
  std::string cluster{};  // what was done in it, and what was done in all; empty: everything
  absl::Time since = absl::UnixEpoch();
  std::size_t page_size = 0;  // as in IncidentQuery
  std::string page_token{};
};

struct AuditPage {
  std::vector<AuditEntry> entries;  // newest first
  std::string next_page_token;      // empty: this was the last page
};

// What is written together: all of it is durable, or none.
struct Batch {
  std::vector<core::IncidentRecord> incidents;  // as they are now; each replaces its former state
  std::vector<core::ModeRecord> modes;          // each replaces its cluster's former one
  std::vector<AuditEntry> audit;
  std::vector<OutboxEntry> outbox{};                             // what waits for a receiver from now on
  std::vector<std::pair<std::string, std::string>> delivered{};  // target and id of what no longer does
  // What receivers are told of, in place of what they were told of the same thing (ThingOf); nothing of it is kept once
  // it is resolved.
  std::vector<Notification> told{};
};

// Keys the fingerprints of a cluster's passwords.
using FingerprintKeyBytes = std::array<std::uint8_t, 32>;

// How long what is closed stays readable.
struct Retention {
  absl::Duration age = absl::Hours(24 * 90);
  std::size_t closed_incidents = 10'000;
  std::size_t audit_entries = 100'000;
};

// No arbiter starts that often; what claims to be newer is a mistake or an attack.
inline constexpr std::uint64_t kMaxTerm = std::uint64_t{1} << 48;

// Thread-safe. Reads never wait for a write. A status names the act, the file and the cause:
//   DataLoss            what is stored cannot be read; says what to do
//   FailedPrecondition  written by a newer version, or no store of ours
//   Unavailable         another arbiter uses it
//   PermissionDenied    read-only, or not ours to write
//   ResourceExhausted   the disk is full
// A write that failed changed nothing and may be tried again.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // First call, once: takes the store, makes a new term durable, and returns what is remembered. Every other call fails
  // with FailedPrecondition before it.
  virtual absl::StatusOr<Remembered> Open() = 0;

  // Makes a term durable that is newer than `than` and than any of ours, and returns it: for the day when a probe
  // remembers a newer term than ours, because an earlier store was lost. InvalidArgument beyond kMaxTerm.
  virtual absl::StatusOr<std::uint64_t> RaiseTerm(std::uint64_t than) = 0;

  // Durable when it returns OK: the data is on the disk, not only handed to the kernel.
  virtual absl::Status Write(const Batch& batch) = 0;

  // InvalidArgument for a page token that is none of ours.
  virtual absl::StatusOr<IncidentPage> ListIncidents(const IncidentQuery& query) = 0;

  // NotFound names the id.
  virtual absl::StatusOr<StoredIncident> FindIncident(absl::string_view id) = 0;

  // InvalidArgument for a page token that is none of ours.
  virtual absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) = 0;

  // Random, made and made durable at the first call for a cluster; the same for it ever after.
  virtual absl::StatusOr<FingerprintKeyBytes> FingerprintKey(absl::string_view cluster) = 0;

  // The cluster that a certificate which names none is of: `cluster` where this is the first time that it is asked for,
  // made durable then; the same for it ever after. `certificate` names it.
  virtual absl::StatusOr<std::string> PinnedCluster(absl::string_view certificate, absl::string_view cluster) = 0;

  // The outcome of the newest write: what status warns of and readiness depends on.
  [[nodiscard]] virtual absl::Status Healthy() const = 0;

  absl::Status WriteIncident(const core::IncidentRecord& incident);
  absl::Status WriteIncidents(absl::Span<const core::IncidentRecord> incidents);
  absl::Status WriteMode(const core::ModeRecord& record);
  absl::Status Audit(absl::Span<const AuditEntry> entries);
};

}  // namespace arbiter::store

#endif  // ARBITER_STORE_STORE_H_
