#include "probe/keepalived/scope.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

const TrackFile* FindDefinition(const Config& config, absl::string_view name) {
  const auto found = std::find_if(config.track_files.begin(), config.track_files.end(),
                                  [&](const TrackFile& file) { return file.name == name; });
  return found == config.track_files.end() ? nullptr : &*found;
}

bool SamePath(const std::string& a, const std::string& b) {
  return std::filesystem::path(a).lexically_normal() == std::filesystem::path(b).lexically_normal();
}

bool Tracks(const std::vector<Tracked>& list, absl::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Tracked& tracked) { return tracked.defined && tracked.name == name; });
}

// Every instance that goes to FAULT when this file says so: who tracks it, directly or by the group, and their groups.
std::vector<const Instance*> FaultByFile(const Config& config, absl::string_view name) {
  std::vector<const Instance*> result;
  for (const Instance& instance : config.instances) {
    const SyncGroup* group = GroupOf(config, instance);
    if (Tracks(instance.files, name) || (group != nullptr && Tracks(group->files, name))) {
      for (const Instance* one : FaultTogether(config, instance)) {
        result.push_back(one);
      }
    }
  }
  return result;
}

// A track file that could be the rung, and the reference to it.
struct Candidate {
  const TrackFile* file;
  const Tracked* tracked;
  bool by_group;  // the reference stands in the group
  bool of_group;  // the file is named after the group
};

// The paths that make a track file ours, for this instance.
struct Paths {
  std::string instance;
  std::string group;  // empty when there is no group
};

bool Watches(const TrackFile& file, const std::string& path) {
  return !path.empty() && SamePath(file.path.value, path);
}

void AddCandidates(const Config& config, const std::vector<Tracked>& list, const Paths& paths, bool by_group,
                   std::vector<Candidate>* candidates) {
  for (const Tracked& tracked : list) {
    const TrackFile* file = FindDefinition(config, tracked.name);
    if (file == nullptr) {
      continue;
    }
    const bool of_group = Watches(*file, paths.group);
    if (of_group || Watches(*file, paths.instance)) {
      candidates->push_back({file, &tracked, by_group, of_group});
    }
  }
}

// Why a candidate cannot do it; nothing when it can.
std::optional<std::string> Flaw(const Config& config, const Instance& instance, const Candidate& candidate) {
  const std::string where = absl::StrCat(candidate.tracked->at.ToString(), ": ");
  const std::string name = absl::StrCat("track_file ", candidate.file->name);
  if (!candidate.tracked->defined) {
    return absl::StrCat(where, name, " is defined below this line (", candidate.file->at.ToString(),
                        "), and the daemon ignores the reference: move the definition above it");
  }
  const int weight = candidate.by_group ? candidate.tracked->weight.value_or(candidate.file->weight.value)
                                        : EffectiveWeight(config, instance, *candidate.tracked);
  if (weight != 0) {
    return absl::StrCat(where, name, " has weight ", weight,
                        ", which only changes the priority: write 'weight 0' in its definition (",
                        candidate.file->at.ToString(), ")");
  }
  if (candidate.tracked->reverse.value_or(candidate.file->reverse)) {
    return absl::StrCat(where, name, " is reversed: take 'reverse' away");
  }
  return std::nullopt;
}

std::string MissingReference(const Config& config, const Instance& instance, const SyncGroup* group,
                             const Paths& paths) {
  for (const TrackFile& file : config.track_files) {
    const bool of_group = Watches(file, paths.group);
    if (of_group || Watches(file, paths.instance)) {
      return absl::StrCat("track_file ", file.name, " is defined (", file.at.ToString(), ") but ",
                          of_group ? "vrrp_sync_group " : "vrrp_instance ", of_group ? group->name : instance.name,
                          " (", of_group ? group->at.ToString() : instance.at.ToString(),
                          ") does not track it: write 'track_file {', '", file.name, "' and '}' in it, on three lines");
    }
  }
  return absl::StrCat("no track_file with the file ", paths.group.empty() ? paths.instance : paths.group,
                      " is tracked by ", group == nullptr ? "vrrp_instance " : "vrrp_sync_group ",
                      group == nullptr ? instance.name : group->name, " (",
                      group == nullptr ? instance.at.ToString() : group->at.ToString(),
                      "): 'arbiter-probe snippet' prints the lines to add");
}

}  // namespace

