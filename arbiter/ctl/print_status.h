// The status as a table: what an operator reads at three in the morning.
#ifndef ARBITER_CTL_PRINT_STATUS_H_
#define ARBITER_CTL_PRINT_STATUS_H_

#include <string>

#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

struct Look {
  bool wide = false;
  bool colour = false;
};

// For each cluster: its mode and nodes, then its VIPs, those that need somebody first, and under each one who is held
// back, why it split and what to do next.
std::string StatusText(const v1::GetStatusResponse& status, const Look& look);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PRINT_STATUS_H_
