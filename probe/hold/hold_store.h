// What holds have to remember over a restart of the probe.
#ifndef PROBE_HOLD_HOLD_STORE_H_
#define PROBE_HOLD_HOLD_STORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "probe/hold/directive.h"
#include "probe/hold/removed_address.h"
#include "proto/value/ip_address.h"

namespace probe::hold {

// The standing state "this node must not hold this VIP until released".
struct HoldRecord {
  arbiter::IpAddress vip;
  std::string incident;
  Fence fence;
  std::string reason;
  std::string survivor;
  std::vector<arbiter::IpAddress> survivor_addresses;
  std::uint8_t survivor_vrid = 0;  // 0: not known
  Duration silence_limit{};
  std::vector<RungKind> forbidden_rungs;
  BootTime since{};
  // What was done for it, and matters at the release.
  bool address_removed = false;
  std::vector<RemovedAddress> removed;  // where it was; empty for a record of a probe that did not remember
  bool daemon_stopped = false;
  // The daemon has been let go behind the shut gate.
  bool trial = false;

  friend bool operator==(const HoldRecord&, const HoldRecord&) = default;
};

// Holds of one directive that ended on the node without the arbiter: told to it when there is one again.
struct LocalRelease {
  std::vector<arbiter::IpAddress> vips;
  Fence fence;
  std::string why;

  friend bool operator==(const LocalRelease&, const LocalRelease&) = default;
};

struct HoldMemory {
  std::uint64_t newest_term = 0;
  std::map<arbiter::IpAddress, Fence> obeyed;  // of the newest term; older ones are refused by their term alone
  std::map<arbiter::IpAddress, HoldRecord> holds;
  std::vector<LocalRelease> released;

  friend bool operator==(const HoldMemory&, const HoldMemory&) = default;
};

class HoldStore {
 public:
  HoldStore() = default;
  HoldStore(const HoldStore&) = delete;
  HoldStore& operator=(const HoldStore&) = delete;
  virtual ~HoldStore() = default;

  // An empty memory where nothing was ever saved.
  virtual absl::StatusOr<HoldMemory> Load() = 0;
  // Outlives this process when it returns OK; the memory saved before stays when it does not.
  virtual absl::Status Save(const HoldMemory& memory) = 0;
};

}  // namespace probe::hold

#endif  // PROBE_HOLD_HOLD_STORE_H_
