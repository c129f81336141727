#include "arbiter/ctl/target.h"

#include "absl/strings/str_cat.h"
#include "proto/value/ip_address.h"

namespace arbiter::ctl {

absl::Status Target::Check() const {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(vip);
  if (address.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("VIP: ", address.status().message(), " (the order is NODE VIP)"));
}

std::shared_ptr<Target> AddTarget(CLI::App* command) {
  const auto target = std::make_shared<Target>();
  command->add_option("NODE", target->node, "A node's name, as `arbctl nodes` lists it")->required();
  command->add_option("VIP", target->vip, "An address, without a prefix length")->required();
  command->add_option("--reason", target->reason, "Stands in the incident and in the audit log")->type_name("TEXT");
  return target;
}

}  // namespace arbiter::ctl
