#include "tests/lab/host.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/lab/check.h"

namespace lab {

Host::Host(std::string name, const std::string& netns_name, int number)
    : name_(std::move(name)), netns_(netns_name), number_(number) {}

void Host::AttachVrrp(Network& network) {
  vrrp_ = &network;
  AddLeg(network, kVrrpInterface);
}

void Host::AttachManagement(Network& network) {
  management_ = &network;
  network.Attach(name_, netns_, kManagementInterface);
  Check(netns_.IpBatch(absl::StrCat("addr add ", control_address(), "/24 dev ", kManagementInterface, "\n")));
}

void Host::Attach(Network& network, const std::string& interface) {
  more_.push_back(&network);
  AddLeg(network, interface);
}

void Host::AddLeg(Network& network, const std::string& interface) {
  network.Attach(name_, netns_, interface);
  const Subnet& subnet = network.subnet();
  Check(netns_.IpBatch(absl::StrCat("addr add ", subnet.Ipv4(number_), "/", subnet.ipv4_length, " dev ", interface,
                                    "\naddr add ", subnet.Ipv6(number_), "/64 dev ", interface, " nodad\n")));
}

void Host::UnplugVrrp() { vrrp_->Detach(name_); }

void Host::ReplugVrrp() { AttachVrrp(*vrrp_); }

void Host::RenameVrrp(const std::string& to, const std::string& from) {
  Check(netns_.IpBatch(
      absl::StrCat("link set ", from, " down\nlink set ", from, " name ", to, "\nlink set ", to, " up\n")));
}

std::string Host::Ipv4() const { return vrrp_->subnet().Ipv4(number_); }

std::string Host::Ipv6() const { return vrrp_->subnet().Ipv6(number_); }

std::string Host::control_address() const {
  return management_ == nullptr ? Ipv4() : absl::StrCat("10.77.0.", number_);
}

Command Host::In(std::vector<std::string> argv, std::string input) const {
  return {.argv = std::move(argv), .netns = netns_.name(), .input = std::move(input)};
}

std::string Host::Do(std::vector<std::string> argv, std::string input) const {
  return CheckOr(OutputOf(In(std::move(argv), std::move(input))));
}

void Host::GoDark() {
  vrrp_->Cut(name_);
  for (Network* network : more_) network->Cut(name_);
  if (management_ != nullptr) management_->Cut(name_);
}

void Host::ComeBack() {
  vrrp_->Mend(name_);
  for (Network* network : more_) network->Mend(name_);
  if (management_ != nullptr) management_->Mend(name_);
}

}  // namespace lab
