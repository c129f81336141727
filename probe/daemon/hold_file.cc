#include "probe/daemon/hold_file.h"

#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "arbiter/process/private_directory.h"
#include "probe/daemon/hold_state.pb.h"

namespace probe::daemon {
namespace {

using arbiter::process::PrivateDirectory;

constexpr char kName[] = "holds.json";
constexpr char kBroken[] = "holds.json.broken";
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
// Of what a damaged file may say of a time: ten years, so that sums with it are times.
constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24 * 3660);

void PutFence(const hold::Fence& fence, state::Fence* into) {
  into->set_term(fence.term);
  into->set_sequence(fence.sequence);
}

hold::Fence GetFence(const state::Fence& fence) { return {fence.term(), fence.sequence()}; }

// But for its VIP.
void PutHold(const hold::HoldRecord& hold, state::Hold* into) {
  into->set_incident(hold.incident);
  PutFence(hold.fence, into->mutable_fence());
  into->set_reason(hold.reason);
  into->set_survivor(hold.survivor);
  for (const arbiter::IpAddress& address : hold.survivor_addresses) into->add_survivor_addresses(address.ToString());
  into->set_survivor_vrid(hold.survivor_vrid);
  into->set_silence_limit_ns(hold.silence_limit.count());
  for (const hold::RungKind kind : hold.forbidden_rungs) into->add_forbidden_rungs(hold::NameOf(kind));
  into->set_since_boot_ns(hold.since.count());
  into->set_address_removed(hold.address_removed);
  into->set_daemon_stopped(hold.daemon_stopped);
  into->set_trial(hold.trial);
  for (const hold::RemovedAddress& removed : hold.removed) {
    state::RemovedAddress* place = into->add_removed();
    place->set_interface(removed.interface);
    place->set_prefix_length(removed.prefix_length);
    place->set_scope(removed.scope);
    place->set_flags(removed.flags);
    place->set_label(removed.label);
  }
}

// Its VIP, and those that the same is said of.
template <typename Message>
void AddVip(const arbiter::IpAddress& vip, Message* into) {
  if (into->vip().empty()) {
    into->set_vip(vip.ToString());
  } else {
    into->add_more_vips(vip.ToString());
  }
}

template <typename Message>
absl::StatusOr<std::vector<arbiter::IpAddress>> VipsIn(const Message& from) {
  std::vector<arbiter::IpAddress> vips;
  const auto add = [&vips](const std::string& text) {
    const absl::StatusOr<arbiter::IpAddress> vip = arbiter::IpAddress::Parse(text);
    if (vip.ok()) vips.push_back(*vip);
    return vip.status();
  };
  absl::Status status = add(from.vip());
  for (const std::string& text : from.more_vips()) status.Update(add(text));
  if (!status.ok()) return status;
  return vips;
}

// Rungs that a newer probe knows and this one does not are none that it could use.
std::vector<hold::RungKind> GetRungs(const state::Hold& hold) {
  std::vector<hold::RungKind> kinds;
  for (const hold::RungKind kind : {hold::RungKind::kGate, hold::RungKind::kTrackFile, hold::RungKind::kRemoveAddress,
                                    hold::RungKind::kStopDaemon, hold::RungKind::kExec}) {
    for (const std::string& name : hold.forbidden_rungs()) {
      if (name == hold::NameOf(kind)) kinds.push_back(kind);
    }
  }
  return kinds;
}

absl::StatusOr<hold::HoldRecord> GetHold(const state::Hold& from) {
  hold::HoldRecord hold;
  hold.incident = from.incident();
  hold.fence = GetFence(from.fence());
  hold.reason = from.reason();
  hold.survivor = from.survivor();
  if (from.survivor_vrid() <= 255) hold.survivor_vrid = static_cast<std::uint8_t>(from.survivor_vrid());
  for (const std::string& text : from.survivor_addresses()) {
    const absl::StatusOr<arbiter::IpAddress> address = arbiter::IpAddress::Parse(text);
    if (!address.ok()) return address.status();
    hold.survivor_addresses.push_back(*address);
  }
  hold.silence_limit = std::clamp<hold::Duration>(hold::Duration(from.silence_limit_ns()), {}, kLongest);
  hold.forbidden_rungs = GetRungs(from);
  hold.since = std::clamp<hold::BootTime>(hold::BootTime(from.since_boot_ns()), {}, kLongest);
  hold.address_removed = from.address_removed();
  hold.daemon_stopped = from.daemon_stopped();
  hold.trial = from.trial();
  for (const state::RemovedAddress& place : from.removed()) {
    hold.removed.push_back({place.interface(), place.prefix_length(), static_cast<std::uint8_t>(place.scope()),
                            place.flags(), place.label()});
  }
  return hold;
}

absl::Status GetLists(const state::Holds& from, hold::HoldMemory* memory) {
  for (const state::Obeyed& obeyed : from.obeyed()) {
    const auto vips = VipsIn(obeyed);
    if (!vips.ok()) return vips.status();
    for (const arbiter::IpAddress& vip : *vips) memory->obeyed[vip] = GetFence(obeyed.fence());
  }
  for (const state::Hold& text : from.holds()) {
    const auto vips = VipsIn(text);
    if (!vips.ok()) return vips.status();
    absl::StatusOr<hold::HoldRecord> hold = GetHold(text);
    if (!hold.ok()) return hold.status();
    for (const arbiter::IpAddress& vip : *vips) {
      hold->vip = vip;
      memory->holds[vip] = *hold;
    }
  }
  for (const state::Released& released : from.released()) {
    auto vips = VipsIn(released);
    if (!vips.ok()) return vips.status();
    memory->released.push_back({*std::move(vips), GetFence(released.fence()), released.why()});
  }
  return absl::OkStatus();
}

}  // namespace

