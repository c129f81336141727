// VIPs of a cluster in words and rows.
#ifndef ARBITER_CTL_PRINT_VIP_H_
#define ARBITER_CTL_PRINT_VIP_H_

#include <string>
#include <vector>

#include "arbiter/ctl/fold.h"
#include "arbiter/ctl/print_status.h"
#include "arbiter/ctl/table.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// The headings of the rows that AddVips() adds.
std::vector<Cell> VipHeader(const Look& look);

// A row for each holder, then who is held back, why it split, and what to do next as commands that can be copied. With
// `name_cluster` they name the cluster: there is more than one.
void AddVips(const v1::ClusterStatus& cluster, const FoldedVips& vips, bool name_cluster, const Look& look,
             Table* table);

// "b: configured, gate shut, answers nobody; held back for 12.0s (VRIDs differ)". Of a node that is not `connected`
// nothing is said that only it could know.
std::string HeldBackText(const v1::HeldBackStatus& held, bool connected);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PRINT_VIP_H_
