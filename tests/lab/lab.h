// One laboratory: networks and hosts that no other run can see, and nothing left of them afterwards.
#ifndef TESTS_LAB_LAB_H_
#define TESTS_LAB_LAB_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/lab/host.h"
#include "tests/lab/network.h"

namespace lab {

struct LabOptions {
  bool management_network = true;  // false: VRRP, clients and the arbiter share one network
  Subnet vrrp = {};
};

// Needs root. Everything is named after this process and a number, so that labs run side by side; what dead runs left
// behind is removed first. Objects that use its hosts must go before it does.
class Lab {
 public:
  explicit Lab(const LabOptions& options = {});
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  ~Lab();

  // A host with a leg on each network. Names are short (8 letters: a port is named after them) and unique; so are the
  // numbers.
  Host& AddHost(const std::string& name, int number) { return AddHost(name, number, *vrrp_); }
  // The same on another VRRP network.
  Host& AddHost(const std::string& name, int number, Network& segment);
  // A host on the management network alone (on the one network where there is no other).
  Host& AddManagementHost(const std::string& name, int number);

  // One more network, which reaches the first one nowhere.
  Network& AddSegment(const Subnet& subnet = {});

  [[nodiscard]] Host& host(const std::string& name) const { return *hosts_.at(name); }
  [[nodiscard]] Network& vrrp() const { return *vrrp_; }
  [[nodiscard]] Network& management() const { return *management_; }

  // A directory of this lab, removed with it.
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  // Another one, in memory as /run is on a host: to replace a file on a disk can take a second.
  [[nodiscard]] const std::filesystem::path& runtime_directory() const { return runtime_directory_; }

 private:
  Host& Make(const std::string& name, int number);

  std::string prefix_;
  std::filesystem::path directory_;
  std::filesystem::path runtime_directory_;
  std::unique_ptr<Network> vrrp_;
  std::vector<std::unique_ptr<Network>> segments_;
  std::unique_ptr<Network> management_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
};

}  // namespace lab

#endif  // TESTS_LAB_LAB_H_
