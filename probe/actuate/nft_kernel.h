// The kernel's nf_tables as the gate needs it: one way in (a script, one transaction) and one way to see (a dump).
#ifndef PROBE_ACTUATE_NFT_KERNEL_H_
#define PROBE_ACTUATE_NFT_KERNEL_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probe::actuate {

// One table of family netdev, as dumped.
struct TableDump {
  struct Element {
    std::vector<std::uint8_t> value;                   // network order
    std::optional<std::chrono::milliseconds> expires;  // nothing: never
    std::uint64_t packets = 0;                         // of its counter, 0 without one
    std::string comment;
  };
  struct Chain {
    std::optional<std::uint32_t> hook;  // NF_NETDEV_INGRESS or NF_NETDEV_EGRESS; nothing for a regular chain
    std::vector<std::string> devices;   // those that it is hooked to
    int rules = 0;
  };
  bool present = false;
  std::map<std::string, Chain> chains;
  std::map<std::string, std::vector<Element>> sets;
};

class NftKernel {
 public:
  virtual ~NftKernel() = default;

  // Runs a script of nft(8) commands as one transaction. PermissionDenied, Unimplemented (the kernel lacks a feature),
  // NotFound (an object or a device is not there), or Internal, with nft's own first line of complaint.
  virtual absl::Status Run(const std::string& script) = 0;

  // Reads one netdev table; `present` is false where there is none.
  virtual absl::StatusOr<TableDump> Dump(absl::string_view table) = 0;
};

// The kernel of the network namespace that the calling thread is in now, through libnftables and nfnetlink. Each call
// is blocking and short. Not thread-safe.
absl::StatusOr<std::unique_ptr<NftKernel>> OpenNftKernel();

}  // namespace probe::actuate

#endif  // PROBE_ACTUATE_NFT_KERNEL_H_