std::string FormatHolds(const hold::HoldMemory& memory, absl::string_view boot_id) {
  state::Holds holds;
  holds.set_boot_id(std::string(boot_id));
  holds.set_newest_term(memory.newest_term);
  // What is the same for many is said once: a directive for 250 VIPs is one entry, not 250.
  std::map<hold::Fence, state::Obeyed*> obeyed;
  for (const auto& [vip, fence] : memory.obeyed) {
    state::Obeyed*& entry = obeyed[fence];
    if (entry == nullptr) {
      entry = holds.add_obeyed();
      PutFence(fence, entry->mutable_fence());
    }
    AddVip(vip, entry);
  }
  std::map<std::string, state::Hold*> alike;
  for (const auto& [vip, hold] : memory.holds) {
    state::Hold one;
    PutHold(hold, &one);
    state::Hold*& entry = alike[one.SerializeAsString()];
    if (entry == nullptr) {
      entry = holds.add_holds();
      *entry = std::move(one);
    }
    AddVip(vip, entry);
  }
  for (const hold::LocalRelease& from : memory.released) {
    state::Released* released = holds.add_released();
    for (const arbiter::IpAddress& vip : from.vips) AddVip(vip, released);
    PutFence(from.fence, released->mutable_fence());
    released->set_why(from.why);
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(holds, &text, options);  // every message of ours has a JSON form
  return text;
}

absl::StatusOr<hold::HoldMemory> ParseHolds(absl::string_view text, absl::string_view boot_id) {
  state::Holds holds;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(text), &holds, options);
  if (!parsed.ok()) return absl::DataLossError(std::string(parsed.message()));
  hold::HoldMemory memory;
  memory.newest_term = holds.newest_term();
  if (holds.boot_id() != std::string(boot_id)) return memory;
  if (const absl::Status status = GetLists(holds, &memory); !status.ok()) {
    return absl::DataLossError(status.message());
  }
  return memory;
}

HoldFile::HoldFile(std::string directory, std::string boot_id)
    : directory_(std::move(directory)), boot_id_(std::move(boot_id)) {}

absl::StatusOr<hold::HoldMemory> HoldFile::Load() {
  const auto directory = PrivateDirectory::Open(directory_);
  const absl::StatusOr<std::string> text = directory.ok() ? directory->ReadFile(kName, kMaxBytes) : directory.status();
  if (absl::IsNotFound(text.status())) return hold::HoldMemory();
  if (!text.ok()) return text.status();
  absl::StatusOr<hold::HoldMemory> memory = ParseHolds(*text, boot_id_);
  if (memory.ok()) return memory;
  const absl::Status kept = directory->Rename(kName, kBroken);
  return absl::DataLossError(absl::StrCat(
      "read ", directory->PathOf(kName), ": ", std::string(memory.status().message()), " (",
      kept.ok() ? absl::StrCat("kept as ", directory->PathOf(kBroken)) : std::string(kept.message()), ")"));
}

absl::Status HoldFile::Save(const hold::HoldMemory& memory) {
  std::string text = FormatHolds(memory, boot_id_);
  if (text == saved_) return absl::OkStatus();
  const auto directory = PrivateDirectory::Open(directory_);
  if (!directory.ok()) {
    return {directory.status().code(),
            absl::StrCat("write ", directory_, "/", kName, ": ", directory.status().message())};
  }
  absl::Status status = directory->ReplaceFile(kName, text, S_IRUSR | S_IWUSR);
  if (status.ok()) saved_ = std::move(text);
  return status;
}

}  // namespace probe::daemon
