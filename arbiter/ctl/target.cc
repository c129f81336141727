#include "arbiter/ctl/target.h"

#include "absl/strings/str_cat.h"
#include "proto/value/ip_address.h"

namespace arbiter::ctl {

absl::Status Target::Check() const {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(vip);
  if (address.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("VIP: ", address.status().message(), " (the order is NODE VIP)"));
}

void AddTarget(Command& command, Target* target) {
  command.Operand("NODE", &target->node, "A node's name, as `arbctl nodes` lists it")
      .Operand("VIP", &target->vip, "An address, without a prefix length")
      .Text("--reason", &target->reason, "Stands in the incident and in the audit log", "TEXT");
}

}  // namespace arbiter::ctl
