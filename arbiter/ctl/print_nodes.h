// The nodes as a table: are they there, does their daemon run, and how could each give up its VIPs.
#ifndef ARBITER_CTL_PRINT_NODES_H_
#define ARBITER_CTL_PRINT_NODES_H_

#include <string>

#include "arbiter/ctl/print_status.h"
#include "arbiter/v1/operations_service.pb.h"

namespace arbiter::ctl {

// Under each node: what is wrong with it, then its VIPs with the ways to give them up, best first, and what else each
// way would drop. VIPs with the same ways share a line; `wide` names what the narrow table counts.
std::string NodesText(const v1::ListNodesResponse& nodes, const Look& look);

}  // namespace arbiter::ctl

#endif  // ARBITER_CTL_PRINT_NODES_H_
