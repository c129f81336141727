// A vrrp_sync_group block.
#ifndef PROBE_KEEPALIVED_GROUP_READER_H_
#define PROBE_KEEPALIVED_GROUP_READER_H_

#include "probe/keepalived/keyword_table.h"

namespace probe::keepalived {

// Appends the group. Members are checked against the instances later (CompleteDefaults): they may stand below.
void ReadGroup(const Block& block, const ReadContext& context, Config* config);

}  // namespace probe::keepalived

#endif  // PROBE_KEEPALIVED_GROUP_READER_H_
