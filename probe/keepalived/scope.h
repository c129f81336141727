// What hangs together in a configuration: who owns an address, and which addresses fall together when the daemon is
// made to give one up by a track file. Pure functions.
#ifndef PROBE_KEEPALIVED_SCOPE_H_
#define PROBE_KEEPALIVED_SCOPE_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "probe/keepalived/config.h"
#include "proto/value/ip_address.h"

namespace probe::keepalived {

// An instance that adds an address when it becomes active. Points into the configuration.
struct Owner {
  const Instance* instance;
  const VirtualAddress* address;
  bool excluded;  // it is not in the instance's adverts
};

// All owners of the address, in the order of the file. More than one is a mistake that the daemon accepts.
std::vector<Owner> OwnersOf(const Config& config, const arbiter::IpAddress& address);

// The instance of that name; null when there is none.
const Instance* FindInstance(const Config& config, absl::string_view name);

// The sync group that the instance is a member of; null when it is in none.
const SyncGroup* GroupOf(const Config& config, const Instance& instance);

// The instances that go to FAULT with this one, itself included: those of its sync group, else only itself.
std::vector<const Instance*> FaultTogether(const Config& config, const Instance& instance);

// All that these instances hold, excluded addresses too: sorted, each once.
std::vector<arbiter::IpAddress> AddressesOf(const std::vector<const Instance*>& instances);

// How much the file's value counts for whoever tracks it. Zero means: not zero in the file is FAULT. The daemon itself
// makes it zero for an address owner, and for a member of a sync group that does not keep weights.
int EffectiveWeight(const Config& config, const Instance& instance, const Tracked& tracked);

// A track file by which the instance can be told to give up its addresses.
struct TrackFileRung {
  std::string path;                           // write 1 to demote, 0 to release
  std::string name;                           // of the track_file block
  bool of_group = false;                      // its file is named after the sync group
  std::vector<arbiter::IpAddress> addresses;  // everything that falls with it: sorted, each once
  Origin at;                                  // the line that tracks it
};

// Why there is none, in words that an operator can act on: file, line and what to write.
struct NoTrackFile {
  std::string why;
};

// The file's path for an instance or a sync group: `<runtime_dir>/<name>.demote`. InvalidArgument when the name cannot
// be one of a file.
absl::StatusOr<std::string> TrackFilePath(absl::string_view runtime_dir, absl::string_view name);

// What hangs together in one configuration, found once, so that a question takes no longer where there are thousands of
// instances. Points into the configuration, which must outlive it and not move.
class Scopes {
 public:
  Scopes() = default;
  explicit Scopes(const Config& config);

  // As the functions of these names.
  [[nodiscard]] const Instance* Find(absl::string_view name) const;
  [[nodiscard]] const SyncGroup* GroupOf(const Instance& instance) const;
  [[nodiscard]] std::vector<const Instance*> FaultTogether(const Instance& instance) const;
  // The track_file block of that name; null when there is none.
  [[nodiscard]] const TrackFile* FindFile(absl::string_view name) const;
  [[nodiscard]] std::variant<TrackFileRung, NoTrackFile> FindTrackFile(const Instance& instance,
                                                                       absl::string_view runtime_dir) const;

 private:
  using SharedAddresses = std::shared_ptr<const std::vector<arbiter::IpAddress>>;

  struct Paths;
  struct File {
    const TrackFile* definition;
    std::string path;  // in its normal form; empty: none is written
  };

  [[nodiscard]] SharedAddresses FallWith(const std::vector<const Instance*>& trackers,
                                         absl::flat_hash_map<const SyncGroup*, SharedAddresses>* of_groups) const;
  void AddTrackers(const Instance& instance, const std::vector<Tracked>& files);
  [[nodiscard]] std::vector<const Instance*> FaultByFile(const std::vector<const Instance*>& trackers) const;
  [[nodiscard]] std::optional<TrackFileRung> FirstUsable(const Instance& instance, const std::vector<Tracked>& list,
                                                         const Paths& paths, std::optional<std::string>* flaw) const;
  [[nodiscard]] std::string MissingReference(const Instance& instance, const SyncGroup* group,
                                             const Paths& paths) const;

  absl::flat_hash_map<std::string, const Instance*> instances_;
  absl::flat_hash_map<std::string, const SyncGroup*> groups_;  // by the name of a member
  absl::flat_hash_map<std::string, File> files_;
  absl::flat_hash_map<std::string, const TrackFile*> by_path_;
  absl::flat_hash_map<std::string, std::vector<const Instance*>> trackers_;  // by the name of what they track
  absl::flat_hash_map<std::string, SharedAddresses> fall_with_;              // by the name of a file
};

// Finds the rung: a track file named after the instance or after its sync group, tracked by either, defined above the
// reference, with weight 0 and not reversed. Whether the directory exists, and exists before the daemon starts, is not
// looked at.
std::variant<TrackFileRung, NoTrackFile> FindTrackFile(const Config& config, const Instance& instance,
                                                       absl::string_view runtime_dir);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_SCOPE_H_
