#include "probe/keepalived/scope.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probe::keepalived {
namespace {

const TrackFile* FindDefinition(const Config& config, absl::string_view name) {
  const auto found = std::find_if(config.track_files.begin(), config.track_files.end(),
                                  [&](const TrackFile& file) { return file.name == name; });
  return found == config.track_files.end() ? nullptr : &*found;
}

std::string Normal(absl::string_view path) {
  return std::filesystem::path(std::string(path)).lexically_normal().string();
}

int WeightOf(const Instance& instance, const SyncGroup* group, const Tracked& tracked, const TrackFile* file) {
  if (instance.priority.value.is_address_owner() || (group != nullptr && !group->keeps_weights)) {
    return 0;
  }
  return tracked.weight.value_or(file == nullptr ? 1 : file->weight.value);
}

// A track file that could be the rung, and the reference to it.
struct Candidate {
  const TrackFile* file;
  const Tracked* tracked;
  bool by_group;  // the reference stands in the group
  bool of_group;  // the file is named after the group
};

// Why a candidate cannot do it; nothing when it can.
std::optional<std::string> Flaw(const Instance& instance, const SyncGroup* group, const Candidate& candidate) {
  const std::string where = absl::StrCat(candidate.tracked->at.ToString(), ": ");
  const std::string name = absl::StrCat("track_file ", candidate.file->name);
  if (!candidate.tracked->defined) {
    return absl::StrCat(where, name, " is defined below this line (", candidate.file->at.ToString(),
                        "), and the daemon ignores the reference: move the definition above it");
  }
  const int weight = candidate.by_group ? candidate.tracked->weight.value_or(candidate.file->weight.value)
                                        : WeightOf(instance, group, *candidate.tracked, candidate.file);
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

}  // namespace

// The paths that make a track file ours, for one instance.
struct Scopes::Paths {
  std::string instance;
  std::string group;  // empty when there is no group
  std::string normal_instance;
  std::string normal_group;

