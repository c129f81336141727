// Differences between the nodes' VRRP configurations.
#ifndef ARBITER_CTL_PRINT_DIFF_H_
#define ARBITER_CTL_PRINT_DIFF_H_

#include <string>

#include "arbiter/ctl/print_status.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// For each virtual router: what differs, which node has what and where it stands there, and how to mend what breaks
// VRRP.
std::string DiffText(const v1::GetDiffResponse& diff, const Look& look);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PRINT_DIFF_H_