std::vector<Owner> OwnersOf(const Config& config, const arbiter::IpAddress& address) {
  std::vector<Owner> owners;
  for (const Instance& instance : config.instances) {
    const auto find = [&](const std::vector<VirtualAddress>& list, bool excluded) {
      const auto found =
          std::find_if(list.begin(), list.end(), [&](const VirtualAddress& one) { return one.address == address; });
      if (found != list.end()) {
        owners.push_back({&instance, &*found, excluded});
      }
      return found != list.end();
    };
    if (!find(instance.addresses, false)) {
      find(instance.excluded, true);
    }
  }
  return owners;
}

const Instance* FindInstance(const Config& config, absl::string_view name) {
  const auto found = std::find_if(config.instances.begin(), config.instances.end(),
                                  [&](const Instance& instance) { return instance.name == name; });
  return found == config.instances.end() ? nullptr : &*found;
}

const SyncGroup* GroupOf(const Config& config, const Instance& instance) {
  for (const SyncGroup& group : config.groups) {
    if (std::any_of(group.members.begin(), group.members.end(),
                    [&](const SyncGroup::Member& member) { return member.instance == instance.name; })) {
      return &group;
    }
  }
  return nullptr;
}

std::vector<const Instance*> FaultTogether(const Config& config, const Instance& instance) {
  const SyncGroup* group = GroupOf(config, instance);
  if (group == nullptr) {
    return {&instance};
  }
  std::vector<const Instance*> together;
  for (const SyncGroup::Member& member : group->members) {
    if (const Instance* one = FindInstance(config, member.instance); one != nullptr) {
      together.push_back(one);
    }
  }
  return together;
}

std::vector<arbiter::IpAddress> AddressesOf(const std::vector<const Instance*>& instances) {
  std::vector<arbiter::IpAddress> addresses;
  for (const Instance* instance : instances) {
    for (const std::vector<VirtualAddress>* list : {&instance->addresses, &instance->excluded}) {
      for (const VirtualAddress& one : *list) {
        addresses.push_back(one.address);
      }
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

int EffectiveWeight(const Config& config, const Instance& instance, const Tracked& tracked) {
  const SyncGroup* group = GroupOf(config, instance);
  if (instance.priority.value.is_address_owner() || (group != nullptr && !group->keeps_weights)) {
    return 0;
  }
  const TrackFile* file = FindDefinition(config, tracked.name);
  return tracked.weight.value_or(file == nullptr ? 1 : file->weight.value);
}

absl::StatusOr<std::string> TrackFilePath(absl::string_view runtime_dir, absl::string_view name) {
  const bool printable =
      std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '/' && c != '"'; });
  if (name.empty() || name.front() == '.' || name.size() > 200 || !printable) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", name, "' cannot be the name of a track file: give it a name of letters, digits, '-' and '_'"));
  }
  return absl::StrCat(runtime_dir, "/", name, ".demote");
}

std::variant<TrackFileRung, NoTrackFile> FindTrackFile(const Config& config, const Instance& instance,
                                                       absl::string_view runtime_dir) {
  const SyncGroup* group = GroupOf(config, instance);
  const absl::StatusOr<std::string> of_instance = TrackFilePath(runtime_dir, instance.name);
  const absl::StatusOr<std::string> of_group =
      group == nullptr ? absl::StatusOr<std::string>("") : TrackFilePath(runtime_dir, group->name);
  if (!of_instance.ok() && (group == nullptr || !of_group.ok())) {
    return NoTrackFile{absl::StrCat(instance.at.ToString(), ": ", of_instance.status().message())};
  }
  const Paths paths{of_instance.value_or(""), of_group.value_or("")};
  std::vector<Candidate> candidates;
  AddCandidates(config, instance.files, paths, false, &candidates);
  if (group != nullptr) {
    AddCandidates(config, group->files, paths, true, &candidates);
  }
  std::optional<std::string> first_flaw;
  for (const Candidate& candidate : candidates) {
    std::optional<std::string> flaw = Flaw(config, instance, candidate);
    if (!flaw.has_value()) {
      return TrackFileRung{candidate.file->path.value, candidate.file->name, candidate.of_group,
                           AddressesOf(FaultByFile(config, candidate.file->name)), candidate.tracked->at};
    }
    if (!first_flaw.has_value()) {
      first_flaw = std::move(flaw);
    }
  }
  return NoTrackFile{first_flaw.has_value() ? *first_flaw : MissingReference(config, instance, group, paths)};
}

}  // namespace probe::keepalived
