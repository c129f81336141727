#include "arbiter/store/record_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "arbiter/store/record.pb.h"
#include "proto/value/ip_address.h"

namespace arbiter::store {
namespace {

using core::Cause;
using core::IncidentState;

constexpr std::array<std::pair<Cause, v1::CauseKind>, 20> kCauses = {{
    {Cause::kUnknown, v1::UNKNOWN},
    {Cause::kVridMismatch, v1::VRID_MISMATCH},
    {Cause::kVipListMismatch, v1::VIP_LIST_MISMATCH},
    {Cause::kAuthMismatch, v1::AUTH_MISMATCH},
    {Cause::kAdvertIntervalMismatch, v1::ADVERT_INTERVAL_MISMATCH},
    {Cause::kVersionMismatch, v1::VERSION_MISMATCH},
    {Cause::kUnicastPeerMismatch, v1::UNICAST_PEER_MISMATCH},
    {Cause::kFilteredOnHost, v1::FILTERED_ON_HOST},
    {Cause::kLostInNetwork, v1::LOST_IN_NETWORK},
    {Cause::kDaemonGone, v1::DAEMON_GONE},
    {Cause::kDaemonFrozen, v1::DAEMON_FROZEN},
    {Cause::kManualAddress, v1::MANUAL_ADDRESS},
    {Cause::kChecksumOrTtl, v1::CHECKSUM_OR_TTL},
    {Cause::kForeignClaimant, v1::FOREIGN_CLAIMANT},
    {Cause::kIsolatedNode, v1::ISOLATED_NODE},
    {Cause::kWrongInterface, v1::WRONG_INTERFACE},
    {Cause::kDuplicateNodeAddress, v1::DUPLICATE_NODE_ADDRESS},
    {Cause::kSourceAddress, v1::SOURCE_ADDRESS},
    {Cause::kVmacMismatch, v1::VMAC_MISMATCH},
    {Cause::kReversePathFilter, v1::REVERSE_PATH_FILTER},
}};

constexpr std::array<std::pair<IncidentState, v1::State>, 4> kStates = {{
    {IncidentState::kSplit, v1::STATE_SPLIT},
    {IncidentState::kHealing, v1::STATE_HEALING},
    {IncidentState::kGuarded, v1::STATE_GUARDED},
    {IncidentState::kClosed, v1::STATE_CLOSED},
}};

// Of what a damaged row may say of a deadline.
constexpr absl::Duration kFarthestAhead = absl::Hours(24 * 365);

template <typename Table, typename Key>
auto Stored(const Table& table, Key key) {
  return std::find_if(table.begin(), table.end(), [key](const auto& row) { return row.first == key; })->second;
}

template <typename Table, typename Key>
auto Loaded(const Table& table, Key key) {
  using Value = decltype(table.front().first);
  const auto* row = std::find_if(table.begin(), table.end(), [key](const auto& r) { return r.second == key; });
  return row == table.end() ? std::nullopt : std::optional<std::remove_const_t<Value>>(row->first);
}

// What comes out of a file may be any number: this keeps every sum of it far from overflow (the year 2200).
constexpr std::int64_t kLatestUs = std::int64_t{7'258'118'400} * 1'000'000;

std::int64_t StoredTime(core::Instant instant, const ClockReading& now) {
  return absl::ToUnixMicros(WallOf(instant, now));
}

absl::Time LoadedTime(std::int64_t us) { return absl::FromUnixMicros(std::clamp(us, std::int64_t{0}, kLatestUs)); }

void EncodeParts(const core::IncidentRecord& incident, const ClockReading& now, v1::Incident* out) {
  for (const core::CauseEvidence& cause : incident.causes) {
    v1::Cause* stored = out->add_causes();
    stored->set_kind(Stored(kCauses, cause.cause));
    stored->set_evidence(cause.evidence);
    stored->set_advice(cause.advice);
    if (cause.ended) stored->set_ended_us(StoredTime(*cause.ended, now));
  }
  for (const core::TimelineEntry& entry : incident.timeline) {
    v1::TimelineEntry* stored = out->add_timeline();
    stored->set_at_us(StoredTime(entry.at, now));
    stored->set_text(entry.text);
  }
  for (const core::HoldRecord& hold : incident.holds) {
    v1::Hold* stored = out->add_holds();
    stored->set_node(hold.node);
    stored->set_survivor(hold.survivor);
    stored->set_reason(hold.reason);
    stored->set_since_us(StoredTime(hold.since, now));
    stored->set_failed_trials(hold.failed_trials);
    stored->set_by_operator(hold.by_operator);
    for (const IpAddress& vip : hold.vips) stored->add_vips(vip.ToString());
  }
}

// By address; what is no address is left out.
std::vector<IpAddress> ReadVips(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<IpAddress> vips;
  for (const std::string& text : texts) {
    if (const absl::StatusOr<IpAddress> vip = IpAddress::Parse(text); vip.ok()) vips.push_back(*vip);
  }
  std::sort(vips.begin(), vips.end());
  vips.erase(std::unique(vips.begin(), vips.end()), vips.end());
  return vips;
}

void DecodeParts(const v1::Incident& stored, const ClockReading& now, StoredIncident* out) {
  core::IncidentRecord& record = out->record;
  for (const v1::Cause& cause : stored.causes()) {
    record.causes.push_back(
        {Loaded(kCauses, cause.kind()).value_or(Cause::kUnknown), cause.evidence(), cause.advice()});
    if (!cause.has_ended_us()) continue;
    out->ended.resize(record.causes.size());
    out->ended.back() = LoadedTime(cause.ended_us());
    record.causes.back().ended = InstantOf(*out->ended.back(), now);
  }
  for (const v1::TimelineEntry& entry : stored.timeline()) {
    const absl::Time at = LoadedTime(entry.at_us());
    out->timeline.push_back(at);
    record.timeline.push_back({InstantOf(at, now), entry.text()});
  }
  for (const v1::Hold& hold : stored.holds()) {
    record.holds.push_back({hold.node(), hold.survivor(), hold.reason(), InstantOf(LoadedTime(hold.since_us()), now),
                            hold.failed_trials(), hold.by_operator(), ReadVips(hold.vips())});
  }
}

void DecodeTimes(const v1::Incident& stored, const ClockReading& now, StoredIncident* out) {
  core::IncidentRecord& record = out->record;
  out->opened = LoadedTime(stored.opened_us());
  record.opened = InstantOf(out->opened, now);
  if (stored.has_confirmed_us()) {
    out->confirmed = LoadedTime(stored.confirmed_us());
    record.confirmed = InstantOf(*out->confirmed, now);
  }
  if (stored.has_healed_us()) {
    out->healed = LoadedTime(stored.healed_us());
    record.healed = InstantOf(*out->healed, now);
  }
  if (stored.has_closed_us()) {
    out->closed = LoadedTime(stored.closed_us());
    record.closed = InstantOf(*out->closed, now);
  }
  record.dual_hold = std::chrono::nanoseconds(std::max(stored.dual_hold_ns(), std::int64_t{0}));
}

}  // namespace

absl::Time WallOf(core::Instant instant, const ClockReading& now) {
  return now.wall - std::max(absl::FromChrono(now.steady - instant), absl::ZeroDuration());
}

core::Instant InstantOf(absl::Time wall, const ClockReading& now) {
  return now.steady - absl::ToChronoNanoseconds(std::max(now.wall - wall, absl::ZeroDuration()));
}

absl::Time WallOfDeadline(core::Instant deadline, const ClockReading& now) {
  return now.wall + absl::FromChrono(deadline - now.steady);
}

core::Instant DeadlineOf(absl::Time wall, const ClockReading& now) {
  const absl::Duration ahead = std::clamp(wall - now.wall, absl::ZeroDuration(), kFarthestAhead);
  return now.steady + absl::ToChronoNanoseconds(ahead);
}

std::string EncodeIncident(const core::IncidentRecord& incident, const ClockReading& now) {
  v1::Incident out;
  out.set_id(incident.id);
  out.set_cluster(incident.cluster);
  out.set_vip(incident.vips.front().ToString());
  for (const IpAddress& vip : incident.vips) out.add_vips(vip.ToString());
  out.set_state(Stored(kStates, incident.state));
  out.set_enforced(incident.enforced);
  out.set_survivor(incident.survivor);
  for (const std::string& node : incident.demoted) out.add_demoted(node);
  out.set_opened_us(StoredTime(incident.opened, now));
  if (incident.confirmed) out.set_confirmed_us(StoredTime(*incident.confirmed, now));
  if (incident.healed) out.set_healed_us(StoredTime(*incident.healed, now));
  if (incident.closed) out.set_closed_us(StoredTime(*incident.closed, now));
  out.set_dual_hold_ns(incident.dual_hold.count());
  EncodeParts(incident, now, &out);
  out.set_note(incident.note);
  return out.SerializeAsString();
}

absl::StatusOr<StoredIncident> DecodeIncident(absl::string_view bytes, const ClockReading& now) {
  v1::Incident stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a stored incident cannot be read");
  }
  const absl::StatusOr<IpAddress> vip = IpAddress::Parse(stored.vip());
  const std::optional<IncidentState> state = Loaded(kStates, stored.state());
  if (!vip.ok() || !state || stored.id().empty()) {
    return absl::DataLossError(absl::StrCat("stored incident '", stored.id(), "' has the VIP '", stored.vip(),
                                            "' and state ", stored.state()));
  }
  StoredIncident out;
  out.record.id = stored.id();
  out.record.cluster = stored.cluster();
  out.record.vips = ReadVips(stored.vips());
  if (out.record.vips.empty()) out.record.vips = {*vip};
  out.record.state = *state;
  out.record.enforced = stored.enforced();
  out.record.survivor = stored.survivor();
  out.record.demoted.assign(stored.demoted().begin(), stored.demoted().end());
  out.record.note = stored.note();
  DecodeTimes(stored, now, &out);
  DecodeParts(stored, now, &out);
  return out;
}

}  // namespace arbiter::store
