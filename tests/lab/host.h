// A host of the lab: a namespace with a leg on the VRRP network and, usually, one on the management network; and as
// many more as a test wants.
#ifndef TESTS_LAB_HOST_H_
#define TESTS_LAB_HOST_H_

#include <string>
#include <vector>

#include "tests/lab/netns.h"
#include "tests/lab/network.h"
#include "tests/lab/process.h"

namespace lab {

// Names of the legs. The VRRP leg has its network's addresses (192.168.1.N/24 and fd00:1::N/64 where that has no
// other), the management leg is 10.77.0.N/24.
inline constexpr char kVrrpInterface[] = "eth0";
inline constexpr char kManagementInterface[] = "mgmt";

class Host {
 public:
  // `number` (1 to 254) is the last part of its addresses.
  Host(std::string name, const std::string& netns_name, int number);

  void AttachVrrp(Network& network);
  void AttachManagement(Network& network);
  // One more leg, with the addresses of its network.
  void Attach(Network& network, const std::string& interface);

  // The VRRP leg taken away with its addresses, and a new one in its place.
  void UnplugVrrp();
  void ReplugVrrp();

  // The VRRP leg goes down, gets another name, and comes up again.
  void RenameVrrp(const std::string& to, const std::string& from = kVrrpInterface);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const NetNamespace& netns() const { return netns_; }
  [[nodiscard]] std::string Ipv4() const;
  [[nodiscard]] std::string Ipv6() const;
  // Where its daemons are reached: on the management leg, else on the VRRP leg.
  [[nodiscard]] std::string control_address() const;

  [[nodiscard]] Network& vrrp_network() const { return *vrrp_; }

  // `argv`, to be run here.
  [[nodiscard]] Command In(std::vector<std::string> argv, std::string input = "") const;

  // Runs a command here that must succeed; its output.
  std::string Do(std::vector<std::string> argv, std::string input = "") const;

  // All networks at once: the host goes dark, or comes back.
  void GoDark();
  void ComeBack();

 private:
  void AddLeg(Network& network, const std::string& interface);

  std::string name_;
  NetNamespace netns_;
  int number_;
  Network* vrrp_ = nullptr;
  Network* management_ = nullptr;
  std::vector<Network*> more_;
};

}  // namespace lab

#endif  // TESTS_LAB_HOST_H_