  Paths(std::string of_instance, std::string of_group)
      : instance(std::move(of_instance)),
        group(std::move(of_group)),
        normal_instance(instance.empty() ? "" : Normal(instance)),
        normal_group(group.empty() ? "" : Normal(group)) {}
};

Scopes::Scopes(const Config& config) {
  for (const Instance& instance : config.instances) {
    instances_.try_emplace(instance.name, &instance);
  }
  for (const SyncGroup& group : config.groups) {
    for (const SyncGroup::Member& member : group.members) {
      groups_.try_emplace(member.instance, &group);
    }
  }
  for (const TrackFile& file : config.track_files) {
    const std::string path = file.path.value.empty() ? std::string() : Normal(file.path.value);
    files_.try_emplace(file.name, File{&file, path});
    by_path_.try_emplace(path, &file);
  }
  for (const Instance& instance : config.instances) {
    AddTrackers(instance, instance.files);
    if (const SyncGroup* group = GroupOf(instance); group != nullptr) {
      AddTrackers(instance, group->files);
    }
  }
  absl::flat_hash_map<const SyncGroup*, SharedAddresses> of_groups;
  for (const auto& [name, trackers] : trackers_) {
    fall_with_.try_emplace(name, FallWith(trackers, &of_groups));
  }
}

// Many files that each bring down the same group share one list.
Scopes::SharedAddresses Scopes::FallWith(const std::vector<const Instance*>& trackers,
                                         absl::flat_hash_map<const SyncGroup*, SharedAddresses>* of_groups) const {
  const auto all = [this, &trackers] {
    return std::make_shared<const std::vector<arbiter::IpAddress>>(AddressesOf(FaultByFile(trackers)));
  };
  const SyncGroup* group = GroupOf(*trackers.front());
  const bool one_group = group != nullptr && std::all_of(trackers.begin(), trackers.end(),
                                                         [&](const Instance* one) { return GroupOf(*one) == group; });
  if (!one_group) {
    return all();
  }
  SharedAddresses& shared = (*of_groups)[group];
  if (shared == nullptr) {
    shared = all();
  }
  return shared;
}

void Scopes::AddTrackers(const Instance& instance, const std::vector<Tracked>& files) {
  for (const Tracked& tracked : files) {
    if (!tracked.defined) {
      continue;
    }
    std::vector<const Instance*>& all = trackers_[tracked.name];
    if (all.empty() || all.back() != &instance) {
      all.push_back(&instance);
    }
  }
}

const Instance* Scopes::Find(absl::string_view name) const {
  const auto found = instances_.find(name);
  return found == instances_.end() ? nullptr : found->second;
}

const SyncGroup* Scopes::GroupOf(const Instance& instance) const {
  const auto found = groups_.find(instance.name);
  return found == groups_.end() ? nullptr : found->second;
}

std::vector<const Instance*> Scopes::FaultTogether(const Instance& instance) const {
  const SyncGroup* group = GroupOf(instance);
  if (group == nullptr) {
    return {&instance};
  }
  std::vector<const Instance*> together;
  for (const SyncGroup::Member& member : group->members) {
    if (const Instance* one = Find(member.instance); one != nullptr) {
      together.push_back(one);
    }
  }
  return together;
}

// Every instance that goes to FAULT when a file says so that these track, directly or by the group: they, and their
// groups.
std::vector<const Instance*> Scopes::FaultByFile(const std::vector<const Instance*>& trackers) const {
  absl::flat_hash_set<const SyncGroup*> taken;
  std::vector<const Instance*> result;
  for (const Instance* instance : trackers) {
    const SyncGroup* group = GroupOf(*instance);
    if (group != nullptr && !taken.insert(group).second) {
      continue;
    }
    for (const Instance* one : FaultTogether(*instance)) {
      result.push_back(one);
    }
  }
  return result;
}

std::string Scopes::MissingReference(const Instance& instance, const SyncGroup* group, const Paths& paths) const {
  const auto of_instance = by_path_.find(paths.normal_instance);
  const auto of_group = paths.normal_group.empty() ? by_path_.end() : by_path_.find(paths.normal_group);
  if (of_group != by_path_.end() || of_instance != by_path_.end()) {
    const bool takes_group = of_group != by_path_.end();
    const TrackFile& file = takes_group ? *of_group->second : *of_instance->second;
    return absl::StrCat("track_file ", file.name, " is defined (", file.at.ToString(), ") but ",
                        takes_group ? "vrrp_sync_group " : "vrrp_instance ", takes_group ? group->name : instance.name,
                        " (", takes_group ? group->at.ToString() : instance.at.ToString(),
                        ") does not track it: write 'track_file {', '", file.name, "' and '}' in it, on three lines");
  }
  return absl::StrCat("no track_file with the file ", paths.group.empty() ? paths.instance : paths.group,
                      " is tracked by ", group == nullptr ? "vrrp_instance " : "vrrp_sync_group ",
                      group == nullptr ? instance.name : group->name, " (",
                      group == nullptr ? instance.at.ToString() : group->at.ToString(),
                      "): 'arbiter-probe snippet' prints the lines to add");
}

// The first of `list` that can do it. What is wrong with the first that cannot goes to `flaw`, unless something did.
std::optional<TrackFileRung> Scopes::FirstUsable(const Instance& instance, const std::vector<Tracked>& list,
                                                 const Paths& paths, std::optional<std::string>* flaw) const {
  const SyncGroup* group = GroupOf(instance);
  for (const Tracked& tracked : list) {
    const auto file = files_.find(tracked.name);
    if (file == files_.end() || file->second.path.empty()) {
      continue;
    }
    const bool of_group = file->second.path == paths.normal_group;
    if (!of_group && file->second.path != paths.normal_instance) {
      continue;
    }
    const Candidate candidate{file->second.definition, &tracked, &list != &instance.files, of_group};
    std::optional<std::string> wrong = Flaw(instance, group, candidate);
    if (!wrong.has_value()) {
      return TrackFileRung{candidate.file->path.value, candidate.file->name, candidate.of_group,
                           *fall_with_.at(candidate.file->name), candidate.tracked->at};
    }
    if (!flaw->has_value()) {
      *flaw = std::move(wrong);
    }
  }
  return std::nullopt;
}

const TrackFile* Scopes::FindFile(absl::string_view name) const {
  const auto file = files_.find(name);
  return file == files_.end() ? nullptr : file->second.definition;
}

std::variant<TrackFileRung, NoTrackFile> Scopes::FindTrackFile(const Instance& instance,
                                                               absl::string_view runtime_dir) const {
  const SyncGroup* group = GroupOf(instance);
  const absl::StatusOr<std::string> of_instance = TrackFilePath(runtime_dir, instance.name);
  const absl::StatusOr<std::string> of_group =
      group == nullptr ? absl::StatusOr<std::string>("") : TrackFilePath(runtime_dir, group->name);
  if (!of_instance.ok() && (group == nullptr || !of_group.ok())) {
    return NoTrackFile{absl::StrCat(instance.at.ToString(), ": ", of_instance.status().message())};
  }
  const Paths paths(of_instance.value_or(""), of_group.value_or(""));
  std::optional<std::string> flaw;
  std::optional<TrackFileRung> rung = FirstUsable(instance, instance.files, paths, &flaw);
  if (!rung.has_value() && group != nullptr) {
    rung = FirstUsable(instance, group->files, paths, &flaw);
  }
  if (rung.has_value()) {
    return *std::move(rung);
  }
  return NoTrackFile{flaw.has_value() ? *flaw : MissingReference(instance, group, paths)};
}

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
  return WeightOf(instance, GroupOf(config, instance), tracked, FindDefinition(config, tracked.name));
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
  return Scopes(config).FindTrackFile(instance, runtime_dir);
}

}  // namespace probe::keepalived
