// A switched network: a bridge in a namespace of its own, with a port for each host, whose cables can fail.
#ifndef TESTS_LAB_NETWORK_H_
#define TESTS_LAB_NETWORK_H_

#include <map>
#include <mutex>
#include <string>

#include "tests/lab/netns.h"
#include "tests/lab/subnet.h"

namespace lab {

// Which way frames are lost at a port; the carrier stays up.
enum class Way { kFromHost, kToHost, kBoth };

// Thread-safe where the comment says so; otherwise for the test's own thread.
class Network {
 public:
  // `number` (1 to 99) keeps the link-layer addresses of one lab's networks apart.
  Network(std::string netns_name, int number, Subnet subnet = {});

  // A veth pair: `interface` in the host's namespace, a port named after `host` here. Multicast is flooded.
  void Attach(const std::string& host, const NetNamespace& where, const std::string& interface);

  // A port that passes nothing, one way or both, while the carrier stays up.
  void Cut(const std::string& host, Way way = Way::kBoth);
  // Undoes every Cut of this port.
  void Mend(const std::string& host);

  // The switch passes no VRRP (IP protocol 112) from any port to any other, and does again.
  void LoseVrrp();
  void PassVrrp();

  // The cable: the host loses its carrier, and has it again.
  void Pull(const std::string& host);
  void PlugIn(const std::string& host);

  // Deletes the host's interface with its addresses, as a hot-unplugged card.
  void Detach(const std::string& host);

  [[nodiscard]] const NetNamespace& netns() const { return netns_; }
  [[nodiscard]] const Subnet& subnet() const { return subnet_; }

  // Which host a frame that arrived at this port index came from; empty when none is attached there, or when the port
  // passes on nothing that comes from it. Thread-safe.
  [[nodiscard]] std::string DeliveringHost(int port_index) const;

 private:
  void Filter(const std::string& commands) const;

  NetNamespace netns_;
  const int number_;
  const Subnet subnet_;
  int attached_ = 0;
  mutable std::mutex mutex_;
  std::map<int, std::string> host_of_port_;
  std::map<std::string, bool> deaf_to_;
};

}  // namespace lab

#endif  // TESTS_LAB_NETWORK_H_
