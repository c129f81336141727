// A node of a cluster: a host with keepalived and a probe.
#ifndef TESTS_LAB_NODE_H_
#define TESTS_LAB_NODE_H_

#include <filesystem>
#include <string>

#include "tests/lab/firewall.h"
#include "tests/lab/host.h"
#include "tests/lab/keepalived.h"
#include "tests/lab/probe.h"

namespace lab {

// Its files are in a directory of its own, which holds keepalived's and, under `run`, the probe's.
class Node {
 public:
  Node(const Host& host, const std::filesystem::path& directory, const std::string& arbiter,
       const std::string& cluster);

  // What keepalived is to be told; Start and Reload write it.
  KeepalivedConfig config;
  // The first instance: most nodes have one.
  [[nodiscard]] InstanceConfig& instance() { return config.instances.front(); }
  // Where the probe writes the demotion file of an instance or a group: give it to `track_file`.
  [[nodiscard]] std::string TrackFile(const std::string& owner) const;

  void StartKeepalived();
  void ReloadKeepalived();

  [[nodiscard]] const std::string& name() const { return host_.name(); }
  [[nodiscard]] const Host& host() const { return host_; }
  [[nodiscard]] Keepalived& keepalived() { return keepalived_; }
  [[nodiscard]] Probe& probe() { return probe_; }
  [[nodiscard]] Firewall firewall() const { return Firewall(host_); }

 private:
  const Host& host_;
  std::filesystem::path directory_;
  Keepalived keepalived_;
  Probe probe_;
};

}  // namespace lab

#endif  // TESTS_LAB_NODE_H_
